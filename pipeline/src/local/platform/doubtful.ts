import type { IncomingMessage } from "node:http";
import { hasNoBody } from "./proxy.ts";

export interface Doubt {
  readonly status: 400 | 431 | 501;
  readonly message: string;
}
/** More are refused by Node, or, before 24, dropped without a word: a length may be among them. */
export const mostHeaders = 200;

/**
 * Why a request might mean one thing to us and another to whoever stands behind us (RFC 9112 §6 and §11); null: it means one.
 * Node's parser has refused the worst of it before.
 */
export function doubtOf(incoming: IncomingMessage): Doubt | null {
  const { headers, headersDistinct, rawHeaders, httpVersion } = incoming;
  if (rawHeaders.length / 2 >= mostHeaders) return { status: 431, message: `more than ${mostHeaders - 1} headers` };
  if (headersDistinct.host?.length !== 1) return { status: 400, message: "a request names one host" };
  if (!/^(?:0|[1-9]\d*)$/.test(headers["content-length"] ?? "0"))
    return { status: 400, message: "the length is not a plain number" };
  const coding = headers["transfer-encoding"];
  if (coding === undefined) return null;
  if (httpVersion !== "1.1") return { status: 400, message: "HTTP/1.0 has no transfer codings" };
  // Another coding would be taken off by nobody.
  return coding.toLowerCase() === "chunked" ? null : { status: 501, message: "the only transfer coding is chunked" };
}

/** The same of a request to change the protocol: behind it bytes are passed on unread, and must not be requests to others. */
export function doubtOfUpgrade(incoming: IncomingMessage): Doubt | null {
  if (!hasNoBody(incoming)) return { status: 400, message: "a request to upgrade has no body" };
  const isHttp = /(?:^|[\s,])(?:h2c?|http|tls)\b/i.test(incoming.headers.upgrade ?? "");
  return isHttp ? { status: 501, message: "there is no other HTTP here" } : null;
}
