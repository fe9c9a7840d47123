import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RunnerFailure } from "./failure.ts";
import type { Statements } from "./session.ts";

const key = createHash("sha256").update("slipway migrations").digest();
/** Two 31-bit halves: every runner of every version takes the same lock of a database. */
const halves = [key.readUInt32BE(0) >>> 1, key.readUInt32BE(4) >>> 1] as const;

interface LockWait {
  readonly timeoutSeconds: number;
  readonly say: (text: string) => void;
  /** @throws when the task is to end */
  readonly check: () => void;
}

/**
 * Takes the session's advisory lock: it lives exactly as long as the backend that runs our statements, also when we die.
 *
 * @throws RunnerFailure `lock-timeout` when another runner holds it all the time
 */
export async function takeLock(on: Statements<unknown>, { timeoutSeconds, say, check }: LockWait): Promise<void> {
  const started = performance.now();
  for (let saidAt = Number.NEGATIVE_INFINITY; ; ) {
    check();
    const [row] = await on.query("select pg_try_advisory_lock($1::int, $2::int) as taken", halves);
    if (row?.taken === true) return;
    const waited = performance.now() - started;
    const holder = await holderOfLock(on);
    if (waited > timeoutSeconds * 1_000) {
      const message = `another runner held the lock for ${timeoutSeconds} s${holder}`;
      throw new RunnerFailure("refused", { code: "lock-timeout", message });
    }
    if (waited - saidAt > 5_000) {
      say(`waiting for another runner${holder}`);
      saidAt = waited;
    }
    await sleep(100);
  }
}

async function holderOfLock(on: Statements<unknown>): Promise<string> {
  const [row] = await on.query(
    `select l.pid, to_char(a.backend_start at time zone 'UTC', 'HH24:MI:SS"Z"') as since
     from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.classid::bigint = $1 and l.objid::bigint = $2 and l.objsubid = 2
       and l.database = (select oid from pg_database where datname = current_database())`,
    halves,
  );
  return row === undefined ? "" : ` (backend ${String(row.pid)}${row.since ? ` since ${String(row.since)}` : ""})`;
}

/** A migration can give session locks back (`pg_advisory_unlock_all`, `discard all`). @throws RunnerFailure `lock-lost` */
export async function confirmLock(on: Statements<unknown>, migration: string): Promise<void> {
  const rows = await on.query(
    `select from pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()
       and classid::bigint = $1 and objid::bigint = $2 and objsubid = 2`,
    halves,
  );
  if (rows.length > 0) return;
  const message = "it gave back the session's advisory locks; without ours two runners could run at once";
  throw new RunnerFailure("failed", { code: "lock-lost", message, migration });
}
