import { exitCodes } from "../../src/codes.ts";
import type { EmitPromotion } from "../../src/events.ts";
import type { Digest, EnvironmentName, Epoch, Instant, Sha } from "../../src/identifiers.ts";
import { type LeaseTiming, localTiming } from "../../src/ledger/lease.ts";
import type { PromotionRequest } from "../../src/ledger/records.ts";
import type { Clock, EnvironmentPorts, ObjectStore } from "../../src/ports.ts";
import { promote } from "../../src/promotion/promote.ts";
import type { PromotionReport } from "../../src/promotion/report.ts";
import type { PromotionWorld } from "../../src/promotion/run.ts";
import { aPolicy, aRequest, environmentOf } from "../builders.ts";
import { MemoryObjectStore } from "../memory-store.ts";
import { VirtualClock } from "../virtual-clock.ts";
import type { CallSeen, PlannedFault } from "./faults.ts";
import { Crash, Gate, type GateInput } from "./gate.ts";
import { judgeAtRest, judgeMoment, judgeRecord } from "./invariants.ts";
import { SimEnvironment } from "./sim-environment.ts";
import { publishSimRelease, type SimRelease, writeSimTarget } from "./sim-releases.ts";
import type { StoredBytes } from "./stored-records.ts";

export interface Attempt {
  readonly report: PromotionReport | null;
  readonly crashed: boolean;
  readonly calls: readonly CallSeen[];
  readonly trace: readonly string[];
}
export interface Registry {
  readonly releases: SimRelease[];
  readonly broken: Set<Digest>;
  readonly batches: Map<Digest, { names: readonly string[]; failing: string | null }>;
  readonly entries: Map<Digest, ReadonlyMap<string, Digest>>;
}
/** What a run needs of its process: the gate through which it acts, and who it is. */
export interface Incarnation {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly who: string;
  readonly emit?: EmitPromotion;
  readonly onRecord?: (key: string, stored: StoredBytes) => void;
}

/** How slow the world may be. */
export interface Pace {
  readonly landsMilliseconds: number;
  readonly taskMilliseconds: number;
}

/** Time that passes between one command of a person and the next. */
const pauseMilliseconds = 3_000;

/** One world, in which one incarnation after another runs the real promotion. */
export class Simulation {
  readonly clock: VirtualClock;
  readonly store: MemoryObjectStore;
  readonly environment: SimEnvironment;
  readonly name: EnvironmentName = environmentOf("dev");
  readonly timing: LeaseTiming = localTiming;
  readonly violations: string[] = [];
  readonly registry: Registry;
  /** The newest epochs that the ledger knows: opened, and planned; and when somebody else last changed a service. */
  newest: { readonly opened: Epoch; readonly planned: Epoch } = { opened: 0, planned: 0 };
  editedAt: Instant | null = null;
  /** Keys of records that were judged as they landed. */
  readonly judged = new Set<string>();
  #nonce = 0;

  constructor(from: Simulation | null = null, pace: Pace = { landsMilliseconds: 500, taskMilliseconds: 150 }) {
    this.clock = from?.clock.fork() ?? new VirtualClock();
    const seen = { now: () => this.clock.monotonic(), newest: () => this.newest };
    this.registry = from?.registry ?? { releases: [], broken: new Set(), batches: new Map(), entries: new Map() };
    const storeTime = () => this.storeTime();
    this.store = from?.store.fork(storeTime) ?? new MemoryObjectStore(storeTime);
    this.environment =
      from?.environment.fork(seen) ?? new SimEnvironment({ name: this.name, ...pace, ...seen, ...this.registry });
    if (from === null) return;
    this.violations.push(...from.violations);
    for (const key of from.judged) this.judged.add(key);
    this.newest = from.newest;
    this.#nonce = from.#nonce;
  }

  /** The same world once more; what happens in one is not seen in the other. Nobody runs in the copy. */
  fork(): Simulation {
    return new Simulation(this);
  }

  get broken(): Set<Digest> {
    return this.registry.broken;
  }

  async begin(): Promise<void> {
    await writeSimTarget(this.store, this.name);
  }

  async publish(
    digits: string,
    migrations: readonly string[],
    failing: string | null = null,
    services: readonly string[] = ["api", "worker"],
  ): Promise<SimRelease> {
    const release = await publishSimRelease(this.store, digits, migrations, services);
    this.know(release, failing);
    return release;
  }

  /** What the world does once this release runs in it. */
  know(release: SimRelease, failing: string | null = null): void {
    const { releases, batches, entries } = this.registry;
    releases.push(release);
    batches.set(release.api, { names: release.migrations, failing });
    entries.set(
      release.webDigest,
      new Map(release.list.files.filter((file) => file.role === "entry").map((file) => [file.path, file.sha256])),
    );
  }

