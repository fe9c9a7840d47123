import { DeposedError } from "../errors.ts";
import type { Digest } from "../identifiers.ts";
import type { Standing } from "../ledger/records.ts";
import type { AppliedMigration } from "../migration/batch.ts";
import { readRunnerResult } from "../migration/parse-result.ts";
import { readRelease } from "../release/read-release.ts";
import { followTask } from "./steps/follow-task.ts";
import { migrationOrder } from "./steps/run-migrations.ts";
import { attempt, persist, type StepContext } from "./steps/step-context.ts";

export type Fences =
  | { readonly status: "raised"; readonly database: { readonly applied: readonly AppliedMigration[] } | null }
  | { readonly status: "unknown"; readonly because: string };

/**
 * Marks everything that can be fenced with this epoch *before* it is read (R7): the platform, the live web, and, where a
 * migration of an older run may still be under way, the database.
 */
export async function raiseFences(standing: Standing, context: StepContext): Promise<Fences> {
  const platform = await persist(context, () => context.ports.raiseFence(context.permit));
  if (!platform.ok) return { status: "unknown", because: platform.error.message };
  if (standing.unfinished) {
    const web = await persist(context, () => context.ports.web.raiseFence(context.permit));
    if (!web.ok) return { status: "unknown", because: web.error.message };
    if (web.value === "moved") throw new DeposedError(null);
  }
  return standing.openMigration ? raiseDatabaseFence(standing, context) : { status: "raised", database: null };
}

/** A one-off task with the image of the run that left it: takes the lock, so it outlasts what still runs, then reports. */
async function raiseDatabaseFence(standing: Standing, context: StepContext): Promise<Fences> {
  const step = standing.unfinished?.plan.steps.find((candidate) => candidate.kind === "run-migrations");
  const sha = standing.unfinished?.plan.release?.sha;
  if (step?.kind !== "run-migrations" || !sha) return { status: "raised", database: null };
  const look = await attempt(() => readRelease(context.store, sha));
  if (!look.ok) return { status: "unknown", because: look.error.message };
  const migrations = look.value.status === "found" ? look.value.release.manifest.migrations : null;
  if (!migrations) return { status: "unknown", because: `the release ${sha} that was migrating cannot be read` };
  const order = migrationOrder({
    context,
    migrations,
    template: step.template,
    task: "fence",
    attempt: context.attempt(),
    sha,
    expect: "",
  });
  const end = await followTask(order, context, migrations.timeoutSeconds, "waiting for an older migration to end");
  if (end.status !== "stopped") return { status: "unknown", because: end.because };
  const result = readRunnerResult(end.lines);
  if (result?.status !== "done") return { status: "unknown", because: result?.failure?.message ?? end.state.because };
  return {
    status: "raised",
    database: { applied: result.applied.map(({ name, sha256 }) => ({ name, sha256: sha256 as Digest | null })) },
  };
}
