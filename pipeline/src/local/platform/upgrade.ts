import { type IncomingMessage, request, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Instance } from "./instance.ts";
import { forwardedHeaders } from "./proxy.ts";

/** Says no on a connection that was to be upgraded, and ends it. */
export function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close`;
  socket.end(`${head}\r\n\r\n${message}\n`);
}

/** A WebSocket, or whatever else the service agrees to: after the agreement bytes go both ways as they come. */
export function proxyUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, instance: Instance): void {
  instance.requestsServed += 1;
  const outgoing = request({
    host: "127.0.0.1",
    port: instance.port,
    method: incoming.method,
    path: incoming.url,
    headers: { ...forwardedHeaders(incoming), connection: "upgrade", upgrade: incoming.headers.upgrade },
    agent: false,
  });
  socket.on("error", () => outgoing.destroy());
  outgoing.once("upgrade", (answer, upstream, upstreamHead) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${rawHeaders(answer)}\r\n\r\n`);
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstream.write(head);
    joinStreams(socket, upstream);
  });
  outgoing.once("response", (answer) => {
    answer.resume();
    refuseUpgrade(socket, answer.statusCode ?? 502, "the service did not agree to the upgrade");
  });
  outgoing.once("error", () => refuseUpgrade(socket, 502, "the service did not answer"));
  outgoing.end();
}

/** Either side's end is the other's. */
function joinStreams(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.pipe(to);
  }
}

function rawHeaders(answer: IncomingMessage): string {
  const { rawHeaders } = answer;
  return Array.from({ length: rawHeaders.length / 2 }, (_, n) => `${rawHeaders[2 * n]}: ${rawHeaders[2 * n + 1]}`).join(
    "\r\n",
  );
}
