import { PortError } from "../../errors.ts";
import type { Digest, EnvironmentName, Epoch } from "../../identifiers.ts";
import type { FailureReport, RecordBody, StepReport } from "../../ledger/records.ts";
import type { Clock, EnvironmentPorts, ObjectStore, Permit } from "../../ports.ts";
import type { ServiceShape, StoredRelease } from "../../release/manifest.ts";
import type { WebFileList } from "../../web/file-list.ts";

/** A person asked to stop: on a terminal put back, elsewhere leave the promotion open (experience.md §3.4). */
export type Interruption = "put-back" | "leave";
export class InterruptedError extends Error {
  readonly mode: Interruption;
  constructor(mode: Interruption) {
    super("interrupted");
    this.name = "InterruptedError";
    this.mode = mode;
  }
}

/** What a step needs beside its own data. */
export interface StepContext {
  readonly ports: EnvironmentPorts;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly permit: Permit;
  readonly environment: EnvironmentName;
  readonly epoch: Epoch;
  /** Of this run, counted up for everything that needs a key of its own. */
  readonly attempt: () => number;
  readonly lineage: string;
  /** Where the way leads; null: back to nothing. */
  readonly release: StoredRelease | null;
  readonly shapeOf: (service: string) => ServiceShape | null;
  /** File list that the goal serves. */
  readonly web: WebFileList | null;
  readonly until: "healthy" | "drained";
  /** Whether the environment can be asked over HTTP. */
  readonly reachable: boolean;
  readonly record: (body: RecordBody) => Promise<void>;
  readonly progress: (text: string, limitSeconds: number | null) => void;
  readonly log: (line: string) => void;
  readonly redact: (text: string) => string;
  /** A mutating call that cannot be fenced got no answer: nothing is verified before it must have landed (R9). */
  readonly unanswered: () => void;
  readonly waitUntilQuiet: () => Promise<void>;
  /** What is seen from now on is what the outcome will say; it will say so of this moment. */
  readonly looking: () => void;
  /** Beats first if the last confirmed beat is old (R11). */
  readonly guard: () => Promise<void>;
  readonly interruption: () => Interruption | null;
  /** Aborts a sleep when somebody interrupts. */
  readonly wake: AbortSignal;
}

export const done = (changed: boolean, summary: string): StepReport => ({
  status: "done",
  changed,
  summary,
  failure: null,
  notOurs: false,
});
export const failed = (failure: FailureReport, notOurs = false): StepReport => ({
  status: "failed",
  changed: true,
  summary: failure.cause,
  failure,
  notOurs,
});
export const unknown = (failure: FailureReport): StepReport => ({
  status: "unknown",
  changed: true,
  summary: failure.cause,
  failure,
  notOurs: false,
});

/** What platforms, runners and ports say goes on record: no failure is made without the redactor (I10). */
export function failure(
  { redact }: Pick<StepContext, "redact">,
  fields: Pick<FailureReport, "code" | "step" | "cause"> & Partial<FailureReport>,
): FailureReport {
  const { where = null, log = [] } = fields;
  return {
    name: null,
    logLines: log.length,
    requestsServed: null,
    ...fields,
    cause: redact(fields.cause),
    where: where && { ...where, excerpt: where.excerpt.map(redact) },
    log: log.map(redact),
  };
}

/** One poll's pause. @throws InterruptedError, LeaseLostError */
export async function pause(context: StepContext, milliseconds: number): Promise<void> {
  context.permit.check();
  stopIfInterrupted(context);
  try {
    await context.clock.sleep(milliseconds, AbortSignal.any([context.permit.signal, context.wake]));
  } catch (error) {
    context.permit.check();
    stopIfInterrupted(context);
    throw error;
  }
}

export function stopIfInterrupted(context: StepContext): void {
  const mode = context.interruption();
  if (mode) throw new InterruptedError(mode);
}

export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: PortError };

/** A call whose silence is an answer of its own; everything but a PortError goes on. */
export async function attempt<T>(call: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    if (error instanceof PortError) return { ok: false, error };
    throw error;
  }
}

const tries = 6;

/** For calls that are safe to repeat with equal arguments: asked again with growing pauses, about six seconds in all. */
export async function persist<T>(context: StepContext, call: () => Promise<T>): Promise<Attempt<T>> {
  for (let round = 1; ; round += 1) {
    const answer = await attempt(call);
    if (answer.ok || round === tries) return answer;
    await pause(context, 100 * 2 ** round);
  }
}

const looks = 5;

/**
 * For what was just written: a look that does not show it may be a stale read (aws.md A2 #16), and one is never enough to undo a release. The
 * last look, when none was right.
 */
export async function lookAgain<T>(
  context: StepContext,
  pauseMilliseconds: number,
  look: () => Promise<T>,
  isRight: (seen: T) => boolean,
): Promise<Attempt<T>> {
  for (let round = 1; ; round += 1) {
    const seen = await persist(context, look);
    if (!seen.ok || isRight(seen.value) || round === looks) return seen;
    await pause(context, pauseMilliseconds);
  }
}

export const couldNotTell = (
  context: StepContext,
  step: FailureReport["step"],
  error: PortError,
  name: string | null = null,
): StepReport => unknown(failure(context, { code: "could-not-tell", step, name, cause: error.message }));

export const secondsSince = (context: StepContext, start: number): number => (context.clock.monotonic() - start) / 1000;
export const short = (digest: Digest): string => digest.slice(0, 19);
