import { exitCodes } from "../../src/codes.ts";
import type { LeaseTiming } from "../../src/ledger/lease.ts";
import type { PromotionRequest } from "../../src/ledger/records.ts";
import { Courses } from "./courses.ts";
import { type CallSeen, type FaultKind, faultsAt, type PlannedFault } from "./faults.ts";
import { judgeEffects, judgePointer } from "./invariants.ts";
import type { Scenario } from "./scenarios.ts";
import { type Attempt, isSettled, type Simulation } from "./simulation.ts";
import { digestWorld, type WorldDigest } from "./world-digest.ts";

export interface Exploration {
  /** Histories of faults that were tried, each a sequence of runs of the same command. */
  readonly tried: number;
  /** Runs of the real promotion that this took. */
  readonly runs: number;
  /** Worlds in which a run was killed or ended, no two of them alike. */
  readonly worlds: number;
  readonly problems: readonly string[];
}
interface Input {
  readonly scenario: Scenario;
  /** How many faults may strike, over all runs of the command. */
  readonly faults: number;
  /** Only kills; for depths at which everything would be too much. */
  readonly killsOnly?: boolean;
  /** Tries a further fault also on a way that another run has taken too, and goes on from worlds that differ in what was journaled alone. */
  readonly full?: boolean;
  /** Of the first faults, only every so many. */
  readonly part?: { readonly index: number; readonly of: number };
}

/** A world to go on from, and the faults that led there, a line each. */
interface Point {
  readonly world: Simulation;
  readonly left: number;
  readonly path: readonly string[];
}

/** A world as a crash would leave it. */
interface Moment {
  readonly call: number;
  readonly kind: FaultKind;
  readonly digest: WorldDigest;
  readonly world: Simulation;
}

/**
 * Tries every sequence of that many faults: at each call of the command, and at each call of the same command run again. A crash leaves a
 * world; worlds that no run can tell apart are gone on from once. A run that is on a way that another one took to its end, the same calls in the
 * same worlds, each with the same fault just before it or none, and with the last answered beat equally old (in whole beats, up to S), is not
 * disturbed there once more. So what is left out differs at most in what a process remembers of its own calls from before the last one (how often
 * in a row it failed, what was answered long ago) and in milliseconds within a beat; of the lease's beats during one slow call all but the first, a
 * middle and the last one are left out. `full` leaves nothing out.
 */
export async function explore(input: Input): Promise<Exploration> {
  const { world, request } = await input.scenario.prepare();
  return await new Explorer(input, request, world.timing).from(world);
}

class Explorer {
  readonly #input: Input;
  readonly #request: Partial<PromotionRequest>;
  readonly #seen = new Map<string, number>();
  readonly #courses: Courses;
  readonly #problems: string[] = [];
  #tried = 0;
  #runs = 0;
  #queue: Point[] = [];

  constructor(input: Input, request: Partial<PromotionRequest>, timing: LeaseTiming) {
    this.#input = input;
    this.#courses = new Courses(timing);
    this.#request = request;
  }

