import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { pipeline, Transform } from "node:stream";
import { http } from "../http.ts";
import type { Instance } from "./instance.ts";

/** What one hop says to the next, and not through it (RFC 9110 §7.6.1). */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** Says where a request ends, or whom it is for: whoever names one of these in `connection` wants them read in two ways. */
const ofEveryHop = new Set(["content-length", "host"]);
/** What a client says about forwarding is not passed on: this is the first hop. */
const ofForwarding = /^(?:x-forwarded-.+|x-real-ip|forwarded)$/;
const idempotent = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
const largestBody = 256 * 1024 * 1024;
const attemptsAllowed = 3;

export const sayPlainly = (answer: ServerResponse, status: number, message: string): void => {
  if (answer.headersSent || answer.destroyed) {
    answer.destroy();
    return;
  }
  answer.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  answer.end(`${message}\n`);
};

/** Hands one request to an instance and its answer back, both as they come. */
export function proxyRequest(
  incoming: IncomingMessage,
  answer: ServerResponse,
  service: string,
  choose: (tried: readonly Instance[]) => Instance | null,
): void {
  if (Number(incoming.headers["content-length"] ?? 0) > largestBody) {
    sayPlainly(answer, 413, `the request is larger than ${largestBody} bytes`);
    incoming.resume();
    return;
  }
  attempt(incoming, answer, service, choose, []);
}

function attempt(
  incoming: IncomingMessage,
  answer: ServerResponse,
  service: string,
  choose: (tried: readonly Instance[]) => Instance | null,
  tried: readonly Instance[],
): void {
  const instance = choose(tried);
  if (instance?.port == null) {
    incoming.resume();
    const message = `no instance of ${service} could take the request`;
    sayPlainly(answer, tried.length === 0 ? 503 : 502, message);
    return;
  }
  const mayRepeat = idempotent.has(incoming.method ?? "") && hasNoBody(incoming) && tried.length + 1 < attemptsAllowed;
  instance.inFlight += 1;
  instance.requestsServed += 1;
  let isOver = false;
  const over = () => {
    if (!isOver) instance.inFlight -= 1;
    isOver = true;
  };
  const outgoing = http.request({
    host: "127.0.0.1",
    port: instance.port,
    method: incoming.method,
    path: incoming.url,
    headers: forwardedHeaders(incoming),
    // A kept connection may be closed by the other side just as it is used: only what may be repeated takes that risk.
    agent: mayRepeat ? instance.agent : false,
  });
  outgoing.once("close", over);
  let isAnswered = false;
  outgoing.once("response", (upstream) => {
    isAnswered = true;
    if (!passHead(upstream, answer)) {
      outgoing.destroy();
      return sayPlainly(answer, 502, `${service} did not answer: its status is none`);
    }
    pipeline(upstream, answer, (error) => {
      if (error) outgoing.destroy();
    });
  });
  outgoing.once("upgrade", (_upstream, socket) => {
    isAnswered = true;
    socket.destroy();
    sayPlainly(answer, 502, `${service} did not answer: it switched protocols unasked`);
  });
  outgoing.once("error", (error: NodeJS.ErrnoException) => {
    // Once it answers, the answer's own stream tells how that ends.
    if (isAnswered) return;
    over();
    const wasNeverTaken = error.code === "ECONNREFUSED" || (outgoing.reusedSocket && error.code === "ECONNRESET");
    if (mayRepeat && wasNeverTaken && !answer.destroyed) {
      attempt(incoming, answer, service, choose, [...tried, instance]);
      return;
    }
    sayPlainly(answer, 502, `${service} did not answer: ${error.code ?? error.message}`);
  });
  answer.once("close", () => {
    if (!answer.writableFinished) outgoing.destroy();
  });
  if (hasNoBody(incoming)) outgoing.end();
  else {
    pipeline(incoming, limited(), outgoing, (error) => {
      if (error instanceof BodyTooLarge) sayPlainly(answer, 413, `the request is larger than ${largestBody} bytes`);
    });
  }
}

/** Without its reason, which nobody reads and which may hold anything. False: no status that Node writes. */
function passHead(upstream: IncomingMessage, answer: ServerResponse): boolean {
  const { statusCode = 502 } = upstream;
  const headers = endToEnd(upstream.headers);
  // It has no body; whoever believed its length would wait for one (RFC 9110 §8.6).
  if (statusCode === 204) delete headers["content-length"];
  try {
    answer.writeHead(statusCode, headers);
    return true;
  } catch {
    return false;
  }
}

export const hasNoBody = (incoming: IncomingMessage): boolean =>
  incoming.headers["transfer-encoding"] === undefined && Number(incoming.headers["content-length"] ?? 0) === 0;

class BodyTooLarge extends Error {}
function limited(): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > largestBody) done(new BodyTooLarge());
      else done(null, chunk);
    },
  });
}

/** Headers that `connection` names belong to one hop too. */
function endToEnd(headers: IncomingMessage["headers"]): OutgoingHttpHeaders {
  const named = new Set((headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
  const isOfThisHop = (name: string) => hopByHop.has(name) || (named.has(name) && !ofEveryHop.has(name));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isOfThisHop(name)));
}

/** Many services read `_` in a name as `-`: under it nothing comes through that this hop says itself. */
function isOurs(name: string): boolean {
  const dashed = name.replaceAll("_", "-");
  return ofForwarding.test(dashed) || (dashed !== name && (hopByHop.has(dashed) || ofEveryHop.has(dashed)));
}

export function forwardedHeaders(incoming: IncomingMessage): OutgoingHttpHeaders {
  const headers = Object.entries(endToEnd(incoming.headers)).filter(([name]) => !isOurs(name));
  const chunked = incoming.headers["transfer-encoding"] !== undefined;
  return {
    ...Object.fromEntries(headers),
    ...(chunked ? { "transfer-encoding": "chunked" } : {}),
    "x-forwarded-for": incoming.socket.remoteAddress ?? "127.0.0.1",
    "x-forwarded-host": incoming.headers.host ?? "",
    "x-forwarded-proto": "http",
  };
}
