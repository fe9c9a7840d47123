/** Place of something in a text: from its first character to behind its last. */
export type Place = readonly [from: number, to: number];

/** Three characters decide how far the search may jump. */
const block = 3;
const longestWindow = 8;
/** Pieces of a broken secret are told by so many characters; a secret that is hardly longer has no pieces. */
const shortestPiece = 8;
const shortestBroken = 12;
const hashes = 1 << 16;
/** Of the table that is asked for each step: it has to fit into the processor's nearest cache. */
const fewHashes = (1 << 14) - 1;
/** The low bytes of a part of a text; nothing else runs while it is in use. */
const bytes = Buffer.allocUnsafe(1 << 14);
const between = "\0";

/**
 * Finds many texts in one at once, several hundred megabytes a second (Wu and Manber, 1994: most characters are jumped
 * over), and pieces of those that a line's end, a cut or the text's end has broken in two.
 */
export class SecretMatcher {
  readonly #window: number;
  /** By the hash of three characters: how far it is at least to the end of the first window that could match. */
  readonly #jumps: Uint8Array;
  /** By the hash that ends a window: what begins there, the longest first. */
  readonly #beginning = new Map<number, string[]>();
  /** Hashes of all that is inside of a secret that can be broken. */
  readonly #inside = new Uint8Array(hashes);
  readonly #joined: string;

  /** None of the patterns is shorter than three characters. */
  constructor(patterns: readonly string[]) {
    this.#window = Math.min(longestWindow, ...patterns.map((pattern) => pattern.length));
    this.#jumps = new Uint8Array(fewHashes + 1).fill(this.#window - block + 1);
    const last = this.#window - block;
    for (const pattern of patterns.toSorted((a, b) => b.length - a.length)) {
      for (let at = 0; at <= last; at += 1) {
        const hash = hashAt(pattern, at) & fewHashes;
        this.#jumps[hash] = Math.min(this.#jumps[hash] ?? 0, last - at);
      }
      const hash = hashAt(pattern, last);
      const same = this.#beginning.get(hash);
      if (same) same.push(pattern);
      else this.#beginning.set(hash, [pattern]);
    }
    const breakable = patterns.filter(canBreak);
    for (const pattern of breakable)
      for (let at = 0; at <= pattern.length - block; at += 1) this.#inside[hashAt(pattern, at)] = 1;
    this.#joined = between + breakable.join(between) + between;
  }

  /** Adds where secrets and their pieces are; places may overlap, and are in no order. */
  find(text: string, found: Place[]): void {
    if (this.#beginning.size === 0) return;
    this.#findWhole(text, found);
    this.#findRests(text, found);
  }

  /** A part of the text at a time, as bytes: reading those is several times faster than asking a string for characters. */
  #findWhole(text: string, found: Place[]): void {
    const step = bytes.length - this.#window + 1;
    for (let from = 0; from + this.#window <= text.length; from += step) {
      const part = from === 0 && text.length <= bytes.length ? text : text.slice(from, from + bytes.length);
      bytes.write(part, "latin1");
      this.#findInPart(text, from, part.length, found);
    }
  }

  #findInPart(text: string, from: number, length: number, found: Place[]): void {
    const jumps = this.#jumps;
    const last = this.#window - block;
    const end = length - block;
    let at = last;
    while (at <= end) {
      const hash = hashOf(bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number);
      const jump = jumps[hash & fewHashes] as number;
      if (jump === 0) {
        const begin = from + at - last;
        const to = this.#endOf(text, begin, begin + last);
        if (to > 0) found.push([begin, to]);
        at += 1;
      } else at += jump;
    }
  }

  /** End of the longest that begins at `from`, or of its first piece; 0: none does. */
  #endOf(text: string, from: number, at: number): number {
    const candidates = this.#beginning.get(hashAt(text, at));
    if (!candidates) return 0;
    for (const candidate of candidates) {
      if (text.startsWith(candidate, from)) return from + candidate.length;
      if (!canBreak(candidate)) continue;
      const length = commonLength(text, from, candidate, 0);
      if (length >= shortestPiece && isBroken(text, from + length)) return from + length;
    }
    return 0;
  }

  /** What a line begins with, or has after two words such as a time and a name. */
  #findRests(text: string, found: Place[]): void {
    const inside = this.#inside;
    const last = text.length - shortestPiece;
    let line = 0;
    // The next one, which may be lines away: it is looked for once, not from every line anew.
    let blank = -1;
    do {
      const end = placeOf("\n", text, line);
      let at = line;
      for (let word = 0; word < 3; word += 1) {
        while (at <= last && isBlank(text.charCodeAt(at))) at += 1;
        if (at > last) break;
        if (inside[hashAt(text, at)] === 1 && inside[hashAt(text, at + block)] === 1) this.#addRest(text, at, found);
        if (blank < at) blank = placeOf(" ", text, at);
        at = blank;
        if (at >= end) break;
      }
      line = end + 1;
    } while (line <= last);
  }

  #addRest(text: string, from: number, found: Place[]): void {
    for (let at = from; at <= from + shortestPiece - block; at += 1) if (this.#inside[hashAt(text, at)] === 0) return;
    const piece = text.slice(from, from + shortestPiece);
    if (piece.includes(between)) return;
    let longest = 0;
    for (let at = this.#joined.indexOf(piece); at !== -1; at = this.#joined.indexOf(piece, at + 1)) {
      const length = commonLength(text, from, this.#joined, at);
      const isWhole = this.#joined[at + length] === between;
      if (isWhole || isBroken(text, from + length)) longest = Math.max(longest, length);
    }
    if (longest > 0) found.push([from, from + longest]);
  }
}

/** Of the low bytes alone: whoever finds something by it compares the text. */
const hashOf = (first: number, second: number, third: number): number =>
  ((first << 8) ^ (second << 4) ^ third) & (hashes - 1);
const hashAt = (text: string, at: number): number =>
  hashOf(text.charCodeAt(at) & 255, text.charCodeAt(at + 1) & 255, text.charCodeAt(at + 2) & 255);

/** A path such as that of a file of credentials begins like every other path of the machine. */
const canBreak = (pattern: string): boolean => pattern.length >= shortestBroken && !/^\/[\w.-]+\//.test(pattern);

/** Of the next one from `at` on; behind the text when there is none. */
function placeOf(what: string, text: string, at: number): number {
  const found = text.indexOf(what, at);
  return found === -1 ? text.length : found;
}

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 13;

function commonLength(text: string, from: number, other: string, at: number): number {
  let length = 0;
  while (from + length < text.length && text[from + length] === other[at + length] && other[at + length] !== between)
    length += 1;
  return length;
}

/** The text ends there, or the line does, also as JSON writes that, or an ellipsis says that more was cut off. */
function isBroken(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const next = text[at];
  return (
    next === "\n" ||
    next === "\r" ||
    next === "…" ||
    text.startsWith("...", at) ||
    /^\\+[nr]/.test(text.slice(at, at + 4))
  );
}
