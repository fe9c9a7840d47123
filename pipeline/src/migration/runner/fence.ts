import { RunnerFailure } from "./failure.ts";
import type { Row, Statements } from "./session.ts";

/** Who may change the schema: nobody older than this run (protocol R13). */
export interface Fence {
  readonly lineage: string;
  readonly epoch: number;
  readonly attempt: number;
}

/**
 * Raises the fence to ours, under the advisory lock, so that every older run that comes late is refused.
 *
 * @throws RunnerFailure `fenced` or `other-lineage`; the row is as before
 */
export async function raiseFence(on: Statements<unknown>, table: string, mine: Fence): Promise<void> {
  const [row] = await on.query(`select lineage, epoch::text, attempt from ${table} for update`);
  if (row === undefined) {
    await on.query(`insert into ${table} (lineage, epoch, attempt) values ($1, $2, $3)`, values(mine));
    return;
  }
  refuseAbove(row, mine);
  await on.query(`update ${table} set lineage = $1, epoch = $2, attempt = $3`, values(mine));
}

/** Keeps the fence where it is until the transaction around us ends. @throws as `raiseFence` */
export async function holdFence(on: Statements<unknown>, table: string, mine: Fence): Promise<void> {
  const [row] = await on.query(`select lineage, epoch::text, attempt from ${table} for share`);
  if (row === undefined) throw new RunnerFailure("refused", { code: "fenced", message: "the fence's row was removed" });
  refuseAbove(row, mine);
}

const values = ({ lineage, epoch, attempt }: Fence) => [lineage, epoch, attempt];

function refuseAbove(row: Row, mine: Fence): void {
  const there = { lineage: String(row.lineage), epoch: Number(row.epoch), attempt: Number(row.attempt) };
  if (there.lineage !== mine.lineage) {
    throw new RunnerFailure("refused", {
      code: "other-lineage",
      message:
        `this database was last migrated under the ledger ${there.lineage}, not ${mine.lineage}; if the store was replaced, or the ` +
        "database restored from another environment, delete the row of slipway_fence and promote again",
    });
  }
  if (there.epoch < mine.epoch || (there.epoch === mine.epoch && there.attempt <= mine.attempt)) return;
  throw new RunnerFailure("refused", {
    code: "fenced",
    message: `epoch ${mine.epoch}, attempt ${mine.attempt} is behind the fence at epoch ${there.epoch}, attempt ${there.attempt}: a later run has taken over`,
  });
}
