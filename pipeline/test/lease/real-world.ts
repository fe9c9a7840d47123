import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentName } from "../../src/identifiers.ts";
import type { LeaseHolder, LeaseTiming } from "../../src/ledger/lease.ts";
import { systemClock } from "../../src/local/clock.ts";
import { FileObjectStore } from "../../src/local/object-store.ts";
import { systemRandom } from "../../src/local/random.ts";
import { environmentOf } from "../builders.ts";
import { Dice } from "../simulation/seeded/dice.ts";
import type { Contender } from "./contender.ts";
import type { Note } from "./witness.ts";

/** A tenth of the local target's, or less: a takeover takes an eighth of a second. */
export const realTiming: LeaseTiming = {
  beatMilliseconds: 20,
  staleMilliseconds: 80,
  skewMilliseconds: 10,
  landsKnownGoneMilliseconds: 20,
  landsMilliseconds: 30,
};
/** Far more than any process stands still. */
const patienceMilliseconds = 10_000;

/** Of this machine, and the same for all its processes. */
const sharedMilliseconds = (): number => Number(process.hrtime.bigint()) / 1e6;

const storeFolder = (folder: string): string => join(folder, "store");
export const notesFolder = (folder: string): string => join(folder, "notes");

/** A contender on this machine's own clocks and disk. */
export function realContender(folder: string, seed: number, note: (note: Note) => void): Contender {
  return {
    // What has to survive here is the death of processes, not a power cut.
    store: new FileObjectStore(storeFolder(folder), { durable: false }),
    clock: systemClock,
    random: systemRandom,
    dice: new Dice(seed),
    timing: realTiming,
    holder: holderOfThisProcess(),
    isGone: async ({ process: holder }) => holder !== null && !isRunning(holder.pid),
    patience: patienceMilliseconds,
    note,
    time: sharedMilliseconds,
    pause: () => undefined,
    async act(environment, epoch, ask) {
      const checked = sharedMilliseconds();
      ask();
      note({ what: "acted", environment, epoch, checked, at: sharedMilliseconds() });
    },
  };
}

function holderOfThisProcess(): LeaseHolder {
  const { pid } = process;
  const by = { id: `local:${pid}`, name: `process-${pid}` };
  return { by, host: "here", runUrl: null, process: { pid, startedAt: "once" } };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The environments that anybody has tried so far. */
export function environmentsIn(folder: string): readonly EnvironmentName[] {
  try {
    return readdirSync(join(storeFolder(folder), "environments")).map(environmentOf);
  } catch {
    return [];
  }
}

/** Every version of every record, read as files. */
export function readSlotsOf(folder: string, environment: string): ReadonlyMap<number, readonly Uint8Array[]> {
  const history = join(storeFolder(folder), "environments", environment, "history");
  const slots = new Map<number, Uint8Array[]>();
  for (const name of namesIn(history)) {
    const seq = Number.parseInt(name, 10);
    slots.set(seq, [...(slots.get(seq) ?? []), readFileSync(join(history, name))]);
  }
  return slots;
}

/** A process that was killed may have left half of its last line. */
export function readNotes(folder: string): readonly Note[] {
  return namesIn(notesFolder(folder)).flatMap((name) => {
    const lines = readFileSync(join(notesFolder(folder), name), "utf8").split("\n");
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Note);
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