  /** One command in a process of its own. */
  async run(
    request: Partial<PromotionRequest>,
    faults: readonly PlannedFault[] = [],
    onPoint?: GateInput["onPoint"],
  ): Promise<Attempt> {
    const gate = new Gate({
      faults,
      elapse: (milliseconds) => this.clock.sleep(milliseconds),
      now: () => this.clock.monotonic(),
      afterCall: () => judgeMoment(this),
      ...(onPoint ? { onPoint } : {}),
    });
    const world = this.worldOf({ gate, clock: gatedClock(this.clock, gate), who: "sim" });
    const waitMilliseconds = 60_000;
    const running = promote(world, aRequest({ environment: this.name, ...request }), waitMilliseconds);
    const report = await this.#drive(Promise.race([running, gate.death]));
    // A process that has ended beats no more.
    if (!gate.dead) gate.kill();
    return { report, crashed: report === null, calls: gate.seen, trace: gate.trace() };
  }

  /** Everything that the real promotion is given, each of it behind the incarnation's gate. */
  worldOf({ gate, clock, who, emit, onRecord }: Incarnation): PromotionWorld {
    const store = gatedStore(this.store, gate, (key, stored) => {
      judgeRecord(this, key, stored);
      onRecord?.(key, stored);
    });
    return {
      store,
      source: {
        relation: async (from: Sha, to: Sha) => (from === to ? ("same" as const) : ("ahead" as const)),
        onBranch: async () => true,
        between: async () => [],
      },
      approvals: { list: async () => [] },
      clock,
      random: { nonce: () => this.#nextNonce(), fraction: () => 0.5 },
      connect: async () => this.portsOf(gate, store),
      connectBelow: async () => null,
      policy: aPolicy(),
      holder: { by: { id: who, name: who }, host: who, runUrl: null, process: null },
      timing: this.timing,
      redact: (text: string) => text,
      emit: emit ?? (() => undefined),
      interrupt: { mode: () => null, signal: new AbortController().signal },
    };
  }

  /** What the store says that the time is. */
  protected storeTime(): Instant {
    return this.clock.now();
  }

  /** Ports of the environment, for one incarnation, whose store this is. */
  protected portsOf(gate: Gate, _store: ObjectStore): EnvironmentPorts {
    return this.environment.ports(gate);
  }

  /** Time in which nobody does anything. */
  async pause(): Promise<void> {
    await this.#drive(this.clock.sleep(pauseMilliseconds));
  }

  /** The same command again until it is settled, as a person would. */
  async converge(request: Partial<PromotionRequest>, atMost = 6): Promise<PromotionReport> {
    let last: Attempt | null = null;
    for (let round = 0; round < atMost; round += 1) {
      await this.pause();
      last = await this.run(request);
      if (last.report && isSettled(last.report)) return last.report;
    }
    throw new Error(`it did not converge in ${atMost} runs: ${JSON.stringify(last?.report?.ending)}`);
  }

  async atRest(): Promise<readonly string[]> {
    return judgeAtRest(this);
  }

  /** Null: the process was killed. */
  async #drive<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await this.clock.run(work);
    } catch (error) {
      if (error instanceof Crash) return null;
      throw error;
    }
  }

  #nextNonce(): string {
    this.#nonce += 1;
    return this.#nonce.toString(16).padStart(32, "0");
  }
}

/** The command has said how it ended, and means it: nothing is open, and what it could not tell did not decide. */
export const isSettled = ({ ending, exit }: PromotionReport): boolean =>
  exit !== exitCodes.unknown && !["open", "busy", "lost"].includes(ending.kind);

/** The store's contract rules staleness out; replies are lost and calls fail all the same. */
function gatedStore(store: ObjectStore, gate: Gate, written: (key: string, stored: StoredBytes) => void): ObjectStore {
  const put = async (name: string, key: string, body: Uint8Array, act: () => ReturnType<ObjectStore["putIfAbsent"]>) =>
    gate.call(`store.${name} ${short(key)}`, { mutating: true }, async () => {
      const answer = await act();
      if (answer.status === "written") written(key, { body, etag: answer.etag });
      return answer;
    });
  return {
    address: store.address,
    get: (key) => gate.call(`store.get ${short(key)}`, { mutating: false }, () => store.get(key)),
    list: (prefix, after) =>
      gate.call(`store.list ${short(prefix)}`, { mutating: false }, () => store.list(prefix, after)),
    putIfAbsent: (key, body) => put("putIfAbsent", key, body, () => store.putIfAbsent(key, body)),
    putIfMatch: (key, body, etag) => put("putIfMatch", key, body, () => store.putIfMatch(key, body, etag)),
    deleteIfMatch: (key, write) =>
      gate.call(`store.delete ${short(key)}`, { mutating: true }, () => store.deleteIfMatch(key, write)),
  };
}

const shortened = new Map<string, string>();
function short(key: string): string {
  const known = shortened.get(key) ?? key.replace(/[0-9a-f]{40,}/g, (hex) => hex.slice(0, 7));
  if (!shortened.has(key)) shortened.set(key, known);
  return known;
}

/** A dead process wakes no more. */
export function gatedClock(clock: Clock, gate: Gate): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: async (milliseconds, signal) => {
      if (gate.dead) throw new Crash();
      await clock.sleep(milliseconds, signal);
      if (gate.dead) throw new Crash();
    },
  };
}
