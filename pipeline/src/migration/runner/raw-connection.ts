import { connect } from "node:net";
import type { StatementGuard } from "./session.ts";

/** What both engines have of `pg`'s client, whichever copy of it they use. */
export interface RawConnection {
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly host: string;
  readonly port: number;
  query(...values: unknown[]): unknown;
}

/** Puts the guard before every statement of the connection, whoever issues it. */
export function guardStatements(connection: RawConnection, guard: StatementGuard): void {
  const send = connection.query.bind(connection);
  connection.query = (...values: unknown[]) => {
    const [config] = values;
    const text = typeof config === "string" ? config : textOf(config);
    try {
      guard.check(text);
    } catch (error) {
      const callback = values.findLast((value) => typeof value === "function");
      if (callback === undefined) return Promise.reject(error);
      queueMicrotask(() => (callback as (error: unknown) => void)(error));
      return undefined;
    }
    return send(...values);
  };
}

const textOf = (config: unknown): string =>
  typeof config === "object" && config !== null && "text" in config && typeof config.text === "string"
    ? config.text
    : "";

/** `CancelRequest` of the protocol: sixteen bytes on a connection of their own, which is no session. */
export async function cancelStatement({ processID, secretKey, host, port }: RawConnection): Promise<void> {
  if (processID === null || secretKey === null) return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80_877_102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  await new Promise<void>((resolve) => {
    const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.on("connect", () => socket.end(request));
    socket.on("error", () => resolve()); // asked again, and at the end the connection is dropped
    socket.on("close", () => resolve());
  });
}
