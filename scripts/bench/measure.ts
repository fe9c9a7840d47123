/** Milliseconds a round, by subject. */
export type Samples<Name extends string> = Readonly<Record<Name, readonly number[]>>;

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export const best = (samples: readonly number[]): number => Math.min(...samples);

/** Each round's own quotient: what slows the machine for a while slows both sides of it. */
export const ratios = (samples: readonly number[], reference: readonly number[]): readonly number[] =>
  samples.map((sample, round) => sample / (reference[round] ?? Number.NaN));

/**
 * Times every subject once a round, after one round that does not count. Who comes first changes from round to round, so
 * that none always runs on a cache that another one has warmed.
 */
export async function interleave<Name extends string>(
  rounds: number,
  subjects: Readonly<Record<Name, () => Promise<unknown>>>,
): Promise<Samples<Name>> {
  const names = Object.keys(subjects) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round + 1) % names.length] as Name;
      const start = performance.now();
      await subjects[name]();
      if (round >= 0) samples[name].push(performance.now() - start);
    }
  }
  return samples;
}

/** Time during which at least one of many overlapping waits is under way. */
export class WaitTimer {
  #open = 0;
  #since = 0;
  #total = 0;

  async around<T>(wait: () => Promise<T>): Promise<T> {
    if (this.#open === 0) this.#since = performance.now();
    this.#open += 1;
    try {
      return await wait();
    } finally {
      this.#open -= 1;
      if (this.#open === 0) this.#total += performance.now() - this.#since;
    }
  }

  /** Milliseconds since it was last asked. */
  take(): number {
    const total = this.#total;
    this.#total = 0;
    return total;
  }
}
