import { exitCodes } from "../../src/codes.ts";
import type { PromotionRequest } from "../../src/ledger/records.ts";
import { type CallSeen, type FaultKind, faultsAt, type PlannedFault } from "./faults.ts";
import { judgeEffects, judgePointer } from "./invariants.ts";
import type { Scenario } from "./scenarios.ts";
import { type Attempt, isSettled, type Simulation } from "./simulation.ts";
import { digestWorld } from "./world-digest.ts";

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
  /** Tries a second fault also where the first one was absorbed, and the run is back on the course that it takes without any. */
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

/** Each call of a run with the world before it; beats left out, which come when their time has come. */
type Course = readonly { readonly call: number; readonly step: string }[];

/**
 * Tries every sequence of that many faults: at each call of the command, and at each call of the same command run again. A crash leaves a
 * world; worlds that no run can tell apart are gone on from once, so that what is left out is only what would be the same again.
 */
export async function explore(input: Input): Promise<Exploration> {
  const { world, request } = await input.scenario.prepare();
  return await new Explorer(input, request).from(world);
}

class Explorer {
  readonly #input: Input;
  readonly #request: Partial<PromotionRequest>;
  readonly #seen = new Map<string, number>();
  readonly #problems: string[] = [];
  #tried = 0;
  #runs = 0;
  #queue: Point[] = [];

  constructor(input: Input, request: Partial<PromotionRequest>) {
    this.#input = input;
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

  /** One run with these faults, and every run that has one more of them after the last. `undisturbed`: how the run goes without any. */
  async #run(
    start: Point,
    faults: readonly PlannedFault[],
    isFirst: boolean,
    undisturbed: Course | null = null,
  ): Promise<void> {
    const world = start.world.fork();
    const budget = start.left - faults.length;
    const last = faults.at(-1)?.call ?? 0;
    const path = (more: readonly PlannedFault[], calls: readonly CallSeen[]) => [...start.path, describe(more, calls)];
    const killed: { readonly call: number; readonly kind: FaultKind; readonly world: Simulation }[] = [];
    const isMine = (call: number): boolean => !isFirst || faults.length > 0 || this.#isOfThisPart(call);
    const course: { call: number; step: string }[] = [];
    const prunes = budget > 0 && start.left > 1 && !this.#input.full && !this.#input.killsOnly;
    const onPoint = (call: number, point: "before" | "after"): void => {
      if (prunes && point === "before") course.push({ call, step: digestWorld(world, "without") });
      if (budget === 0 || call <= last || !isMine(call)) return;
      const copy = this.#keepIfNew(world, budget - 1);
      if (copy) killed.push({ call, kind: `crash-${point}`, world: copy });
    };
    this.#runs += 1;
    const attempt = await world.run(this.#request, faults, onPoint);
    this.#tried += 1;
    await this.#judge({ world, left: budget, path: path(faults, attempt.calls) }, attempt);
    for (const { call, kind, world: left } of killed) {
      this.#tried += 1;
      const more = path([...faults, { call, kind }], attempt.calls);
      this.#problems.push(...left.violations.map((problem) => lines(problem, more)));
      this.#queue.push({ world: left, left: budget - 1, path: more });
    }
    if (budget === 0 || this.#input.killsOnly) return;
    const named = course.flatMap(({ call, step }) => {
      const name = attempt.calls[call - 1]?.name ?? "";
      return name.includes("lease") ? [] : [{ call, step: `${name} ${step}` }];
    });
    const backOnCourse = undisturbed ? rejoins(named, undisturbed) : Number.POSITIVE_INFINITY;
    for (const seen of attempt.calls) {
      if (seen.call <= last || !isMine(seen.call)) continue;
      if (seen.call > backOnCourse) break;
      const next = (kind: FaultKind) => [...faults, { call: seen.call, kind }];
      for (const kind of faultsAt(seen)) await this.#run(start, next(kind), isFirst, undisturbed ?? named);
    }
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
    const copy = this.#keepIfNew(world, point.left);
    if (!copy) return;
    if (path.length > 12) fail("it did not converge in 12 runs");
    else this.#queue.push({ world: copy, left: point.left, path });
  }

  /** Null: a world like it was gone on from with as many faults to come. */
  #keepIfNew(world: Simulation, left: number): Simulation | null {
    const digest = world.digest();
    const before = this.#seen.get(digest) ?? -1;
    if (before >= left) return null;
    this.#seen.set(digest, left);
    return world.fork();
  }

  #isOfThisPart(call: number): boolean {
    const { part } = this.#input;
    return part === undefined || call % part.of === part.index;
  }
}

/** The call from which a run goes, to its end, exactly as the undisturbed one does: the same calls in the same worlds. */
function rejoins(course: Course, undisturbed: Course): number {
  let same = 0;
  while (same < course.length && course.at(-1 - same)?.step === undisturbed.at(-1 - same)?.step) same += 1;
  return same === 0 ? Number.POSITIVE_INFINITY : (course.at(-same)?.call ?? Number.POSITIVE_INFINITY);
}

function describe(faults: readonly PlannedFault[], calls: readonly CallSeen[]): string {
  const said = faults.map(({ call, kind }) => `${kind} at call ${call} ${calls[call - 1]?.name ?? "(never reached)"}`);
  return said.length === 0 ? "nothing went wrong" : said.join(", then ");
}

const lines = (problem: string, path: readonly string[]): string =>
  [problem, ...path.map((run, index) => `  run ${index + 1}: ${run}`)].join("\n");
