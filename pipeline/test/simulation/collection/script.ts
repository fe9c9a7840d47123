import { days } from "../../../src/release/collection/ages.ts";
import { Dice } from "../seeded/dice.ts";

/** What befalls a process at one of its calls. A freeze may last longer than a publication is allowed to take. */
interface Strike {
  readonly nth: number;
  readonly kind: "crash-before" | "crash-after" | "kill-in-flight" | "error-but-applied" | "late" | "freeze";
  /** Of a freeze. */
  readonly milliseconds: number;
}
export type Deed =
  | { readonly kind: "publish"; readonly release: number }
  | { readonly kind: "promote"; readonly release: number }
  | { readonly kind: "rollback" }
  | { readonly kind: "collect" };
/** One process. */
export interface Act {
  readonly at: number;
  readonly deed: Deed;
  readonly strikes: readonly Strike[];
}
export interface CollectionScript {
  readonly seed: number;
  /** For each release the texts of its files, by number: they are shared, dropped, and come back. */
  readonly releases: readonly (readonly number[])[];
  readonly acts: readonly Act[];
}

const kinds = [
  "crash-before",
  "crash-after",
  "kill-in-flight",
  "error-but-applied",
  "late",
  "freeze",
  "freeze",
] as const;
const texts = 5;
/** Long enough for releases to grow old. */
export const seasonMilliseconds = days(90);

export function writeCollectionScript(seed: number): CollectionScript {
  const random = new Dice(seed);
  const releases = Array.from({ length: random.between(5, 9) }, () => someTexts(random));
  const times = releases.map(() => random.below(seasonMilliseconds)).toSorted((a, b) => a - b);
  const publications = releases.flatMap((_, release) => publish(random, release, times[release] ?? 0));
  const promotions = Array.from({ length: random.between(4, 10) }, (): Act => {
    if (random.chance(0.2)) return act(random, random.below(seasonMilliseconds), { kind: "rollback" }, 0.3);
    const release = random.below(releases.length);
    // Often one that is old enough to be retired just then.
    const age = random.chance(0.5) ? days(random.between(30, 60)) : random.below(seasonMilliseconds);
    return act(random, (times[release] ?? 0) + age, { kind: "promote", release }, 0.3);
  });
  const collections = Array.from({ length: random.between(1, 5) }, () => {
    // Mostly just when somebody else is at it.
    const near = random.pick([...publications, ...promotions]).at;
    const at = random.chance(0.8) ? Math.max(0, near + random.between(-300, 1_500)) : random.below(seasonMilliseconds);
    return act(random, at, { kind: "collect" }, 0.5);
  });
  const acts = [...publications, ...promotions, ...collections].toSorted((a, b) => a.at - b.at);
  return { seed, releases, acts };
}

const someTexts = (random: Dice): readonly number[] =>
  [...new Set(Array.from({ length: random.between(1, 4) }, () => random.below(texts)))].toSorted();

/** Once, and sometimes by two at once, or again long after. */
function publish(random: Dice, release: number, at: number): readonly Act[] {
  const deed: Deed = { kind: "publish", release };
  const again = random.chance(0.5)
    ? [
        act(
          random,
          at + random.pick([5, 400, days(2), seasonMilliseconds / 3, (seasonMilliseconds * 2) / 3]),
          deed,
          0.3,
        ),
      ]
    : [];
  return [act(random, at, deed, 0.4), ...again];
}

function act(random: Dice, at: number, deed: Deed, unlucky: number): Act {
  const strikes = random.chance(unlucky) ? [strike(random), ...(random.chance(0.4) ? [strike(random)] : [])] : [];
  return { at, deed, strikes };
}

const strike = (random: Dice): Strike => ({
  nth: random.between(1, random.pick([12, 40, 120])),
  kind: random.pick(kinds),
  milliseconds: random.pick([2_000, 60_000, days(0.5), days(2), days(5)]),
});
