import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { http } from "../http.ts";
import type { Instance } from "./instance.ts";
import { forwardedHeaders } from "./proxy.ts";

const mostEarlyBytes = 64 * 1024;

/** Says no on a connection that was to be upgraded, and ends it. */
export function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  const head = `HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? ""}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close`;
  socket.end(`${head}\r\n\r\n${message}\n`);
}

/** A WebSocket, or whatever else the service agrees to: after the agreement bytes go both ways as they come. */
export function proxyUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, instance: Instance): void {
  instance.requestsServed += 1;
  const outgoing = http.request({
    host: "127.0.0.1",
    port: instance.port,
    method: incoming.method,
    path: incoming.url,
    headers: { ...forwardedHeaders(incoming), connection: "upgrade", upgrade: incoming.headers.upgrade },
    agent: false,
  });
  const early = listenEarly(socket, head);
  socket.on("close", () => outgoing.destroy());
  outgoing.once("upgrade", (answer, upstream, upstreamHead) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${rawHeaders(answer)}\r\n\r\n`);
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    for (const bytes of early()) upstream.write(bytes);
    joinStreams(socket, upstream);
  });
  outgoing.once("response", (answer) => {
    answer.resume();
    refuseUpgrade(socket, answer.statusCode ?? 502, "the service did not agree to the upgrade");
  });
  outgoing.once("error", () => refuseUpgrade(socket, 502, "the service did not answer"));
  outgoing.end();
}

/** Only who is listened to is noticed when he leaves. What a client says before the service has agreed is kept for it. */
function listenEarly(socket: Duplex, head: Buffer): () => readonly Buffer[] {
  const parts = [head];
  let bytes = head.length;
  const keep = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > mostEarlyBytes) socket.destroy();
    else parts.push(part);
  };
  const leave = (): void => void socket.destroy();
  socket.on("data", keep).on("end", leave);
  return () => {
    socket.off("data", keep).off("end", leave);
    return parts;
  };
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
