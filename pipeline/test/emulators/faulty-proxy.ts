import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
}
/** What becomes of a request: it passes, its answer is lost, breaks off or stands still half-way, or it is answered here, if at all, and never arrives. */
export type Fault =
  | "none"
  | "answer-lost"
  | "answer-cut"
  | "answer-stalled"
  | "never-answered"
  | "body-changed"
  | { readonly status: number; readonly code: string }
  | "answered-empty";

export interface FaultyProxy {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Stands between a client and an emulator, and does to each request what it is told. */
export async function openFaultyProxy(target: string, decide: (seen: SeenRequest) => Fault): Promise<FaultyProxy> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const body = await bytesOf(incoming);
    const one = { method: incoming.method ?? "", url: incoming.url ?? "" };
    seen.push(one);
    const fault = decide(one);
    if (typeof fault === "object") {
      outgoing.writeHead(fault.status, { "content-type": "application/xml", date: new Date().toUTCString() });
      const told = `<Code>${fault.code}</Code><Message>told so</Message>`;
      // S3 says it in the outer element, services of the query protocol in the inner one.
      outgoing.end(`<?xml version="1.0"?><Error>${told}<Error>${told}</Error></Error>`);
      return;
    }
    if (fault === "never-answered") return;
    if (fault === "answered-empty") {
      outgoing.end();
      return;
    }
    const answer = await forward(target, incoming, body);
    if (fault === "answer-lost") {
      incoming.socket.destroy();
      return;
    }
    outgoing.writeHead(answer.status, answer.headers);
    if (fault === "answer-cut") {
      outgoing.write(answer.body.subarray(0, answer.body.length >> 1), () => incoming.socket.destroy());
      return;
    }
    if (fault === "answer-stalled") {
      outgoing.write(answer.body.subarray(0, answer.body.length >> 1));
      return;
    }
    outgoing.end(fault === "body-changed" ? answer.body.map((byte) => byte ^ 1) : answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, close: () => closed(server) };
}

function forward(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<{ readonly status: number; readonly headers: IncomingMessage["headers"]; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${target}${url}`, { method, headers }, async (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: await bytesOf(answer) });
    });
    asked.once("error", reject);
    asked.end(body);
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
