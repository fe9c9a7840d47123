import type { StrikeKind } from "../faults.ts";
import { SeededRandom } from "./seeded-random.ts";

/** What somebody does, decided before anything runs: a script can be read, cut down, and played again. */
export type Command =
  | { readonly action: "promote"; readonly release: number }
  | { readonly action: "rollback"; readonly release: number | null; readonly only: "web" | null };
export interface Strike {
  /** Counted over all calls of this actor, in all its processes, from 1. */
  readonly call: number;
  readonly kind: StrikeKind | "kill" | "freeze" | "credentials-expire";
  /** Of a freeze, and of credentials that are gone. */
  readonly milliseconds: number;
}
export interface Actor {
  readonly name: string;
  readonly startsAt: number;
  readonly command: Command;
  /** How often the same command is run again before its person gives up. */
  readonly patience: number;
  readonly strikes: readonly Strike[];
}
export interface Meddling {
  readonly at: number;
  readonly act: "break-lease" | "edit-service" | "edit-back" | "quarantine" | "delete-lease";
}
export interface Script {
  readonly seed: number;
  readonly releases: readonly { readonly broken: boolean; readonly failing: boolean; readonly migrates: boolean }[];
  readonly actors: readonly Actor[];
  readonly meddling: readonly Meddling[];
}

const kinds = [
  "kill",
  "kill",
  "freeze",
  "crash-after",
  "error-not-applied",
  "error-but-applied",
  "throttled",
  "slow-before",
  "slow-after",
  "stale-read",
  "late",
  "credentials-expire",
] as const;

/** Two to five promoters, rollbacks, an operator, edits behind our back, credentials that expire; all of it from the seed. */
export function writeScript(seed: number): Script {
  const random = new SeededRandom(seed);
  const releases = Array.from({ length: random.between(2, 4) }, (_, at) => ({
    broken: at > 0 && random.chance(0.2),
    failing: at > 0 && random.chance(0.15),
    migrates: at === 0 || random.chance(0.5),
  }));
  const actors = Array.from({ length: random.between(2, 5) }, (_, at) =>
    writeActor(random.fork(), at, releases.length),
  );
  const meddling = Array.from({ length: random.pick([0, 0, 1, 2]) }, () => ({
    at: random.below(30_000),
    act: random.pick(["break-lease", "edit-service", "edit-back", "quarantine"] as const),
  }));
  return { seed, releases, actors, meddling: meddling.toSorted((a, b) => a.at - b.at) };
}

function writeActor(random: SeededRandom, at: number, releases: number): Actor {
  const faulty = random.pick([0, 1, 1, 2, 3]);
  return {
    name: `p${at + 1}`,
    startsAt: random.below(random.pick([200, 3_000, 15_000])),
    command: writeCommand(random, at, releases),
    patience: random.between(1, 4),
    strikes: Array.from({ length: faulty }, () => ({
      call: random.between(1, random.pick([20, 90, 200])),
      kind: random.pick(kinds),
      milliseconds: random.between(100, random.pick([600, 3_000, 12_000])),
    })).toSorted((a, b) => a.call - b.call),
  };
}

function writeCommand(random: SeededRandom, at: number, releases: number): Command {
  if (at === 0 || random.chance(0.65)) return { action: "promote", release: random.below(releases) };
  const release = random.chance(0.5) ? null : random.below(releases);
  return { action: "rollback", release, only: random.chance(0.3) ? "web" : null };
}
