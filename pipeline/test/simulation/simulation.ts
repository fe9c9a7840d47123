import type { Digest, EnvironmentName, Sha } from "../../src/identifiers.ts";
import { localTiming } from "../../src/ledger/lease.ts";
import { readStanding } from "../../src/ledger/read-ledger.ts";
import type { LedgerRecord, PromotionRequest } from "../../src/ledger/records.ts";
import { verifyHistory } from "../../src/ledger/verify-history.ts";
import type { Clock, ObjectStore } from "../../src/ports.ts";
import { promote } from "../../src/promotion/promote.ts";
import type { PromotionReport } from "../../src/promotion/report.ts";
import { aPolicy, aRequest, environmentOf } from "../builders.ts";
import { MemoryObjectStore } from "../memory-store.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { Crash, Gate, type PlannedFault } from "./gate.ts";
import { SimEnvironment } from "./sim-environment.ts";
import { publishSimRelease, type SimRelease, writeSimTarget } from "./sim-releases.ts";

export interface Attempt {
  readonly report: PromotionReport | null;
  readonly crashed: boolean;
  readonly calls: number;
  readonly trace: readonly string[];
}

/** One world, in which one incarnation after another runs the real promotion. */
export class Simulation {
  readonly clock: VirtualClock;
  readonly store: MemoryObjectStore;
  readonly environment: SimEnvironment;
  readonly name: EnvironmentName;
  readonly violations: string[] = [];
  readonly broken = new Set<Digest>();
  readonly failing = new Map<Digest, string>();
  readonly #releases: SimRelease[] = [];
  readonly #batches = new Map<Digest, { names: readonly string[]; failing: string | null }>();
  readonly #entries = new Map<Digest, ReadonlyMap<string, Digest>>();
  #nonce = 0;

  constructor() {
    this.clock = new VirtualClock();
    this.store = new MemoryObjectStore(() => this.clock.now());
    this.name = environmentOf("dev");
    this.environment = new SimEnvironment({
      name: this.name,
      now: () => this.clock.monotonic(),
      broken: this.broken,
      batches: this.#batches,
      entries: this.#entries,
    });
  }

  async begin(): Promise<void> {
    await writeSimTarget(this.store, this.name);
  }