  async from(world: Simulation): Promise<Exploration> {
    await this.#run({ world, left: this.#input.faults, path: [] }, [], true);
    for (let point = this.#queue.pop(); point; point = this.#queue.pop()) {
      await point.world.pause();
      await this.#run(point, [], false);
    }
    return { tried: this.#tried, runs: this.#runs, worlds: this.#seen.size, problems: this.#problems };
  }

  /** One run with these faults, and every run that has one more of them after the last. */
  async #run(start: Point, faults: readonly PlannedFault[], isFirst: boolean): Promise<void> {
    const world = start.world.fork();
    const budget = start.left - faults.length;
    const path = (more: readonly PlannedFault[], calls: readonly CallSeen[]) => [...start.path, describe(more, calls)];
    const { attempt, worlds, moments } = await this.#watch(world, faults, budget);
    this.#runs += 1;
    this.#tried += 1;
    await this.#judge({ world, left: budget, path: path(faults, attempt.calls) }, attempt);
    if (budget === 0) return;
    const isFresh = this.#freshCalls(attempt, worlds, faults.at(-1)?.call ?? 0, budget);
    const isMine = (call: number): boolean => !isFirst || faults.length > 0 || this.#isOfThisPart(call);
    for (const { call, kind, digest, world: left } of moments) {
      if (!isFresh(call) || !isMine(call) || !this.#isNew(digest, budget - 1)) continue;
      this.#tried += 1;
      const more = path([...faults, { call, kind }], attempt.calls);
      this.#problems.push(...left.violations.map((problem) => lines(problem, more)));
      this.#queue.push({ world: left, left: budget - 1, path: more });
    }
    if (this.#input.killsOnly) return;
    for (const seen of attempt.calls.filter(({ call }) => isFresh(call) && isMine(call)))
      for (const kind of faultsAt(seen)) await this.#run(start, [...faults, { call: seen.call, kind }], isFirst);
  }

  /** Runs the command, and looks at the world at each point after the last fault: what a crash there would leave. */
  async #watch(world: Simulation, faults: readonly PlannedFault[], budget: number) {
    const last = faults.at(-1)?.call ?? 0;
    const worlds = new Map<number, string>();
    const moments: Moment[] = [];
    const onPoint = (call: number, point: "before" | "after"): void => {
      if (call <= last) return;
      const digest = this.#digest(world);
      if (point === "before") worlds.set(call, digest.world);
      if (this.#mayBeNew(digest, budget - 1))
        moments.push({ call, kind: `crash-${point}`, digest, world: world.fork() });
    };
    const attempt = await world.run(this.#request, faults, budget > 0 ? onPoint : undefined);
    return { attempt, worlds, moments };
  }

  #freshCalls({ calls, report }: Attempt, worlds: ReadonlyMap<number, string>, last: number, budget: number) {
    if (this.#input.full || this.#input.killsOnly) return (call: number): boolean => call > last;
    const end = JSON.stringify([report?.ending.kind, report?.exit, report?.environment]);
    const fresh = this.#courses.freshCalls({ calls, worlds, end }, last, budget);
    return (call: number): boolean => fresh.has(call);
  }

  /** After the command has said how it ended: is it true; and does the same command again get anywhere. */
  async #judge(point: Point, { report }: Attempt): Promise<void> {
    const { world, path } = point;
    const fail = (problem: string): unknown => this.#problems.push(lines(problem, path));
    for (const problem of [...world.violations, ...judgeEffects(world)]) fail(problem);
    // Partial is an honest end that is none: the same command goes on from it.
    if (report?.ending.kind === "lost" && report.exit === exitCodes.busy)
      fail("it says that another run took over, and there is none");
    const settled = report !== null && isSettled(report) && report.ending.kind !== "partial";
    if (settled) {
      for (const problem of await world.atRest()) fail(problem);
      // Two stale reads, or the like, may make a good release look bad; one may not.
      const spent = this.#input.faults - point.left;
      const ends = spent > 1 ? [...this.#input.scenario.ends, "reverted"] : this.#input.scenario.ends;
      if (!ends.includes(report.ending.kind)) fail(`it ended ${JSON.stringify(report.ending)}`);
      if (report.ending.kind === "already") for (const problem of await judgePointer(world)) fail(problem);
    }
    // What ended well is gone on from too: the command once more has to find that nothing is left to do.
    if (settled && report.ending.kind !== "done") return;
    if (!this.#isNew(this.#digest(world), point.left)) return;
    if (path.length > 12) fail("it did not converge in 12 runs");
    else this.#queue.push({ world: world.fork(), left: point.left, path });
  }

  #digest(world: Simulation): WorldDigest {
    return digestWorld(world, this.#input.full);
  }

  #mayBeNew({ world, lease }: WorldDigest, left: number): boolean {
    return (this.#seen.get(world + lease) ?? -1) < left;
  }

  /** False: a world like it was gone on from with as many faults to come. */
  #isNew(digest: WorldDigest, left: number): boolean {
    if (!this.#mayBeNew(digest, left)) return false;
    this.#seen.set(digest.world + digest.lease, left);
    return true;
  }

  #isOfThisPart(call: number): boolean {
    const { part } = this.#input;
    return part === undefined || call % part.of === part.index;
  }
}

function describe(faults: readonly PlannedFault[], calls: readonly CallSeen[]): string {
  const said = faults.map(({ call, kind }) => `${kind} at call ${call} ${calls[call - 1]?.name ?? "(never reached)"}`);
  return said.length === 0 ? "nothing went wrong" : said.join(", then ");
}

const lines = (problem: string, path: readonly string[]): string =>
  [problem, ...path.map((run, index) => `  run ${index + 1}: ${run}`)].join("\n");
