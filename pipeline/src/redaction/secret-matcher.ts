import { GramIndex, gramAt, gramLength, hashOf, isIn } from "./gram-index.ts";

/** Place of something in a text: from its first character to behind its last. */
export type Place = readonly [from: number, to: number];

/** Pieces of a broken secret are told by so many characters; a secret that is hardly longer has no pieces. */
const shortestPiece = 8;
const shortestBroken = 12;
/** The low bytes of a part of a text; nothing else runs while it is in use. */
const bytes = Buffer.allocUnsafeSlow(1 << 14);
const view = new DataView(bytes.buffer);
const between = "\0";

/**
 * Finds many texts in one at once, several hundred megabytes a second: only each third to fifth place is looked at, where
 * the four characters of no pattern tell that none is there. Also finds pieces of patterns that a line's end, a cut or the
 * text's end has broken in two.
 */
export class SecretMatcher {
  /** The shortest first. */
  readonly #patterns: readonly string[];
  /** Whatever is found has so many characters of a pattern's beginning. */
  readonly #window: number;
  /** From one place to the next: in each window there is a gram that begins at one of them. */
  readonly #step: number;
  /** Of the grams in the windows of all patterns: 1 + the pattern's place times the step + the gram's place. */
  readonly #beginning: GramIndex;
  /** What can be broken, and of its grams the places in it. */
  readonly #joined: string;
  readonly #inside: GramIndex;

  /** None of the patterns is shorter than four characters. */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.toReversed().toSorted((a, b) => a.length - b.length);
    this.#window = Math.min(shortestPiece, ...patterns.map((pattern) => pattern.length));
    this.#step = this.#window - gramLength + 1;
    this.#beginning = new GramIndex(patterns.length * this.#step);
    for (const [place, pattern] of this.#patterns.entries())
      for (let at = 0; at < this.#step; at += 1) this.#beginning.add(1 + place * this.#step + at, gramAt(pattern, at));
    this.#joined = between + patterns.filter(canBreak).join(between) + between;
    this.#inside = new GramIndex(this.#joined.length);
    for (let at = 1; at <= this.#joined.length - gramLength; at += 1) this.#inside.add(at, gramAt(this.#joined, at));
  }

  /** Adds where secrets and their pieces are; places may overlap, and are in no order. */
  find(text: string, found: Place[]): void {
    if (this.#patterns.length === 0) return;
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
    const { filter, shift } = this.#beginning;
    const step = this.#step;
    const end = length - gramLength;
    for (let at = 0; at <= end; at += step) {
      const gram = view.getInt32(at, true);
      if (isIn(filter, hashOf(gram, shift))) this.#findAround(text, from + at, gram, found);
    }
  }

  /** For each place where a pattern could begin the longest that does, or its first piece. */
  #findAround(text: string, at: number, gram: number, found: Place[]): void {
    let known = 0;
    for (let number = this.#beginning.first(gram); number !== 0; number = this.#beginning.next(number)) {
      const before = (number - 1) % this.#step;
      if (before > at || (known & (1 << before)) !== 0) continue;
      const to = endOf(text, at - before, this.#patterns[(number - 1 - before) / this.#step] as string);
      if (to === 0) continue;
      known |= 1 << before;
      found.push([at - before, to]);
    }
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
        if (inside.mayHave(gramAt(text, at)) && inside.mayHave(gramAt(text, at + gramLength)))
          this.#addRest(text, at, found);
        if (blank < at) blank = placeOf(" ", text, at);
        at = blank;
        if (at >= end) break;
      }
      line = end + 1;
    } while (line <= last);
  }

  #addRest(text: string, from: number, found: Place[]): void {
    const piece = text.slice(from, from + shortestPiece);
    if (piece.includes(between)) return;
    let longest = 0;
    for (let at = this.#inside.first(gramAt(piece, 0)); at !== 0; at = this.#inside.next(at)) {
      if (!this.#joined.startsWith(piece, at)) continue;
      const length = commonLength(text, from, this.#joined, at);
      const isWhole = this.#joined[at + length] === between;
      if (isWhole || isBroken(text, from + length)) longest = Math.max(longest, length);
    }
    if (longest > 0) found.push([from, from + longest]);
  }
}

/** Of the pattern, or of the first piece of it, if one of them begins at `from`; 0: none does. */
function endOf(text: string, from: number, pattern: string): number {
  if (text.startsWith(pattern, from)) return from + pattern.length;
  if (!canBreak(pattern)) return 0;
  const length = commonLength(text, from, pattern, 0);
  return length >= shortestPiece && isBroken(text, from + length) ? from + length : 0;
}

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
