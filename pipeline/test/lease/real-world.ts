import { openSync, readdirSync, readFileSync, writeSync } from "node:fs";
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

/** Less than half of the local target's: a takeover takes half a second, and a busy machine alone loses few leases. */
export const realTiming: LeaseTiming = {
  beatMilliseconds: 100,
  staleMilliseconds: 400,
  skewMilliseconds: 50,
  landsKnownGoneMilliseconds: 100,
  landsMilliseconds: 150,
};
/** Far more than any process stands still. */
const patienceMilliseconds = 20_000;

/** Of this machine, and the same for all its processes. */
const sharedMilliseconds = (): number => Number(process.hrtime.bigint()) / 1e6;

const storeFolder = (folder: string): string => join(folder, "store");
export const notesFolder = (folder: string): string => join(folder, "notes");

/** A contender on this machine's own clocks and disk. */
export function realContender(folder: string, seed: number, note: (note: Note) => void): Contender {
  const dice = new Dice(seed);
  return {
    // What has to survive here is the death of processes, not a power cut.
    store: new FileObjectStore(storeFolder(folder), { durable: false }),
    clock: systemClock,
    random: systemRandom,
    dice,
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
      // Now and then as a request that is long on its way: it lands whatever becomes of whoever sent it.
      const lands = dice.chance(0.3) ? dice.fraction() * realTiming.landsKnownGoneMilliseconds : 0;
      note({ what: "acted", environment, epoch, checked, at: sharedMilliseconds() + lands });
      if (lands > 0) await systemClock.sleep(lands);
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

/** For what survives whoever notes it. */
export function noteInFile(folder: string, name: string): (note: Note) => void {
  const file = openSync(join(notesFolder(folder), name), "a");
  return (note) => void writeSync(file, `${JSON.stringify(note)}\n`);
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
