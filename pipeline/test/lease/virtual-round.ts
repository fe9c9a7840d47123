import type { EnvironmentName } from "../../src/identifiers.ts";
import type { LeaseTiming } from "../../src/ledger/lease.ts";
import { environmentOf } from "../builders.ts";
import { MemoryObjectStore } from "../memory-store.ts";
import { seededRandom } from "../seeded-random.ts";
import { Dice } from "../simulation/seeded/dice.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { check } from "./check.ts";
import { contend } from "./contend.ts";
import type { Contender } from "./contender.ts";
import { ErraticStore, StorePast } from "./erratic-store.ts";
import { VirtualProcess } from "./virtual-process.ts";
import { type Note, type RoundEnd, tallyOf } from "./witness.ts";

/** No clock errs here but by the milliseconds that it shows, so that δ is next to nothing: what it hides else, shows. */
const timing: LeaseTiming = {
  beatMilliseconds: 250,
  staleMilliseconds: 1_000,
  skewMilliseconds: 20,
  landsKnownGoneMilliseconds: 300,
  landsMilliseconds: 500,
};
const environment: EnvironmentName = environmentOf("prod");
const contenders = 4;
const attemptsOfOne = 15;
/** Virtual; nobody is ever in the way for as long. */
const patienceMilliseconds = 300_000;

/** A world in memory and its own time, in which everything goes wrong; the same from the same seed. */
export async function playVirtualRound(seed: number): Promise<RoundEnd> {
  const world = new World(seed);
  const problems = await world.play();
  const { notes, kills, stops, past } = world;
  return { tally: tallyOf(notes), kills, stops, struck: Object.fromEntries(past.struck), problems };
}

class World {
  readonly notes: Note[] = [];
  readonly past = new StorePast();
  kills = 0;
  stops = 0;
  readonly #clock = new VirtualClock();
  readonly #store = new MemoryObjectStore(() => this.#clock.now());
  readonly #seed: number;
  readonly #dice: Dice;
  readonly #dead = new Set<number>();
  #born = 0;
  #isCalm = false;

  constructor(seed: number) {
    this.#seed = seed;
    this.#dice = new Dice(seed);
  }

  async play(): Promise<readonly string[]> {
    try {
      await this.#clock.run(Promise.all(Array.from({ length: contenders }, () => this.#live())));
      this.#isCalm = true;
      await this.#clock.run(this.#endCalmly());
    } catch (error) {
      return [`the round did not end: ${String(error)}`];
    }
    const slots = new Map<number, Uint8Array[]>();
    for (const [key, { body }] of this.#store.entries()) {
      const seq = /\/history\/(\d+)\.json$/.exec(key)?.[1];
      if (seq !== undefined) slots.set(Number(seq), [body]);
    }
    const { landsKnownGoneMilliseconds } = timing;
    const notes = this.notes;
    return check({ environment, slots, notes, landsMilliseconds: landsKnownGoneMilliseconds, isStale: true });
  }

  /** Whoever dies is followed by another process. */
  async #live(): Promise<void> {
    let process = this.#bear();
    for (let attempt = 0; attempt < attemptsOfOne; attempt += 1) {
      const end = await Promise.race([contend(process.contender, environment), process.death]);
      if (end === "dead") process = this.#bear();
    }
  }

  /** The store answers again: somebody gets the lease, and an epoch of it. */
  async #endCalmly(): Promise<void> {
    const { contender } = this.#bear();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if ((await contend(contender, environment)) !== null) return;
    }
    this.notes.push({ what: "broke", environment, because: "nobody can take it any more" });
  }

  #bear(): { readonly contender: Contender; readonly death: Promise<"dead"> } {
    const pid = ++this.#born;
    const dice = this.#dice.fork();
    const process = new VirtualProcess(this.#clock, this.#isCalm ? null : dice, (what) => this.#suffers(pid, what));
    const store = new ErraticStore({
      store: this.#store,
      past: this.past,
      clock: this.#clock,
      dice: dice.fork(),
      life: process,
      faulty: () => (this.#isCalm ? 0 : 0.12),
    });
    const by = { id: `virtual:${pid}`, name: `process-${pid}` };
    const contender: Contender = {
      store,
      clock: process,
      random: seededRandom(`${this.#seed} ${pid}`),
      dice: dice.fork(),
      timing,
      holder: { by, host: "here", runUrl: null, process: { pid, startedAt: "once" } },
      isGone: async (holder) => this.#dead.has(holder.process?.pid ?? 0),
      patience: patienceMilliseconds,
      note: (note) => void this.notes.push(note),
      time: () => this.#clock.monotonic(),
      pause: () => process.tempt(),
      act: (where, epoch, ask) => this.#act(process, where, epoch, ask),
    };
    return { contender, death: process.death };
  }

  #suffers(pid: number, what: "dies" | "stops"): void {
    if (what === "stops") this.stops += 1;
    if (what === "dies") this.kills += 1;
    if (what === "dies") this.#dead.add(pid);
  }

  /** Once it was sent it lands, within L, whatever becomes of its process. */
  async #act(process: VirtualProcess, where: EnvironmentName, epoch: number, ask: () => void): Promise<void> {
    const checked = this.#clock.monotonic();
    ask();
    const longest = timing.landsKnownGoneMilliseconds - 1;
    await this.#clock.sleep(this.#dice.chance(0.5) ? longest : this.#dice.fraction() * longest);
    this.notes.push({ what: "acted", environment: where, epoch, checked, at: this.#clock.monotonic() });
    await process.alive();
  }
}
