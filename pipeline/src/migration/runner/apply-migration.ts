import { setTimeout as sleep } from "node:timers/promises";
import { confirmLock } from "./advisory-lock.ts";
import { codeOf, RunnerFailure } from "./failure.ts";
import { type Fence, holdFence } from "./fence.ts";
import { type Release, recordApplied, recordBegun, type Tables } from "./journal.ts";
import type { LoadedMigration, Session, Statements } from "./session.ts";

export interface ApplyContext<File> {
  readonly session: Session<File>;
  readonly tables: Tables;
  readonly fence: Fence;
  readonly release: Release;
  readonly batch: number;
  readonly lockTimeoutMilliseconds: number;
  readonly say: (text: string) => void;
  /** Statements between `enter` and `leave` are a migration's. */
  readonly inMigration: { enter(transactional: boolean): void; leave(): void };
  /** @throws RunnerFailure when the task is to end */
  readonly check: () => void;
}

const attempts = 5;
/** lock_not_available, deadlock_detected: nothing is wrong with the file. */
const passing = ["55P03", "40P01"];

/**
 * Applies one file and records it, both or neither; a file that asks for no transaction leaves `begun` if we die in it.
 *
 * @throws RunnerFailure with the statement, the file and its line
 */
export async function applyMigration<File>(
  context: ApplyContext<File>,
  migration: LoadedMigration<File>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    context.check();
    context.say(`up ${migration.entry.name}${attempt > 1 ? `, attempt ${attempt} of ${attempts}` : ""}`);
    try {
      await (migration.transactional ? applyInside(context, migration) : applyOutside(context, migration));
      await endWithClient(context.session);
      return;
    } catch (error) {
      context.check();
      const again = migration.transactional && passing.includes(codeOf(error)) && attempt < attempts;
      if (!again) throw toFailure(error, context, migration);
      // Spread out, so that what blocked us (or we it) is not met in step again.
      const pause = Math.round(attempt * 150 * (0.5 + Math.random()));
      context.say(`${codeOf(error)} ${context.session.explain(error, migration).message}; again in ${pause} ms`);
      await sleep(pause);
    }
  }
}

async function applyInside<File>(context: ApplyContext<File>, migration: LoadedMigration<File>): Promise<void> {
  const { session, tables, fence, release, batch } = context;
  const started = performance.now();
  await session.transaction(async (inside) => {
    await holdFence(inside, tables.fence, fence);
    await inside.query(`set local lock_timeout = ${Math.ceil(context.lockTimeoutMilliseconds)}`);
    await applyGuarded(context, inside, migration);
    context.check();
    await restoreSession(inside);
    await confirmLock(inside, migration.entry.name);
    await recordApplied(inside, tables, migration, { ...release, batch, milliseconds: performance.now() - started });
  });
}

async function applyOutside<File>(context: ApplyContext<File>, migration: LoadedMigration<File>): Promise<void> {
  const { session, tables, fence, release, batch } = context;
  const started = performance.now();
  await session.transaction(async (inside) => {
    await holdFence(inside, tables.fence, fence);
    await recordBegun(inside, tables, migration, release);
  });
  await session.query(`set lock_timeout = ${Math.ceil(context.lockTimeoutMilliseconds)}`);
  await applyGuarded(context, session, migration);
  await restoreSession(session);
  await confirmLock(session, migration.entry.name);
  await session.transaction((inside) =>
    recordApplied(inside, tables, migration, { ...release, batch, milliseconds: performance.now() - started }),
  );
}

async function applyGuarded<File>(
  { inMigration }: ApplyContext<File>,
  on: Statements<File>,
  migration: LoadedMigration<File>,
): Promise<void> {
  inMigration.enter(migration.transactional);
  try {
    await on.apply(migration);
  } finally {
    inMigration.leave(); // before the rollback, which is ours
  }
}

/** A dump of a schema empties the search path, another file sets a role: the next file starts as the first did. */
async function restoreSession(on: Pick<Session<never>, "query">): Promise<void> {
  await on.query("reset session authorization");
  await on.query("reset role");
  await on.query("reset all");
}

/**
 * Lets the server notice that we were killed while it works for us: the lock is then free in a quarter of a second, not at
 * the end of the statement. A server that cannot do it goes on as before.
 */
export async function endWithClient(session: Pick<Session<never>, "query">): Promise<void> {
  await session.query("set client_connection_check_interval = '250ms'").catch(() => undefined);
}

function toFailure<File>(
  error: unknown,
  { session, lockTimeoutMilliseconds }: ApplyContext<File>,
  migration: LoadedMigration<File>,
): RunnerFailure {
  const { name } = migration.entry;
  if (error instanceof RunnerFailure) {
    return new RunnerFailure(error.status, { ...error.report, migration: name, file: migration.path });
  }
  const { message, statement, line } = session.explain(error, migration);
  const where = { migration: name, statement, file: migration.path, line };
  const code = codeOf(error);
  if (code !== "55P03" || !migration.transactional) return new RunnerFailure("failed", { code, message, ...where });
  return new RunnerFailure("failed", {
    code: "lock-timeout",
    message: `${message}: another session held what it needs for ${lockTimeoutMilliseconds} ms, ${attempts} times`,
    ...where,
  });
}
