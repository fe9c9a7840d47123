import type { FailureCode } from "../codes.ts";
import type { Revision, RolloutLook, ServiceLook, TaskLook } from "../ports.ts";

export const sameRevision = (a: Revision | null | "unknown-revision", b: Revision | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a !== "unknown-revision" &&
    a.sha === b.sha &&
    a.image === b.image &&
    a.template === b.template);

const inMotion = new Set(["pending", "rolling", "stopping", "going-back"]);
/** The platform leaves it as it is. */
const givenUp = new Set(["stopped", "stuck-going-back"]);
const wentWrong = new Set(["stopping", "stopped", "going-back", "went-back", "stuck-going-back"]);
const countable = (tasks: readonly TaskLook[]): readonly TaskLook[] =>
  tasks.filter((task) => task.health !== "draining");

/**
 * Whether a look proves that the service runs exactly this: wanted, no rollout in motion, every task that is not draining
 * healthy on this digest, and at least one (or none wanted: idle). It asks neither that the newest rollout succeeded (after
 * a breaker's own way back the old revision stands under one that failed) nor that tasks = wanted (autoscaling).
 * A task whose digest is not told is no proof.
 */
export function proves(look: ServiceLook, to: Revision): boolean {
  if (!sameRevision(look.wanted, to)) return false;
  if (look.rollout && inMotion.has(look.rollout.phase)) return false;
  const tasks = countable(look.tasks);
  return tasks.length === 0
    ? look.tasksWanted === 0
    : tasks.every((task) => isOn(task, to) && task.health === "healthy");
}

/** Its bytes, and, where the runtime tells, what it was started as: a revision whose image did not change has another one's bytes too. */
export const isOn = ({ image, revision }: TaskLook, to: Revision): boolean =>
  image === to.image && (revision === undefined || sameRevision(revision, to));

/** Nothing of ours is wanted and no task is left. */
export const provesGone = (look: ServiceLook): boolean => look.wanted === null && look.tasks.length === 0;

/** What a roll knows from its own earlier looks. */
export interface RollMemory {
  /** The rollout that stood there when we first looked: its failure is not ours. */
  readonly staleRollout: string | null;
  readonly orders: number;
  /** Tasks that stood there when the order was given: equal bytes do not make them new. */
  readonly old: ReadonlySet<string>;
  /** Looks since the last order that showed no trace of it; a read may be stale (aws.md A2 #16). */
  readonly looksSinceOrder: number;
  /** Looks in a row that showed what nobody expects there: one alone may be stale. */
  readonly looksNotOurs: number;
  /** Orders that the platform said no to: they were never given. */
  readonly refusals: number;
  /** What it said to the last one. */
  readonly refusal: string | null;
}
export type RollVerdict =
  | { readonly verdict: "there" }
  | { readonly verdict: "order" }
  | { readonly verdict: "wait" }
  | {
      readonly verdict: "failed";
      readonly code: FailureCode;
      readonly cause: string;
      readonly notOurs: boolean;
      readonly rollout: RolloutLook | null;
    };

const maximumOrders = 3;
/** A platform that has too much to do says no to some; one that will never take it says no to all. */
const maximumRefusals = 12;
const looksBeforeOrderingAgain = 4;
const looksBeforeSuperseded = 3;

