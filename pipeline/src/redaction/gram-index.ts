/** Characters that are looked up at once. */
export const gramLength = 4;
/** 2^32 divided by the golden ratio: multiplied by it, grams spread evenly over the high bits (Knuth, volume 3, 6.4). */
const spread = 0x9e3779b1;
/** With so many bits for each gram, one in a hundred of those that are in no pattern is looked up for nothing. */
const bitsForEach = 64;
const fewestBits = 10;

/**
 * Where grams are: numbers from 1 on for each gram, and whether there are any, told by a filter small enough for the
 * processor's caches. A gram is the low bytes of four characters, so whoever finds something by it compares the text.
 */
export class GramIndex {
  /** Of a hash: the right shift that leaves the number of a bit, and of a chain. */
  readonly shift: number;
  /** One bit for each hash; 32 in a number. */
  readonly filter: Int32Array;
  readonly #chains: Int32Array;
  readonly #next: Int32Array;
  readonly #grams: Int32Array;

  /** Room for `size` numbers. */
  constructor(size: number) {
    const bits = Math.max(fewestBits, Math.ceil(Math.log2(size * bitsForEach + 1)));
    this.shift = 32 - bits;
    this.filter = new Int32Array(2 ** bits / 32);
    this.#chains = new Int32Array(2 ** bits / 32);
    this.#next = new Int32Array(size + 1);
    this.#grams = new Int32Array(size + 1);
  }

  add(number: number, gram: number): void {
    const hash = hashOf(gram, this.shift);
    this.filter[hash >>> 5] = (this.filter[hash >>> 5] as number) | (1 << (hash & 31));
    this.#grams[number] = gram;
    this.#next[number] = this.#chains[hash >>> 5] as number;
    this.#chains[hash >>> 5] = number;
  }

  mayHave(gram: number): boolean {
    return isIn(this.filter, hashOf(gram, this.shift));
  }

  /** The last that was added of this gram; 0: none. */
  first(gram: number): number {
    return this.#from(this.#chains[hashOf(gram, this.shift) >>> 5] as number, gram);
  }

  /** The one that was added before this one. */
  next(number: number): number {
    return this.#from(this.#next[number] as number, this.#grams[number] as number);
  }

  #from(number: number, gram: number): number {
    let at = number;
    while (at !== 0 && this.#grams[at] !== gram) at = this.#next[at] as number;
    return at;
  }
}

export const hashOf = (gram: number, shift: number): number => Math.imul(gram, spread) >>> shift;
export const isIn = (filter: Int32Array, hash: number): boolean =>
  ((filter[hash >>> 5] as number) & (1 << (hash & 31))) !== 0;

export const gramAt = (text: string, at: number): number =>
  (text.charCodeAt(at) & 255) |
  ((text.charCodeAt(at + 1) & 255) << 8) |
  ((text.charCodeAt(at + 2) & 255) << 16) |
  (text.charCodeAt(at + 3) << 24);
