import { readTarget } from "../environment/read-target.ts";
import { DeposedError } from "../errors.ts";
import { type Digest, type Sha, shortSha } from "../identifiers.ts";
import type { Standing } from "../ledger/records.ts";
import type { AppliedMigration } from "../migration/batch.ts";
import { readRunnerResult } from "../migration/parse-result.ts";
import { readRelease } from "../release/read-release.ts";
import { followTask } from "./steps/follow-task.ts";
import { migrationOrder } from "./steps/run-migrations.ts";
import { attempt, InterruptedError, persist, type StepContext } from "./steps/step-context.ts";

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

/**
 * A one-off task with the image of the run that left it, or of another release that was here: it takes the lock, so it outlasts
 * what still runs, then reports. One damaged release must not shut the environment.
 */
async function raiseDatabaseFence(standing: Standing, context: StepContext): Promise<Fences> {
  const because: string[] = [];
  for (const sha of runnersOf(standing)) {
    const fences = await fenceWith(sha, standing, context);
    if (fences.status === "raised") return fences;
    because.push(fences.because);
  }
  const tried = because.length === 0 ? "no release that was here can be read" : because.join("; ");
  return {
    status: "unknown",
    because: `an older migration may still be under way, and the database's fence is not raised: ${tried}`,
  };
}

/** Releases whose runner may raise it, the one that was migrating first. */
function runnersOf({ unfinished, good }: Standing): readonly Sha[] {
  const open = [unfinished?.plan.release?.sha, unfinished?.baseline.release?.sha];
  return [...new Set([...open, ...good.slice(0, mostRunners).map(({ sha }) => sha)])].filter(
    (sha) => sha !== undefined,
  );
}
const mostRunners = 5;

async function fenceWith(sha: Sha, standing: Standing, context: StepContext): Promise<Fences> {
  const step = standing.unfinished?.plan.steps.find((candidate) => candidate.kind === "run-migrations");
  const target = await attempt(() => readTarget(context.store, context.environment));
  const now = target.ok ? target.value?.target : null;
  const template = step?.kind === "run-migrations" ? step.template : (now?.migrations?.template ?? null);
  const look = await attempt(() => readRelease(context.store, sha));
  if (!look.ok) return { status: "unknown", because: look.error.message };
  const migrations = look.value.status === "found" ? look.value.release.manifest.migrations : null;
  if (!migrations || !template) return { status: "unknown", because: `the runner of ${shortSha(sha)} cannot be read` };
  const order = migrationOrder({
    context,
    migrations,
    template,
    task: "fence",
    attempt: context.attempt(),
    sha,
    expect: "",
  });
  const end = await followTask(order, context, migrations.timeoutSeconds, "waiting for an older migration to end");
  if (end.status !== "unknown" && end.interrupted) throw new InterruptedError(end.interrupted);
  if (end.status !== "stopped") return { status: "unknown", because: context.redact(end.because) };
  const result = readRunnerResult(end.lines);
  if (result?.status !== "done")
    return { status: "unknown", because: context.redact(result?.failure?.message ?? end.state.because) };
  return {
    status: "raised",
    database: { applied: result.applied.map(({ name, sha256 }) => ({ name, sha256: sha256 as Digest | null })) },
  };
}
