/** How many bits a field takes once packed: small holds 0 to 15, wide 0 to 255. */
export type Width = "small" | "wide";
type View<F extends string> = Frame & { readonly base: number } & { [K in F]: number };

/** One state, unpacked: a byte a field, so that changing one needs no shifting. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/** Fields that lie together, any number of times. Small ones come first; each kind fills whole words of four bytes. */
interface BlockShape {
  readonly names: readonly string[];
  readonly byteOf: Readonly<Record<string, number>>;
  readonly smallWords: number;
  readonly words: number;
}
export interface Block<F extends string> extends BlockShape {
  /** Reads and writes the fields of the block that begins at `base` as properties. */
  readonly View: new (
    frame: Frame,
    base: number,
  ) => View<F>;
}

const wordBytes = 4;

export function blockOf<F extends string>(fields: Readonly<Record<F, Width>>): Block<F> {
  const names = Object.keys(fields) as F[];
  const small = names.filter((name) => fields[name] === "small");
  const wide = names.filter((name) => fields[name] === "wide");
  const smallWords = Math.ceil(small.length / wordBytes);
  const byteOf = {} as Record<F, number>;
  for (const [at, name] of small.entries()) byteOf[name] = at;
  for (const [at, name] of wide.entries()) byteOf[name] = smallWords * wordBytes + at;
  const words = smallWords + Math.ceil(wide.length / wordBytes);
  return { names, byteOf, smallWords, words, View: viewClassOf(byteOf) };
}

function viewClassOf<F extends string>(byteOf: Readonly<Record<F, number>>): Block<F>["View"] {
  class BlockView implements Frame {
    readonly bytes: Uint8Array;
    readonly words: Uint32Array;
    readonly base: number;
    constructor(frame: Frame, base: number) {
      this.bytes = frame.bytes;
      this.words = frame.words;
      this.base = base;
    }
  }
  for (const [name, offset] of Object.entries<number>(byteOf)) {
    Object.defineProperty(BlockView.prototype, name, {
      get(this: BlockView) {
        return this.bytes[this.base + offset];
      },
      set(this: BlockView, value: number) {
        this.bytes[this.base + offset] = value;
      },
    });
  }
  return BlockView as unknown as Block<F>["View"];
}

/** Where the blocks of a model lie, and how a state is packed: two words of small fields into one. */
export class Layout {
  readonly #placed: { readonly name: string; readonly base: number; readonly block: BlockShape }[] = [];
  readonly #small: number[] = [];
  readonly #wide: number[] = [];
  #words = 0;

  /** @returns where each of them begins, in bytes. */
  place(name: string, block: BlockShape, count = 1): readonly number[] {
    return Array.from({ length: count }, (_, at) => {
      const base = this.#words * wordBytes;
      this.#placed.push({ name: count > 1 ? `${name} ${at + 1} ` : name, base, block });
      for (let word = 0; word < block.words; word += 1)
        (word < block.smallWords ? this.#small : this.#wide).push(this.#words + word);
      this.#words += block.words;
      return base;
    });
  }

  frame(): Frame {
    const words = new Uint32Array(this.#words);
    return { words, bytes: new Uint8Array(words.buffer) };
  }

  packing(): Packing {
    const half = Math.ceil(this.#small.length / 2);
    return {
      low: Int32Array.from(this.#small.slice(0, half)),
      high: Int32Array.from(this.#small.slice(half)),
      whole: Int32Array.from(this.#wide),
      words: half + this.#wide.length,
    };
  }

  /** Every field of a state by its name, for people. */
  read({ bytes }: Frame): readonly { readonly name: string; readonly value: number }[] {
    return this.#placed.flatMap(({ name, base, block }) =>
      block.names.map((field) => ({
        name: `${name}${field}`,
        value: bytes[base + (block.byteOf[field] ?? 0)] ?? 0,
      })),
    );
  }
}

/** Which words of a frame go where: pairs of small ones share a word, wide ones stay as they are. */
export interface Packing {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly whole: Int32Array;
  readonly words: number;
}

export function pack({ low, high, whole }: Packing, from: Uint32Array, to: Uint32Array): void {
  let at = 0;
  for (let pair = 0; pair < low.length; pair += 1) {
    const upper = pair < high.length ? (from[high[pair] as number] as number) : 0;
    to[at++] = (from[low[pair] as number] as number) | (upper << 4);
  }
  for (let word = 0; word < whole.length; word += 1) to[at++] = from[whole[word] as number] as number;
}

const lowNibbles = 0x0f0f0f0f;

export function unpack({ low, high, whole }: Packing, from: Uint32Array, at: number, to: Uint32Array): void {
  let word = at;
  for (let pair = 0; pair < low.length; pair += 1) {
    const both = from[word++] as number;
    to[low[pair] as number] = both & lowNibbles;
    if (pair < high.length) to[high[pair] as number] = (both >>> 4) & lowNibbles;
  }
  for (let one = 0; one < whole.length; one += 1) to[whole[one] as number] = from[word++] as number;
}