/** Pure: what to do after a look, for a service that is to run `to`. */
export function judgeRollout(
  look: ServiceLook,
  step: { readonly to: Revision; readonly expects: readonly (Revision | null)[] | "anything" },
  memory: RollMemory,
  until: "healthy" | "drained",
): RollVerdict {
  const rollout = look.rollout;
  if (sameRevision(look.wanted, step.to)) {
    if (proves(look, step.to))
      return until === "drained" && look.tasks.length > countable(look.tasks).length
        ? { verdict: "wait" }
        : { verdict: "there" };
    const path = memory.orders > 0 ? changedByItself(look, step.to, memory) : null;
    if (path !== null) return changesItself(path, rollout);
    if (rollout !== null && givenUp.has(rollout.phase)) {
      if (isOurs(rollout, step.to, memory)) return failedRollout(rollout);
      return mayOrder(memory) ? { verdict: "order" } : { verdict: "wait" };
    }
    return strangerIn(look, step.to) !== null && mayOrder(memory) ? { verdict: "order" } : { verdict: "wait" };
  }
  if (rollout !== null && isOurs(rollout, step.to, memory)) {
    if (wentWrong.has(rollout.phase)) return failedRollout(rollout);
    if (inMotion.has(rollout.phase)) return { verdict: "wait" };
  }
  if (!isExpected(look, step)) {
    if (memory.looksNotOurs < looksBeforeSuperseded) return { verdict: "wait" };
    return {
      verdict: "failed",
      code: "superseded",
      cause: `somebody else ${look.wanted === null ? "took it away" : "set it to another revision"} while this ran`,
      notOurs: true,
      rollout,
    };
  }
  if (mayOrder(memory)) return { verdict: "order" };
  const isRefused = memory.refusals >= maximumRefusals;
  if (memory.orders < maximumOrders && !isRefused) return { verdict: "wait" };
  return {
    verdict: "failed",
    code: "service-not-started",
    cause: isRefused
      ? `the order was refused ${memory.refusals} times: ${memory.refusal}`
      : `the order was given ${memory.orders} times and never taken`,
    notOurs: false,
    rollout,
  };
}

/** Whether it is set to what this step leads to, or to what may stand there before it. */
export const isExpected = (
  { wanted }: ServiceLook,
  { to, expects }: { readonly to: Revision; readonly expects: readonly (Revision | null)[] | "anything" },
): boolean =>
  expects === "anything" || sameRevision(wanted, to) || expects.some((revision) => sameRevision(wanted, revision));

/**
 * The platform takes its time by itself, and nothing is wrong: shifting traffic step by step, watching for a while (canary and Express Mode take ten
 * minutes and more, aws.md A4).
 */
export function isBaking(look: ServiceLook, to: Revision, memory: RollMemory): boolean {
  const { rollout } = look;
  if (rollout === null || !isOurs(rollout, to, memory) || !inMotion.has(rollout.phase)) return false;
  const tasks = countable(look.tasks);
  const isWell = rollout.causes.length === 0 && rollout.because === undefined;
  return isWell && tasks.every(({ health }) => health === "healthy") && tasks.some((task) => isOn(task, to));
}

const isOurs = ({ id, revision }: RolloutLook, to: Revision, { staleRollout }: RollMemory): boolean =>
  id !== staleRollout && revision !== "unknown-revision" && sameRevision(revision, to);

const mayOrder = ({ orders, looksSinceOrder, refusals }: RollMemory): boolean =>
  refusals < maximumRefusals &&
  (orders === 0 || (orders < maximumOrders && looksSinceOrder >= looksBeforeOrderingAgain));

/** The right revision is wanted, nothing is under way, and yet a task runs something else: no waiting will mend that. */
export function strangerIn(look: ServiceLook, to: Revision): TaskLook | null {
  if (!sameRevision(look.wanted, to) || (look.rollout && inMotion.has(look.rollout.phase))) return null;
  return countable(look.tasks).find((task) => task.image !== null && !isOn(task, to)) ?? null;
}

/** A file that tasks of our own order have changed: ordered again, they would do so again. Null: none is known. */
function changedByItself(look: ServiceLook, to: Revision, { old }: RollMemory): string | null {
  const task = countable(look.tasks).find(({ id, edited }) => edited?.image === to.image && !old.has(id));
  return task?.edited?.path ?? null;
}

const changesItself = (path: string, rollout: RolloutLook | null): RollVerdict => ({
  verdict: "failed",
  code: "digest-mismatch",
  cause: `the service changes ${path}, which it was shipped with`,
  notOurs: false,
  rollout,
});

function failedRollout(rollout: RolloutLook): RollVerdict {
  const newest = rollout.causes.at(-1);
  const started = rollout.causes.some((cause) => cause.kind !== "never-started");
  const code = !newest ? "rolled-back" : started ? "service-unhealthy" : "service-not-started";
  return {
    verdict: "failed",
    code,
    cause: whyOf(rollout) ?? "the platform put it back and gave no cause",
    notOurs: false,
    rollout,
  };
}

/** What its newest task died of, then what the platform says of the whole; null: neither tells. */
export function whyOf({ causes, because }: RolloutLook): string | null {
  const message = causes.at(-1)?.message;
  if (message === undefined) return because ?? null;
  return because === undefined ? message : `${message} (${because})`;
}
