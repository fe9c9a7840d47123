import { type Frame, type Layout, type Packing, pack, unpack } from "./layout.ts";

const chunkBits = 14;
const chunkStates = 1 << chunkBits;
const fullest = 0.6;

/** Every state once, packed and compared exactly; found again by its hash. States are numbered in the order in which they came. */
export class StateStore {
  readonly #packing: Packing;
  readonly #packed: Uint32Array;
  readonly #chunks: Uint32Array[] = [];
  /** Pairs of a state's number + 1 and its hash. */
  #table = new Int32Array(2 << 16);
  #slots = 1 << 16;
  #count = 0;

  constructor(layout: Layout) {
    this.#packing = layout.packing();
    this.#packed = new Uint32Array(this.#packing.words);
  }

  get count(): number {
    return this.#count;
  }
  get bytesPerState(): number {
    return this.#packing.words * 4;
  }

  /** @returns its number; a new one is the count of before. */
  add(frame: Frame): number {
    pack(this.#packing, frame.words, this.#packed);
    const hash = hashOf(this.#packed);
    const mask = this.#slots - 1;
    const table = this.#table;
    let slot = hash & mask;
    for (let number = table[2 * slot] as number; number !== 0; number = table[2 * slot] as number) {
      if (table[2 * slot + 1] === hash && this.#isSame(number - 1)) return number - 1;
      slot = (slot + 1) & mask;
    }
    table[2 * slot] = this.#count + 1;
    table[2 * slot + 1] = hash;
    this.#keep(this.#count);
    this.#count += 1;
    if (this.#count > this.#slots * fullest) this.#grow();
    return this.#count - 1;
  }

  load(number: number, frame: Frame): void {
    const chunk = this.#chunks[number >>> chunkBits] as Uint32Array;
    unpack(this.#packing, chunk, (number & (chunkStates - 1)) * this.#packing.words, frame.words);
  }

  #isSame(number: number): boolean {
    const packed = this.#packed;
    const chunk = this.#chunks[number >>> chunkBits] as Uint32Array;
    const start = (number & (chunkStates - 1)) * packed.length;
    for (let word = 0; word < packed.length; word += 1) if (chunk[start + word] !== packed[word]) return false;
    return true;
  }

  #keep(number: number): void {
    const chunk = number >>> chunkBits;
    if (chunk === this.#chunks.length) this.#chunks.push(new Uint32Array(chunkStates * this.#packing.words));
    (this.#chunks[chunk] as Uint32Array).set(this.#packed, (number & (chunkStates - 1)) * this.#packing.words);
  }

  #grow(): void {
    const old = this.#table;
    this.#slots *= 2;
    const table = new Int32Array(2 * this.#slots);
    const mask = this.#slots - 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0) continue;
      let slot = (old[at + 1] as number) & mask;
      while (table[2 * slot] !== 0) slot = (slot + 1) & mask;
      table[2 * slot] = old[at] as number;
      table[2 * slot + 1] = old[at + 1] as number;
    }
    this.#table = table;
  }
}

/** MurmurHash3 (public domain, Austin Appleby) over whole words. */
function hashOf(words: Uint32Array): number {
  let hash = 0x9e3779b9;
  for (let word = 0; word < words.length; word += 1) {
    hash = Math.imul(hash ^ (words[word] as number), 0x85ebca6b);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