  async publish(digits: string, migrations: readonly string[], failing: string | null = null): Promise<SimRelease> {
    const release = await publishSimRelease(this.store, digits, migrations);
    this.#releases.push(release);
    this.#batches.set(release.api, { names: migrations, failing });
    this.#entries.set(
      release.webDigest,
      new Map(release.list.files.filter((file) => file.role === "entry").map((file) => [file.path, file.sha256])),
    );
    return release;
  }

  /** One command in a process of its own. */
  async run(request: Partial<PromotionRequest>, fault: PlannedFault | null = null): Promise<Attempt> {
    const gate = new Gate({
      fault,
      elapse: (milliseconds) => this.clock.sleep(milliseconds),
      afterCall: () => this.#watch(),
    });
    const world = {
      store: gatedStore(this.store, gate, (key, body) => this.#recorded(key, body)),
      source: {
        relation: async (from: Sha, to: Sha) => (from === to ? ("same" as const) : ("ahead" as const)),
        onBranch: async () => true,
        between: async () => [],
      },
      approvals: { list: async () => [] },
      clock: gatedClock(this.clock, gate),
      random: { nonce: () => this.#nextNonce(), fraction: () => 0.5 },
      connect: async () => this.environment.ports(gate),
      policy: aPolicy(),
      holder: { by: { id: "sim", name: "sim" }, host: "sim", runUrl: null, process: null },
      timing: localTiming,
      redact: (text: string) => text,
      emit: () => undefined,
      interrupt: { mode: () => null, signal: new AbortController().signal },
    };
    const waitMilliseconds = 60_000;
    const running = promote(world, aRequest({ environment: this.name, ...request }), waitMilliseconds);
    const report = await this.#drive(Promise.race([running, gate.death]));
    // A process that has ended beats no more.
    if (!gate.dead) gate.kill();
    return { report, crashed: report === null, calls: gate.calls, trace: gate.trace };
  }

  /** The same command again until it is settled, as a person would. */
  async converge(request: Partial<PromotionRequest>, atMost = 6): Promise<PromotionReport> {
    let last: Attempt | null = null;
    for (let round = 0; round < atMost; round += 1) {
      await this.#drive(this.clock.sleep(3_000));
      last = await this.run(request);
      const kind = last.report?.ending.kind;
      if (last.report && kind !== "open" && kind !== "busy" && kind !== "lost") return last.report;
    }
    throw new Error(`it did not converge in ${atMost} runs: ${JSON.stringify(last?.report?.ending)}`);
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

  /** Invariants that hold at every moment. */
  #watch(): void {
    const known = new Set(this.#releases.flatMap((release) => [release.api, release.worker]));
    for (const [name, service] of this.environment.services) {
      if (service.wanted && !known.has(service.wanted.image))
        this.violations.push(`I1: ${name} runs an image of no release`);
      const release = this.#releases.find(({ sha }) => sha === service.wanted?.sha);
      const batch = release && this.#batches.get(release.api);
      const missing = batch?.names.find((migration) => !this.environment.database.applied.includes(migration));
      if (service.rollout && missing)
        this.violations.push(`I5: ${name} of ${release?.sha} was set before ${missing} was applied`);
    }
    const { web } = this.environment.web;
    const list = this.#releases.find(({ webDigest }) => webDigest === web?.digest)?.list;
    const lost = list?.files.find((file) => file.role === "asset" && !this.environment.pool.has(file.path));
    if (lost) this.violations.push(`I7: pages are served whose ${lost.path} is not in the pool`);
  }

  /** A record that claims something about the world is compared with the world at that moment. */
  #recorded(key: string, body: Uint8Array): void {
    if (!key.includes("/history/")) return;
    const record = JSON.parse(new TextDecoder().decode(body)) as LedgerRecord;
    if (record.body.kind !== "outcome" || !record.body.observed) return;
    const { observed, result } = record.body;
    for (const [name, revision] of Object.entries(observed.services)) {
      const look = this.environment.look(name);
      const runs = look.wanted === "unknown-revision" ? null : look.wanted;
      if (runs?.image !== revision?.image || runs?.sha !== revision?.sha)
        this.violations.push(`false record: ${result} says ${name} runs ${revision?.sha}, it runs ${runs?.sha}`);
    }
    if (this.environment.web.web?.digest !== observed.web?.digest)
      this.violations.push(`false record: ${result} names other pages than are served`);
  }

  /** What must be true at rest. */
  async atRest(): Promise<readonly string[]> {
    const history = await verifyHistory(this.store, this.name);
    const standing = await readStanding(this.store, this.name);
    const problems = [...this.violations, ...this.environment.violations];
    if (!history.ok) problems.push(`I8: ${history.because}`);
    if (standing.unfinished) problems.push("I6: a promotion is still open");
    const running = standing.good.find((run) => run.until === null);
    for (const [name, revision] of Object.entries(running?.state.services ?? {})) {
      const { wanted } = this.environment.look(name);
      if (wanted !== "unknown-revision" && wanted?.image !== revision?.image)
        problems.push(`the ledger says that ${name} runs ${revision?.sha}, and it does not`);
    }
    return problems;
  }
}

/** The store's contract rules staleness out; replies are lost and calls fail all the same. */
function gatedStore(store: ObjectStore, gate: Gate, written: (key: string, body: Uint8Array) => void): ObjectStore {
  const short = (key: string) => key.replace(/[0-9a-f]{40,}/g, (hex) => hex.slice(0, 7));
  const put = async (name: string, key: string, body: Uint8Array, act: () => ReturnType<ObjectStore["putIfAbsent"]>) =>
    gate.call(`store.${name} ${short(key)}`, { mutating: true }, async () => {
      const answer = await act();
      if (answer.status === "written") written(key, body);
      return answer;
    });
  return {
    address: store.address,
    get: (key) => gate.call(`store.get ${short(key)}`, { mutating: false }, () => store.get(key)),
    list: (prefix, after) =>
      gate.call(`store.list ${short(prefix)}`, { mutating: false }, () => store.list(prefix, after)),
    putIfAbsent: (key, body) => put("putIfAbsent", key, body, () => store.putIfAbsent(key, body)),
    putIfMatch: (key, body, etag) => put("putIfMatch", key, body, () => store.putIfMatch(key, body, etag)),
    deleteIfMatch: (key, etag) =>
      gate.call(`store.delete ${short(key)}`, { mutating: true }, () => store.deleteIfMatch(key, etag)),
  };
}

/** A dead process wakes no more. */
function gatedClock(clock: Clock, gate: Gate): Clock {
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
