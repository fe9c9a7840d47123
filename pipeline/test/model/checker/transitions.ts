import { GrowingArray } from "./growing-array.ts";

/** The graph of what was explored, kept to be searched backwards. Sources come in order, each with all its targets at once. */
export class Transitions {
  readonly #targets = new GrowingArray();
  readonly #starts = new GrowingArray();
  #count = 0;

  startOf(source: number): void {
    this.#starts.set(source, this.#count);
  }
  add(target: number): void {
    this.#targets.set(this.#count, target);
    this.#count += 1;
  }

  /** States from which none of these ends can be reached, in order. */
  trapped(states: number, ends: readonly number[]): readonly number[] {
    const { first, sources } = this.#backwards(states);
    const free = new Uint8Array(states);
    const waiting = [...ends];
    for (const end of ends) free[end] = 1;
    for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
      for (let at = first[state] as number; at < (first[state + 1] as number); at += 1) {
        const source = sources[at] as number;
        if (free[source] === 1) continue;
        free[source] = 1;
        waiting.push(source);
      }
    }
    const trapped: number[] = [];
    for (let state = 0; state < states; state += 1) if (free[state] === 0) trapped.push(state);
    return trapped;
  }

  #backwards(states: number): { readonly first: Int32Array; readonly sources: Int32Array } {
    const first = new Int32Array(states + 1);
    for (let at = 0; at < this.#count; at += 1)
      first[this.#targets.get(at) + 1] = (first[this.#targets.get(at) + 1] as number) + 1;
    for (let state = 0; state < states; state += 1)
      first[state + 1] = (first[state + 1] as number) + (first[state] as number);
    const sources = new Int32Array(this.#count);
    const filled = first.slice();
    for (let source = 0; source < states; source += 1) {
      const end = source + 1 < states ? this.#starts.get(source + 1) : this.#count;
      for (let at = this.#starts.get(source); at < end; at += 1) {
        const target = this.#targets.get(at);
        sources[filled[target] as number] = source;
        filled[target] = (filled[target] as number) + 1;
      }
    }
    return { first, sources };
  }
}
