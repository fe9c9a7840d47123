const chunkBits = 16;
const chunkLength = 1 << chunkBits;

/** An array of 32-bit integers that grows without being copied. */
export class GrowingArray {
  readonly #chunks: Int32Array[] = [];

  get(at: number): number {
    return (this.#chunks[at >>> chunkBits] as Int32Array)[at & (chunkLength - 1)] as number;
  }
  set(at: number, value: number): void {
    const chunk = at >>> chunkBits;
    if (chunk === this.#chunks.length) this.#chunks.push(new Int32Array(chunkLength));
    (this.#chunks[chunk] as Int32Array)[at & (chunkLength - 1)] = value;
  }
}
