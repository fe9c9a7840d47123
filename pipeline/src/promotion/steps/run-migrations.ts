import type { Digest } from "../../identifiers.ts";
import type { StepReport } from "../../ledger/records.ts";
import type { AppliedMigration, RunnerResult } from "../../migration/batch.ts";
import { expectationOf } from "../../migration/expectation.ts";
import { readRunnerResult } from "../../migration/parse-result.ts";
import { runnerResultMarker } from "../../migration/result-marker.ts";
import type { TaskOrder } from "../../ports.ts";
import { sha256 } from "../../release/canonical-json.ts";
import type { ReleaseMigrations } from "../../release/manifest.ts";
import { judgeTask, type TaskVerdict } from "../judge-task.ts";
import type { Step } from "../plan.ts";
import { followTask } from "./follow-task.ts";
import { done, failed, failure, InterruptedError, type StepContext, unknown } from "./step-context.ts";

type MigrationStep = Extract<Step, { kind: "run-migrations" }>;

/**
 * A hard gate: services move only after exit code 0 and the runner's own result line. Safe twice, because the runner holds
 * one advisory lock for one database and a name that is applied is never run again; across runs lock and fence count, the
 * task's key only deduplicates this run's retries (protocol §5).
 */
export async function runMigrations(step: MigrationStep, context: StepContext): Promise<StepReport> {
  const migrations = context.release?.manifest.migrations;
  if (!migrations)
    return failed(
      failure(context, { code: "migration-not-started", step: step.kind, cause: "the release has no migrations" }),
    );
  const attempt = context.attempt();
  const order = migrationOrder({
    context,
    migrations,
    template: step.template,
    task: "run",
    attempt,
    sha: step.sha,
    expect: step.expect.certain ? expectationOf(step.expect.applied.map(({ name }) => name)) : "",
  });
  await context.record({ kind: "migrate-started", attempt, key: order.key, pending: step.pending });
  const end = await followTask(order, context, migrations.timeoutSeconds, progressOf(step));
  if (end.status === "declined") {
    await context.record({
      kind: "migrate-finished",
      attempt,
      result: "failed",
      applied: step.expect.certain ? step.expect.applied : null,
    });
    if (end.interrupted) throw new InterruptedError(end.interrupted);
    return failed(failure(context, { code: "migration-not-started", step: step.kind, cause: end.because }));
  }
  if (end.status === "unknown")
    return unknown(failure(context, { code: "could-not-tell", step: step.kind, cause: end.because }));
  const result = readRunnerResult(end.lines);
  const verdict = missesNothing(judgeTask(end.state, result, end.timedOut), migrations);
  const failedNow = verdict.verdict === "failed";
  await context.record({
    kind: "migrate-finished",
    attempt,
    result: failedNow ? "failed" : "done",
    applied: appliedBy(result),
  });
  // Only now: while the task might still commit, nothing was as before.
  if (end.interrupted) throw new InterruptedError(end.interrupted);
  return failedNow ? migrationFailed(verdict, end.lines, context) : migrationDone(verdict.result);
}

interface OrderInput {
  readonly context: StepContext;
  readonly migrations: ReleaseMigrations;
  readonly template: Digest;
  readonly task: "run" | "fence";
  readonly attempt: number;
  readonly sha: string;
  readonly expect: string;
}
/** Small on purpose: AWS allows 8 KiB of overrides in all, so lists travel in the image and expectations as a digest. */
export function migrationOrder(input: OrderInput): TaskOrder {
  const { environment, epoch, lineage } = input.context;
  return {
    key: sha256(JSON.stringify([environment, lineage, epoch, input.attempt, input.task])).slice(7, 47),
    image: input.migrations.runner.image.digest,
    command: input.migrations.runner.command,
    template: input.template,
    environment: {
      SLIPWAY_TASK: input.task,
      SLIPWAY_EPOCH: String(epoch),
      SLIPWAY_ATTEMPT: String(input.attempt),
      SLIPWAY_LINEAGE: lineage,
      SLIPWAY_EXPECT: input.expect,
      SLIPWAY_SHA: input.sha,
      SLIPWAY_ENV: environment,
      SLIPWAY_DATABASE_VARIABLE: input.migrations.database,
    },
  };
}

const progressOf = (step: MigrationStep) =>
  step.pending.length === 0
    ? "looking for pending migrations"
    : `${step.pending.length} pending: ${step.pending[0]}${step.pending.length > 1 ? " …" : ""}`;

const appliedBy = (result: RunnerResult | null): readonly AppliedMigration[] | null =>
  result && result.appliedKnown !== false
    ? result.applied.map(({ name, sha256: hash }) => ({ name, sha256: hash as Digest | null }))
    : null;

/** Done means that every migration of the release is applied: the image may hold another list than the release. */
function missesNothing(verdict: TaskVerdict, { files }: ReleaseMigrations): TaskVerdict {
  if (verdict.verdict === "failed") return verdict;
  const { result } = verdict;
  const applied = new Set(result.applied.map(({ name }) => name));
  const missing = files.map(({ name }) => name).filter((name) => !applied.has(name));
  if (missing.length === 0) return verdict;
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : "";
  const cause = `the runner says done, but ${missing[0]}${others} of the release is not applied`;
  return { verdict: "failed", code: "migration-failed", cause, result };
}

function migrationDone(result: RunnerResult): StepReport {
  if (result.ran.length === 0)
    return done(false, result.applied.length === 0 ? "none" : `none pending, at ${result.applied.at(-1)?.name}`);
  return done(true, `${result.ran.length} of ${result.ran.length}: ${result.ran.join(", ")}`);
}

const shownLogLines = 40;
function migrationFailed(
  verdict: Extract<TaskVerdict, { verdict: "failed" }>,
  log: readonly string[],
  context: StepContext,
): StepReport {
  const problem = verdict.result?.failure ?? null;
  // What the runner reports to us is in the fields beside it.
  const said = log.filter((line) => !line.startsWith(runnerResultMarker));
  const where = problem?.file
    ? { file: problem.file, line: problem.line, excerpt: problem.statement ? [problem.statement] : [] }
    : null;
  return failed(
    failure(context, {
      code: verdict.code,
      step: "run-migrations",
      name: problem?.migration ?? null,
      cause: verdict.cause,
      where,
      log: said.slice(-shownLogLines),
      logLines: said.length,
    }),
  );
}
