/** A request as it stands on the wire. */
interface Received {
  readonly method: string;
  readonly target: string;
  /** As they were sent, names in small letters. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}
export interface Reading {
  readonly requests: readonly Received[];
  /** What is no whole request yet, or never will be one. */
  readonly rest: string;
  /** Whatever another reader could read in another way. */
  readonly doubts: readonly string[];
}

/**
 * Reads a connection's bytes (latin1) as the strictest server would, by RFC 9112 alone: what a proxy sends on must be
 * one request to everybody. It knows nothing of Node's parser, nor of the proxy.
 */
export function readRequests(bytes: string): Reading {
  const requests: Received[] = [];
  const doubts: string[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return { requests, rest, doubts };
    const [line = "", ...lines] = rest.slice(0, end).split("\r\n");
    const match = /^([A-Z-]+) (\/[\x21-\x7e]*) HTTP\/1\.1$/.exec(line);
    if (!match) return { requests, rest, doubts: [...doubts, `no request line: ${JSON.stringify(line)}`] };
    const headers = lines.map((text) => readHeader(text, doubts));
    const body = readBody(rest.slice(end + 4), headers, doubts);
    if (body === null) return { requests, rest, doubts };
    const [, method = "", target = ""] = match;
    requests.push({ method, target, headers, body: body.text });
    rest = rest.slice(end + 4 + body.length);
  }
}

function readHeader(text: string, doubts: string[]): readonly [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/.exec(text);
  if (!match) doubts.push(`no header: ${JSON.stringify(text)}`);
  return [(match?.[1] ?? "").toLowerCase(), match?.[2] ?? ""];
}

const valuesOf = (headers: Received["headers"], name: string): readonly string[] =>
  headers.filter(([other]) => other === name).map(([, value]) => value);

/** Null: it is not all there yet. */
function readBody(
  rest: string,
  headers: Received["headers"],
  doubts: string[],
): { readonly text: string; readonly length: number } | null {
  const lengths = valuesOf(headers, "content-length");
  const codings = valuesOf(headers, "transfer-encoding");
  if (valuesOf(headers, "host").length !== 1) doubts.push("it does not name one host");
  if (lengths.length > 1 || codings.length > 1) doubts.push("it has two lengths, or two codings");
  if (lengths.length > 0 && codings.length > 0) doubts.push("it has a length and a coding");
  const [coding] = codings;
  if (coding !== undefined) {
    if (coding !== "chunked") doubts.push(`its coding is ${coding}`);
    return readChunks(rest, doubts);
  }
  const [length = "0"] = lengths;
  if (!/^(?:0|[1-9]\d{0,15})$/.test(length)) doubts.push(`its length is ${JSON.stringify(length)}`);
  const bytes = Number(length);
  return rest.length < bytes ? null : { text: rest.slice(0, bytes), length: bytes };
}

function readChunks(rest: string, doubts: string[]): { readonly text: string; readonly length: number } | null {
  let text = "";
  let at = 0;
  for (;;) {
    const end = rest.indexOf("\r\n", at);
    if (end < 0) return null;
    const size = rest.slice(at, end);
    if (!/^[0-9a-f]{1,8}$/i.test(size)) doubts.push(`a chunk's size is ${JSON.stringify(size)}`);
    const bytes = Number.parseInt(size, 16);
    const next = end + 2 + bytes + 2;
    if (rest.length < next) return null;
    if (rest.slice(next - 2, next) !== "\r\n") doubts.push("a chunk does not end where it says, or trailers follow");
    if (bytes === 0) return { text, length: next };
    text += rest.slice(end + 2, end + 2 + bytes);
    at = next;
  }
}
