import type { EmitPromotion } from "../events.ts";
import type { FailureReport, StepReport } from "../ledger/records.ts";
import { performStep } from "./perform-step.ts";
import type { Plan, Step } from "./plan.ts";
import type { StepOutcome } from "./report.ts";
import { InterruptedError, type Interruption, type StepContext, stopIfInterrupted } from "./steps/step-context.ts";

export type StepsEnd =
  | { readonly status: "done" }
  | { readonly status: "failed"; readonly failure: FailureReport; readonly notOurs: string | null }
  | { readonly status: "unknown"; readonly failure: FailureReport }
  | { readonly status: "interrupted"; readonly mode: Interruption };

export interface StepsRun {
  readonly end: StepsEnd;
  readonly outcomes: readonly StepOutcome[];
  /** A step that people can see was begun. */
  readonly visible: boolean;
}

export interface RunStepsInput {
  readonly plan: Plan;
  readonly back: boolean;
  /** Context of a step: the loop gives it the step's own progress and log. */
  readonly contextOf: (outlets: Pick<StepContext, "progress" | "log">) => StepContext;
  readonly emit: EmitPromotion;
  readonly setDoing: (text: string) => void;
  readonly saveLog: (n: number, lines: readonly string[]) => Promise<string | null>;
}

const visibleKinds: ReadonlySet<Step["kind"]> = new Set(["roll-service", "retire-service", "switch-web"]);
const nameOf = (step: Step): string | null => ("service" in step ? step.service : null);

/**
 * The one loop that applies a plan: each step is done, then recorded, then the next; it stops at the first that is not done.
 * Also for steps that are `already` so: it was so when it was planned.
 */
export async function runSteps(input: RunStepsInput): Promise<StepsRun> {
  const outcomes: StepOutcome[] = [];
  let visible = false;
  for (const [index, step] of input.plan.steps.entries()) {
    visible ||= visibleKinds.has(step.kind);
    const ran = await runStep(input, step, index + 1);
    if (ran.status === "interrupted") return { end: ran, outcomes, visible };
    outcomes.push(ran.outcome);
    const { report } = ran.outcome;
    if (report.status !== "done") return { end: endOf(report, step), outcomes, visible };
  }
  return { end: { status: "done" }, outcomes, visible };
}

type Ran = { readonly status: "ran"; readonly outcome: StepOutcome } | Extract<StepsEnd, { status: "interrupted" }>;

async function runStep(input: RunStepsInput, step: Step, n: number): Promise<Ran> {
  const { back, emit } = input;
  const lines: string[] = [];
  const context = input.contextOf({
    progress: (text, limitSeconds) =>
      emit({
        type: "step:progress",
        n,
        step,
        back,
        text,
        seconds: (context.clock.monotonic() - start) / 1000,
        limitSeconds,
      }),
    log: (line) => {
      lines.push(line);
      emit({ type: "step:log", n, line });
    },
  });
  const start = context.clock.monotonic();
  context.permit.check();
  const name = nameOf(step);
  input.setDoing(`step ${n} of ${input.plan.steps.length}, ${step.kind}${name ? ` ${name}` : ""}`);
  emit({ type: "step:start", n, step, back });
  const report = await performOrStop(step, context);
  if (report instanceof InterruptedError) return { status: "interrupted", mode: report.mode };
  const milliseconds = Math.round(context.clock.monotonic() - start);
  const log = lines.length > 0 ? await input.saveLog(n, lines) : null;
  await context.record({ kind: "step", n, step: step.kind, name, back, report, milliseconds, log });
  const seconds = milliseconds / 1000;
  emit({ type: "step:end", n, step, back, report, seconds });
  return { status: "ran", outcome: { n, step, back, report, seconds } };
}

async function performOrStop(step: Step, context: StepContext): Promise<StepReport | InterruptedError> {
  try {
    stopIfInterrupted(context);
    return await performStep(step, context);
  } catch (error) {
    if (error instanceof InterruptedError) return error;
    throw error;
  }
}

function endOf(report: StepReport, step: Step): StepsEnd {
  const failure: FailureReport = report.failure ?? {
    code: "could-not-tell",
    step: step.kind,
    name: nameOf(step),
    cause: report.summary,
    where: null,
    log: [],
    logLines: 0,
    requestsServed: null,
  };
  if (report.status === "unknown") return { status: "unknown", failure };
  return { status: "failed", failure, notOurs: report.notOurs ? nameOf(step) : null };
}
