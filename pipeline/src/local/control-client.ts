import { connect } from "node:net";
import { DeposedError, PortError, UserError } from "../errors.ts";
import type { EnvironmentName } from "../identifiers.ts";
import type { Permit } from "../ports.ts";
import { http } from "./http.ts";
import { livingAddress, type PlatformAddress, readAddress } from "./platform/address.ts";
import {
  answerSchema,
  type Call,
  type CallName,
  type CallValues,
  type ControlAnswer,
  type Order,
} from "./platform/control-protocol.ts";

type CallOf<N extends CallName> = Extract<Call, { call: N }>;
type OrderName = Order["call"];
/** What the caller says of an order; environment, epoch and port are added here. */
export type OrderParts<N extends OrderName> = Omit<CallOf<N>, "call" | "environment" | "epoch" | "port">;

const answerMilliseconds = 10_000;
/** For orders that copy or unpack. */
const patientMilliseconds = 120_000;
const longWork: ReadonlySet<CallName> = new Set([
  "prepare-service",
  "roll-service",
  "start-task",
  "add-assets",
  "switch-web",
]);

/** Reaches the platform of one app folder; one call, one connection. It is looked up anew each time: it may be restarted. */
export class ControlClient {
  readonly #addressFile: string;
  readonly #revive: (() => Promise<unknown>) | null;
  #reviving: Promise<unknown> | null = null;

  /** `revive` starts the platform again where it was killed; it is not asked where somebody has stopped it. */
  constructor(addressFile: string, revive: (() => Promise<unknown>) | null = null) {
    this.#addressFile = addressFile;
    this.#revive = revive;
  }

  /** A call that changes nothing of an environment. @throws PortError; UserError `port-taken` for `open` */
  async ask<N extends Exclude<CallName, OrderName>>(call: CallOf<N>): Promise<CallValues[N]> {
    return this.#send<N>(call, "none", undefined);
  }

  /**
   * An order under a lease, checked right before it is sent.
   * @throws LeaseLostError, DeposedError when a later epoch has raised the fence, PortError
   */
  async order<N extends OrderName>(
    name: N,
    site: { readonly environment: EnvironmentName; readonly port: number },
    parts: OrderParts<N>,
    permit: Permit,
  ): Promise<CallValues[N]> {
    const call = { call: name, ...site, epoch: permit.epoch, ...parts } as unknown as CallOf<N>;
    const address = await this.#address(name);
    permit.check();
    return this.#send<N>(call, "possible", permit.signal, address);
  }

  async #address(call: CallName): Promise<string> {
    const address = (await livingAddress(this.#addressFile)) ?? (await this.#revived());
    if (address === null) throw new PortError(call, "none", "the local platform is not running");
    return address.socket;
  }

  /** A platform that ends by itself takes its address with it; one that was killed leaves it there. */
  async #revived(): Promise<PlatformAddress | null> {
    if (this.#revive === null || (await readAddress(this.#addressFile)) === null) return null;
    this.#reviving ??= this.#revive().finally(() => {
      this.#reviving = null;
    });
    await this.#reviving.catch(() => undefined);
    return await livingAddress(this.#addressFile);
  }

  async #send<N extends CallName>(
    call: CallOf<N>,
    effect: "none" | "possible",
    signal: AbortSignal | undefined,
    socket?: string,
  ): Promise<CallValues[N]> {
    const limit = AbortSignal.timeout(longWork.has(call.call) ? patientMilliseconds : answerMilliseconds);
    const text = await exchange(call, socket ?? (await this.#address(call.call)), effect, {
      limit,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    return readValue<N>(call.call, effect, text);
  }
}

/** Of a platform whose address is lost. @throws PortError */
export async function askStatusAt(socket: string): Promise<CallValues["status"]> {
  const limit = AbortSignal.timeout(answerMilliseconds);
  return readValue<"status">(
    "status",
    "none",
    await exchange({ call: "status" }, socket, "none", { limit, signal: limit }),
  );
}

function readValue<N extends CallName>(name: CallName, effect: "none" | "possible", text: string): CallValues[N] {
  const answer = parseAnswer(text);
  switch (answer?.status) {
    case "ok":
      // The schema of the call is the contract; both ends are of one version, and the socket is its owner's alone.
      return answer.value as CallValues[N];
    case "deposed":
      throw new DeposedError(answer.by);
    case "port-taken":
      // A platform that was started again opens the environment for an order: that is nobody's mistake in typing.
      if (name !== "open") throw new PortError(name, "none", `port ${answer.port} is taken by another program`);
      throw new UserError({
        code: "port-taken",
        message: `Port ${answer.port} on 127.0.0.1 is taken by another program, or by the local platform of another folder.`,
        next: [
          "end that program, or run promote local stop in that folder",
          "or set local.port in slipway.yaml to another number",
        ],
      });
    case "refused":
      throw new PortError(name, "none", answer.because);
    case "broken":
      throw new PortError(name, effect, answer.because);
    default:
      throw new PortError(name, effect, "the platform's answer cannot be read");
  }
}

function parseAnswer(text: string): ControlAnswer | null {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Sends one body and reads one; an error says whether the platform may have got it. */
function exchange(
  call: Call,
  socketPath: string,
  effect: "none" | "possible",
  ends: { readonly limit: AbortSignal; readonly signal: AbortSignal },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let isConnected = false;
  const fail = (cause: Error) => {
    // A lost lease is told as such, and not as a network that failed.
    if (ends.signal.aborted && !ends.limit.aborted) return reject(ends.signal.reason);
    const because = ends.limit.aborted ? "the local platform did not answer in time" : cause.message;
    reject(new PortError(call.call, isConnected ? effect : "none", because, { cause }));
  };
  const asked = http.request(
    {
      // Node's own way to the socket looks first whether its name is an address of IPv6, which takes longer than the call.
      createConnection: () => connect(socketPath),
      path: "/call",
      method: "POST",
      signal: ends.signal,
      headers: { "content-type": "application/json" },
    },
    (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      answer.on("error", fail);
    },
  );
  asked.on("socket", (socket) => socket.once("connect", () => (isConnected = true)));
  asked.on("error", fail);
  asked.end(JSON.stringify(call));
  return promise;
}
