import { quoteInput, runnerResultMarker, UserError } from "@slipway/pipeline";
import type { LogDocument } from "../documents/schemas/log.ts";
import type { Session } from "../session.ts";
import { printableLines } from "../terminal/escape.ts";
import type { EpochSummary } from "./epochs.ts";

type StepRecord = EpochSummary["steps"][number];

export type { LogDocument };

/** What a step wrote: in the newest of these epochs that has a log of it. @throws UserError */
export async function readStepLog(
  session: Session,
  among: readonly EpochSummary[],
  step: string,
): Promise<LogDocument> {
  const epoch = among.find((one) => one.steps.some((record) => isAskedFor(record, step)));
  if (!epoch) throw noLog(among, step);
  const records = epoch.steps.filter((record) => isAskedFor(record, step));
  return logOf(session, { step, epoch: epoch.epoch, records });
}

/** What these steps of an epoch wrote, one after the other. @throws PortError */
export async function logOf(
  { store }: Pick<Session, "store">,
  of: { readonly step: string; readonly epoch: number; readonly records: readonly StepRecord[] },
): Promise<LogDocument> {
  const texts = await Promise.all(of.records.map((record) => textOf(store, record)));
  const keys = of.records.flatMap(({ log }) => (log === null ? [] : [log]));
  return {
    kind: "log",
    version: 1,
    step: of.step,
    epoch: of.epoch,
    keys,
    lines: texts.flatMap(printableLines),
    exit: 0,
  };
}

const hasLog = ({ log, report }: StepRecord): boolean => log !== null || (report.failure?.log.length ?? 0) > 0;

const isAskedFor = (record: StepRecord, step: string): boolean =>
  hasLog(record) && [record.step, record.name, `${record.step} ${record.name}`].includes(step);

/** Without the line in which the runner of migrations reports to us: its content is in the record. */
async function textOf(store: Session["store"], { log, report }: StepRecord): Promise<string> {
  const stored = log === null ? null : await store.get(log);
  const text = stored ? new TextDecoder().decode(stored.body) : (report.failure?.log ?? []).join("\n");
  return text
    .split("\n")
    .filter((line) => !line.startsWith(runnerResultMarker))
    .join("\n");
}

function noLog(among: readonly EpochSummary[], step: string): UserError {
  const steps = [...new Set(among.flatMap((one) => one.steps.filter(hasLog).map((record) => record.step)))];
  const known = steps.length === 0 ? "no step has one" : `there are logs of ${steps.join(", ")}`;
  return new UserError({
    code: "usage",
    message: `there is no log of ${quoteInput(step)}; ${known}. Nothing was changed.`,
  });
}
