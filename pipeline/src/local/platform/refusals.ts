import type { Epoch } from "../../identifiers.ts";

/** An order under an epoch that is lower than the fence; nothing was done. */
export class BelowFence extends Error {
  readonly by: Epoch;
  constructor(by: Epoch) {
    super(`epoch ${by} has raised the fence`);
    this.by = by;
  }
}

/** Another program listens where an environment is to be served. */
export class PortTaken extends Error {
  readonly port: number;
  constructor(port: number, cause: unknown) {
    super(`port ${port} on 127.0.0.1 is taken by another program`, { cause });
    this.port = port;
  }
}

/** An order that cannot be carried out as given; nothing was done. */
export class OrderRefused extends Error {}
