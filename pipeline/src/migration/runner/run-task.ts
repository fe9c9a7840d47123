import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../release/canonical-json.ts";
import type { AppliedMigration, RunnerResult } from "../batch.ts";
import { type BatchFile, pathInImage } from "../batch-file.ts";
import { takeLock } from "./advisory-lock.ts";
import { applyMigration, endWithClient } from "./apply-migration.ts";
import { connectPatiently } from "./connect-patiently.ts";
import { codeOf, type FailureReport, messageOf, RunnerFailure } from "./failure.ts";
import { raiseFence } from "./fence.ts";
import { findPending } from "./find-pending.ts";
import { listApplied, nextBatch, openTables, type Tables } from "./journal.ts";
import type { Engine, LoadedMigration, Session } from "./session.ts";
import { StatementRules } from "./statement-rules.ts";
import type { TaskInput } from "./task-input.ts";
import { type Termination, terminated } from "./termination.ts";

interface TaskContext<File> {
  readonly root: string;
  readonly input: TaskInput;
  readonly engine: Engine<File>;
  readonly say: (text: string) => void;
  readonly termination: Termination;
}
/** What is known so far; whatever happens, the report is made of it. */
interface Progress {
  tables: Tables | null;
  applied: readonly AppliedMigration[];
  pending: number;
  /** Of the file that runs, when it asked for no transaction. */
  outside: string | null;
  readonly ran: string[];
}

/** Does what the task was started for, and reports it. Never throws: what went wrong is in the report. */
export async function runTask<File>(context: TaskContext<File>): Promise<RunnerResult> {
  const started = performance.now();
  const progress: Progress = { tables: null, applied: [], pending: 0, outside: null, ran: [] };
  const rules = new StatementRules();
  let session: Session<File> | null = null;
  let failure: RunnerFailure | null = null;
  try {
    const loaded = await loadMigrations(context);
    session = await connectPatiently(() => context.engine.connect(context.input.address, rules), context);
    context.termination.cancelWith(session.cancel);
    await migrate(session, rules, loaded, progress, context);
  } catch (error) {
    failure = error instanceof RunnerFailure ? error : unexpected(error, context.termination);
  }
  context.termination.settle();
  const applied = session === null ? null : await lookAgain(session, progress.tables);
  await session?.close().catch(() => undefined);
  const result: RunnerResult = {
    version: 1,
    status: failure?.status ?? "done",
    ran: progress.ran,
    applied: [...(applied ?? progress.applied)],
    ...(applied === null ? { appliedKnown: false } : {}),
    failure: failure?.report ?? null,
    milliseconds: Math.round(performance.now() - started),
  };
  context.say(summary(result, progress));
  return result;
}

/** Reads every file before the database is touched: what the image holds must be what the release says. */
async function loadMigrations<File>({
  root,
  input,
  engine,
}: TaskContext<File>): Promise<readonly LoadedMigration<File>[]> {
  if (input.task === "fence") return [];
  await confirmBytes(root, input.batch);
  const loaded: LoadedMigration<File>[] = [];
  for (const entry of input.batch.files) loaded.push(await engine.load(root, pathInImage(input.batch, entry), entry));
  return loaded;
}

async function confirmBytes(root: string, batch: BatchFile): Promise<void> {
  for (const entry of batch.files) {
    const path = pathInImage(batch, entry);
    const bytes = await readFile(join(root, path)).catch(() => null);
    if (bytes !== null && sha256(bytes) === entry.sha256) continue;
    const message = bytes === null ? `the image lacks ${path}` : `${path} is not what the release was made of`;
    throw new RunnerFailure("refused", { code: "diverged", message, migration: entry.name, file: path });
  }
}

async function migrate<File>(
  session: Session<File>,
  rules: StatementRules,
  loaded: readonly LoadedMigration<File>[],
  progress: Progress,
  { input, say, termination }: TaskContext<File>,
): Promise<void> {
  const { batch, epoch, attempt, lineage } = input;
  const check = () => termination.check();
  await endWithClient(session);
  await takeLock(session, { timeoutSeconds: batch.timeoutSeconds, say, check });
  await session.transaction(async (inside) => {
    const tables = await openTables(inside, batch.engine);
    await raiseFence(inside, tables.fence, { lineage, epoch, attempt });
    progress.tables = tables;
  });
  const { tables } = progress;
  if (tables === null) return;
  const applied = await listApplied(session, tables);
  progress.applied = applied.names;
  if (input.task === "fence") return;
  const files = batch.files.map((entry) => ({ ...entry, file: pathInImage(batch, entry) }));
  const names = new Set(findPending(files, applied, input.expect).map(({ name }) => name));
  const pending = loaded.filter(({ entry }) => names.has(entry.name));
  progress.pending = pending.length;
  const number = await nextBatch(session, tables);
  for (const migration of pending) {
    progress.outside = migration.transactional ? null : migration.entry.name;
    await applyMigration(
      {
        session,
        tables,
        fence: { lineage, epoch, attempt },
        release: { sha: input.sha, epoch },
        batch: number,
        lockTimeoutMilliseconds: batch.lockTimeoutMilliseconds,
        say,
        inMigration: rules,
        check,
      },
      migration,
    );
    progress.ran.push(migration.entry.name);
    progress.applied = [
      ...progress.applied,
      { name: migration.entry.name, sha256: migration.entry.sha256 as AppliedMigration["sha256"] },
    ];
  }
}

/** Null: the database gave no answer. */
async function lookAgain<File>(
  session: Session<File>,
  tables: Tables | null,
): Promise<readonly AppliedMigration[] | null> {
  if (tables === null) return null;
  for (let tries = 1; tries <= 2; tries += 1) {
    try {
      return (await listApplied(session, tables)).names;
    } catch {
      // a cancel request that was under way may have met this very statement: once more
    }
  }
  return null;
}

/** Once it was told to stop, a cancelled statement of the runner itself is that, and nothing else. */
const unexpected = (error: unknown, { requested }: Termination): RunnerFailure => {
  if (requested) return terminated();
  const report: Pick<FailureReport, "code" | "message"> = { code: codeOf(error), message: messageOf(error) };
  return new RunnerFailure("failed", report);
};

function summary(
  { status, ran, applied, failure, appliedKnown }: RunnerResult,
  { pending, outside }: Progress,
): string {
  const head = applied.at(-1)?.name;
  const schema =
    appliedKnown === false ? "schema not read" : head === undefined ? "nothing applied" : `schema at ${head}`;
  if (failure !== null && (failure.migration === null || status === "refused"))
    return `${status}: ${failure.code} ${failure.message}`;
  const count = `${ran.length} of ${pending} applied, ${schema}`;
  if (failure !== null) return outside === null ? `rolled back, ${count}` : `${outside} is half run, ${count}`;
  return pending === 0 ? `none pending, ${schema}` : `done, ${count}`;
}
