import type { RefusalCode } from "../../../src/codes.ts";
import type { StrikeKind } from "../faults.ts";
import type { Pace } from "../simulation.ts";
import { Dice } from "./dice.ts";

/** What somebody does, decided before anything runs: a script can be read, cut down, and played again. */
export type Command =
  | { readonly action: "promote"; readonly release: number; readonly overrides?: readonly RefusalCode[] }
  | { readonly action: "rollback"; readonly release: number | null; readonly only: "web" | null };
export interface Strike {
  /** Part of the names of the calls that count; "": every call. */
  readonly at: string;
  /** Which of them, over all processes of this actor, from 1. */
  readonly nth: number;
  readonly kind: StrikeKind | "kill" | "freeze" | "credentials-expire" | "late-and-expired";
  /** Of a freeze, and of credentials that are gone. */
  readonly milliseconds: number;
}
export interface Actor {
  readonly name: string;
  readonly startsAt: number;
  readonly command: Command;
  /** For a lease. */
  readonly waitMilliseconds: number;
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
  readonly pace: Pace;
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
/** Where a fault hurts: what cannot be fenced, what decides, and what proves that somebody is alive. */
export const places: readonly string[] = [
  "services.roll",
  "services.roll",
  "services.roll",
  "services.inspect",
  "tasks.start",
  "web.switchTo",
  "web.readLive",
  "web.invalidate",
  "history/",
  "lease.json",
];
const painful = [
  "kill",
  "kill",
  "freeze",
  "freeze",
  "late",
  "late",
  "late",
  "late-and-expired",
  "error-but-applied",
  "slow-after",
] as const;
const nthOf: Readonly<Record<string, number>> = { "history/": 15, "lease.json": 15, "services.inspect": 10 };

/** Two to five promoters, rollbacks, an operator, edits behind our back, credentials that expire; all of it from the seed. */
export function writeScript(seed: number): Script {
  const random = new Dice(seed);
  return seed % 2 === 0 ? writeDuel(seed, random) : writeCrowd(seed, random);
}

/** One is hurt where it matters, while another one waits for its turn. */
function writeDuel(seed: number, random: Dice): Script {
  const sound = { broken: false, failing: false, migrates: true };
  const releases = [sound, { ...sound, broken: random.chance(0.4) }, { ...sound, migrates: random.chance(0.5) }];
  const actor = { patience: 3, waitMilliseconds: 60_000, strikes: [] };
  const second: Command = random.chance(0.5)
    ? { action: "promote", release: 2 }
    : { action: "rollback", release: null, only: null };
  return {
    seed,
    pace: { landsMilliseconds: 4_000, taskMilliseconds: random.pick([150, 9_000]) },
    releases,
    actors: [
      { ...actor, name: "p1", startsAt: 0, command: { action: "promote", release: 0 } },
      {
        ...actor,
        name: "p2",
        startsAt: 20_000,
        command: { action: "promote", release: 1 },
        patience: random.between(1, 3),
        strikes: Array.from({ length: random.between(1, 2) }, () => aim(random)),
      },
      { ...actor, name: "p3", startsAt: 20_000 + random.below(random.pick([500, 4_000])), command: second },
    ],
    meddling: random.chance(0.2) ? [{ at: 20_000 + random.below(15_000), act: "break-lease" }] : [],
  };
}

function writeCrowd(seed: number, random: Dice): Script {
  const releases = Array.from({ length: random.between(2, 4) }, (_, at) => ({
    broken: at > 0 && random.chance(0.3),
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
  const pace = { landsMilliseconds: random.pick([500, 4_000]), taskMilliseconds: random.pick([150, 150, 9_000]) };
  return { seed, pace, releases, actors, meddling: meddling.toSorted((a, b) => a.at - b.at) };
}

function writeActor(random: Dice, at: number, releases: number): Actor {
  const faulty = random.pick([0, 1, 2, 3, 4]);
  return {
    name: `p${at + 1}`,
    startsAt: random.below(random.pick([200, 3_000, 3_000, 15_000])),
    command: writeCommand(random, at, releases),
    waitMilliseconds: random.pick([0, 5_000, 60_000]),
    patience: random.between(1, 4),
    strikes: Array.from({ length: faulty }, () => writeStrike(random)),
  };
}

function writeStrike(random: Dice): Strike {
  if (random.chance(0.5)) return aim(random);
  return {
    at: "",
    nth: random.between(1, random.pick([20, 90, 200])),
    kind: random.pick(kinds),
    milliseconds: howLong(random),
  };
}

function aim(random: Dice): Strike {
  const at = random.pick(places);
  return { at, nth: random.between(1, nthOf[at] ?? 2), kind: random.pick(painful), milliseconds: howLong(random) };
}

const howLong = (random: Dice): number =>
  random.pick([random.between(250, 950), random.between(1_000, 6_000), random.between(6_000, 15_000)]);

function writeCommand(random: Dice, at: number, releases: number): Command {
  if (at === 0 || random.chance(0.65)) return { action: "promote", release: random.below(releases) };
  const release = random.chance(0.5) ? null : random.below(releases);
  return { action: "rollback", release, only: random.chance(0.3) ? "web" : null };
}
