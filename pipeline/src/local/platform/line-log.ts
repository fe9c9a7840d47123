import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** In characters. */
export const longestServiceLine = 16 * 1024;

/**
 * Hands over whole lines of a stream, the unfinished last one when it ends. A line longer than `longest` characters is
 * cut: one process must not fill the memory of the platform. Resolves at the end.
 */
export async function eachLine(
  stream: Readable,
  take: (line: string) => void,
  longest = longestServiceLine,
): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  try {
    for await (const chunk of stream) {
      const [more = "", ...begun] = decoder.write(chunk as Buffer).split("\n");
      // What a full line still brings is not even joined: each time would copy all of it.
      if (rest.length < longest) rest = (rest + more).slice(0, longest);
      for (const line of begun) {
        take(rest.replace(/\r$/, ""));
        rest = line.slice(0, longest);
      }
    }
  } catch {
    // The reading end was closed under us: what was read is all there is.
  }
  if (rest !== "") take(rest);
}

/** Lines in a file that is turned over when it is full: at most twice `limitBytes` are kept. */
export class RotatingLog {
  readonly path: string;
  readonly #limit: number;
  #bytes: number;

  constructor(path: string, limitBytes: number) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.path = path;
    this.#limit = limitBytes;
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  append(line: string): void {
    const text = `${line}\n`;
    if (this.#bytes + text.length > this.#limit) this.#turn();
    appendFileSync(this.path, text, { mode: 0o600 });
    this.#bytes += Buffer.byteLength(text);
  }

  #turn(): void {
    if (this.#bytes > 0) renameSync(this.path, `${this.path}.1`);
    this.#bytes = 0;
  }
}
