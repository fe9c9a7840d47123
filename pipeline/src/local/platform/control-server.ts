import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { finished } from "node:stream/promises";
import { http } from "../http.ts";
import { type Call, type ControlAnswer, callSchema, longestBody } from "./control-protocol.ts";
import { BelowFence, OrderRefused, PortTaken } from "./refusals.ts";
import { isLoopbackHost } from "./request-path.ts";

/** Not a call, and why. */
class NoCall extends Error {
  readonly status: number;
  constructor(status: number, because: string) {
    super(because);
    this.status = status;
  }
}

/** Takes calls on a Unix socket that only its owner can reach. Every call has an answer; none ends the platform. */
export class ControlServer {
  readonly #server: Server;

  constructor(handle: (call: Call) => Promise<unknown>) {
    this.#server = http.createServer({ requestTimeout: 30_000 }, (incoming, answer) => {
      void answerCall(incoming, answer, handle);
    });
  }

  async listen(socket: string): Promise<void> {
    this.#server.listen(socket);
    await once(this.#server, "listening");
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answerCall(
  incoming: IncomingMessage,
  answer: ServerResponse,
  handle: (call: Call) => Promise<unknown>,
): Promise<void> {
  const send = (status: number, body: ControlAnswer) => {
    if (answer.destroyed) return;
    answer.writeHead(status, { "content-type": "application/json" });
    answer.end(JSON.stringify(body));
  };
  let call: Call;
  try {
    call = await readCall(incoming);
  } catch (error) {
    // To its end: a connection that is closed while somebody still writes takes the answer along.
    await finished(incoming.resume()).catch(() => undefined);
    const [status, because] = error instanceof NoCall ? [error.status, error.message] : [400, "the body is not JSON"];
    return send(status, { status: "refused", because });
  }
  try {
    send(200, { status: "ok", value: await handle(call) });
  } catch (error) {
    send(200, answerOf(error));
  }
}

/** @throws NoCall, SyntaxError */
async function readCall(incoming: IncomingMessage): Promise<Call> {
  // No page of a browser reaches the socket; should something lead here that one does reach, it is no use to it.
  if (!isLoopbackHost(incoming.headers.host))
    throw new NoCall(421, "this socket answers for names of this machine only");
  if (incoming.headersDistinct.host?.length !== 1) throw new NoCall(400, "a request names one host");
  if (incoming.method !== "POST" || incoming.url !== "/call") throw new NoCall(400, "only POST /call is answered");
  const parsed = callSchema.safeParse(JSON.parse(await readBody(incoming)));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new NoCall(400, `not a call: ${issue?.path.join(".") || "body"}: ${issue?.message ?? "unknown"}`);
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes <= longestBody) chunks.push(chunk as Buffer);
  }
  if (bytes > longestBody) throw new NoCall(413, `a call is at most ${longestBody} bytes`);
  return Buffer.concat(chunks).toString("utf8");
}

function answerOf(error: unknown): ControlAnswer {
  if (error instanceof BelowFence) return { status: "deposed", by: error.by };
  if (error instanceof PortTaken) return { status: "port-taken", port: error.port };
  if (error instanceof OrderRefused) return { status: "refused", because: error.message };
  return { status: "broken", because: error instanceof Error ? error.message : String(error) };
}
