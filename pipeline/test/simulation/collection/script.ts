import { days } from "../../../src/release/collection/ages.ts";
import { Dice } from "../seeded/dice.ts";

/** What befalls a process at one of its calls. A freeze may last longer than anything is kept for a publication. */
export interface Strike {
  /** Counted over calls whose name matches `on`; absent: over all. */
  readonly nth: number;
  readonly on?: RegExp;
  readonly kind: "crash-before" | "crash-after" | "kill-in-flight" | "error-but-applied" | "late" | "freeze";
  /** Of a freeze. */
  readonly milliseconds: number;
}
export type Place = "dev" | "prod";
export type Deed =
  /** `restMilliseconds`: from the build of its images to the beginning of the publication. */
  | { readonly kind: "publish"; readonly release: number; readonly restMilliseconds: number }
  | { readonly kind: "promote"; readonly place: Place; readonly release: number }
  | { readonly kind: "rollback"; readonly place: Place }
  | { readonly kind: "collect" };
/** How the clock of a process differs from the store's. */
export interface Setting {
  /** How far it is ahead; negative: behind. */
  readonly skewMilliseconds: number;
  /** While the process is frozen. */
  readonly standsStill: boolean;
}
/** One process. */
export interface Act {
  readonly at: number;
  readonly deed: Deed;
  readonly setting: Setting;
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
  const promotions = Array.from({ length: random.between(5, 11) }, (): Act => {
    const place = random.pick(["dev", "prod"] as const);
    if (random.chance(0.2)) return act(random, random.below(seasonMilliseconds), { kind: "rollback", place }, 0.3);
    const release = random.below(releases.length);
    // Often one that is old enough to be retired just then.
    const age = random.chance(0.5) ? days(random.between(30, 60)) : random.below(seasonMilliseconds);
    return act(random, (times[release] ?? 0) + age, { kind: "promote", place, release }, 0.3);
  });
  const moments = [...publications, ...promotions].flatMap(turnsOf);
  const collections = Array.from({ length: random.between(1, 5) }, () => {
    // Mostly just when somebody else is at it, or wakes up.
    const near = random.pick(moments);
    const at = random.chance(0.8) ? Math.max(0, near + random.between(-300, 1_500)) : random.below(seasonMilliseconds);
    return act(random, at, { kind: "collect" }, 0.5);
  });
  const hardships = random.chance(0.4) ? random.pick([sleeper, latecomer])(random, releases.length) : [];
  const acts = [...publications, ...promotions, ...collections, ...hardships].toSorted((a, b) => a.at - b.at);
  return { seed, releases, acts };
}

/** A publication stands still right before release.json; others of its commit may begin and die, and a collector comes before it goes on. */
function sleeper(random: Dice, releases: number): readonly Act[] {
  const at = random.below(seasonMilliseconds);
  const deed: Deed = { kind: "publish", release: random.below(releases), restMilliseconds: 0 };
  const sleep: Strike = { ...atManifest, kind: "freeze", milliseconds: days(random.pick([8, 12])) };
  const others = Array.from({ length: random.pick([0, 0, 3, 8]) }, (_, nth) =>
    struck(random, at + days(0.9) * (nth + 1), deed, { ...atManifest, kind: "error-but-applied", milliseconds: 0 }),
  );
  const collector = act(random, at + sleep.milliseconds - days(0.2), { kind: "collect" }, 0);
  return [struck(random, at, deed, sleep), ...others, collector];
}

/** A collector stands still in its sweep, and what it has seen of a publication that died is taken up by the next one. */
function latecomer(random: Dice, releases: number): readonly Act[] {
  const at = random.below(seasonMilliseconds);
  const deed: Deed = { kind: "publish", release: random.below(releases), restMilliseconds: 0 };
  const sleep: Strike = { on: /^store\.get blobs\//, nth: random.between(2, 8), kind: "freeze", milliseconds: days(8) };
  return [
    struck(random, at, deed, { ...atManifest, kind: "crash-before", milliseconds: 0 }),
    struck(random, at + days(0.1), { kind: "collect" }, sleep),
    act(random, at + days(0.2), deed, 0),
  ];
}

const atManifest = { on: /^store\.put.*\/release\.json$/, nth: 1 };
const struck = (random: Dice, at: number, deed: Deed, strike: Strike): Act => ({
  at,
  deed,
  strikes: [strike],
  setting: someSetting(random),
});

/** When a process begins, and about when it goes on after each time that it stood still. */
function turnsOf({ at, deed, strikes }: Act): readonly number[] {
  const rest = deed.kind === "publish" ? deed.restMilliseconds : 0;
  const turns = [at + rest];
  for (const { kind, milliseconds } of strikes) if (kind === "freeze") turns.push((turns.at(-1) ?? 0) + milliseconds);
  return turns;
}

const someTexts = (random: Dice): readonly number[] =>
  [...new Set(Array.from({ length: random.between(1, 4) }, () => random.below(texts)))].toSorted();

/** Once, and sometimes by two at once, or again long after. */
function publish(random: Dice, release: number, at: number): readonly Act[] {
  const deed = (): Deed => ({
    kind: "publish",
    release,
    restMilliseconds: random.chance(0.15) ? days(random.pick([3, 8, 12])) : 0,
  });
  const laterBy = [5, 400, days(2), seasonMilliseconds / 3, (seasonMilliseconds * 2) / 3];
  const again = random.chance(0.5) ? [act(random, at + random.pick(laterBy), deed(), 0.3)] : [];
  return [act(random, at, deed(), 0.5), ...again];
}

function act(random: Dice, at: number, deed: Deed, unlucky: number): Act {
  const strikes = random.chance(unlucky) ? [strike(random), ...(random.chance(0.4) ? [strike(random)] : [])] : [];
  return { at, deed, strikes, setting: someSetting(random) };
}

function someSetting(random: Dice): Setting {
  const skew = random.pick([5 * minutes, 3 * 60 * minutes, days(1), days(2)]);
  return {
    skewMilliseconds: random.chance(0.3) ? (random.chance(0.5) ? skew : -skew) : 0,
    standsStill: random.chance(0.5),
  };
}
const minutes = 60_000;

const strike = (random: Dice): Strike => ({
  nth: random.between(1, random.pick([12, 40, 120])),
  kind: random.pick(kinds),
  milliseconds: random.pick([2_000, 60_000, days(0.5), days(2), days(5), days(8), days(12)]),
});
