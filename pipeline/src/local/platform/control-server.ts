import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Call, type ControlAnswer, callSchema, longestBody } from "./control-protocol.ts";
import { BelowFence, OrderRefused, PortTaken } from "./refusals.ts";

class TooLong extends Error {}

/** Takes calls on a Unix socket that only its owner can reach. Every call has an answer; none ends the platform. */
export class ControlServer {
  readonly #server: Server;

  constructor(handle: (call: Call) => Promise<unknown>) {
    this.#server = createServer({ requestTimeout: 30_000 }, (incoming, answer) => {
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
  const call = await readCall(incoming);
  if (typeof call === "string") return send(400, { status: "refused", because: call });
  try {
    send(200, { status: "ok", value: await handle(call) });
  } catch (error) {
    send(200, answerOf(error));
  }
}

/** The call, or why it is none. */
async function readCall(incoming: IncomingMessage): Promise<Call | string> {
  if (incoming.method !== "POST" || incoming.url !== "/call") return "only POST /call is answered";
  try {
    const parsed = callSchema.safeParse(JSON.parse(await readBody(incoming)));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    return `not a call: ${issue?.path.join(".") || "body"}: ${issue?.message ?? "unknown"}`;
  } catch (error) {
    return error instanceof TooLong ? `a call is at most ${longestBody} bytes` : "the body is not JSON";
  }
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes > longestBody) throw new TooLong();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answerOf(error: unknown): ControlAnswer {
  if (error instanceof BelowFence) return { status: "deposed", by: error.by };
  if (error instanceof PortTaken) return { status: "port-taken", port: error.port };
  if (error instanceof OrderRefused) return { status: "refused", because: error.message };
  return { status: "broken", because: error instanceof Error ? error.message : String(error) };
}
