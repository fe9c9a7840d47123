import { type EnvironmentName, type ExitCode, exitCodes, quoteInput, readHistory, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { historyDocument } from "../documents/history.ts";
import { epochLines, movementWords } from "../history/epoch-lines.ts";
import { type EpochSummary, endingWords, epochsOf } from "../history/epochs.ts";
import { readStepLog } from "../history/step-log.ts";
import { verifyAll } from "../history/verify-all.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { spellSeconds } from "../terminal/durations.ts";
import { printable } from "../terminal/escape.ts";
import { textColumns } from "../terminal/style.ts";
import { tableLines } from "../terminal/table.ts";
import { offset, spellNearTime } from "../terminal/times.ts";

/** Who changed what, when, and how it ended. */
export async function run(call: Call): Promise<ExitCode> {
  checkEnvironmentText(call.args.values.env);
  const { values, switches } = call.args;
  const epoch = numberOf(call, "epoch");
  const limit = numberOf(call, "limit") ?? 20;
  if ((epoch !== null || values.log !== undefined) && values.env === undefined)
    throw new UserError({
      code: "usage",
      message: "an epoch is of one environment; name it with --env. Nothing was changed.",
    });
  const session = await openSession(call);
  const ladder = session.policy.policy.environments.map(({ name }) => name);
  const asked = values.env === undefined ? ladder : [environmentOf(call, session)];
  if (switches.has("verify")) return verifyAll(call, session, asked);
  const epochs = (await Promise.all(asked.map((env) => readEpochs(session, env)))).flat();
  if (values.log !== undefined) {
    return showLog(call, session, epoch === null ? epochs : [find(epochs, epoch)], values.log);
  }
  if (epoch !== null) return showEpoch(call, session, epochs, epoch);
  const shown = epochs.toSorted((a, b) => (a.openedAt < b.openedAt ? 1 : -1)).slice(0, limit);
  call.output.table(historyLines(call, session, shown, asked.length > 1));
  call.output.document(historyDocument(session, shown));
  return exitCodes.done;
}

function numberOf(call: Call, name: "epoch" | "limit"): number | null {
  const text = call.args.values[name];
  if (text === undefined) return null;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UserError({
    code: "usage",
    message: `--${name} takes a number from 1; got ${quoteInput(text)}. Nothing was changed.`,
  });
}

const readEpochs = async (session: Session, env: EnvironmentName): Promise<readonly EpochSummary[]> =>
  epochsOf((await readHistory(session.store, env)).map(({ record }) => record));

function historyLines(
  call: Call,
  session: Session,
  epochs: readonly EpochSummary[],
  several: boolean,
): readonly string[] {
  const { style } = call.output;
  const now = session.clock.now();
  if (epochs.length === 0) return ["nothing was ever promoted"];
  const when = style.isTerminal ? `when (${offset(new Date(now))})` : "when";
  const head = [...(several ? ["env"] : []), "epoch", when, "what", "by", "ended", "took"];
  const rows = epochs.map((epoch) => {
    const took =
      epoch.endedAt === null ? "" : spellSeconds((Date.parse(epoch.endedAt) - Date.parse(epoch.openedAt)) / 1000);
    return [
      ...(several ? [session.nameOf(epoch.environment)] : []),
      String(epoch.epoch).padStart(5),
      spellNearTime(style, epoch.openedAt, now),
      movementWords(epoch, style),
      printable(epoch.open.by.name),
      endingWords(epoch),
      took,
    ];
  });
  return tableLines([head, ...rows], textColumns(style));
}

function find(epochs: readonly EpochSummary[], wanted: number): EpochSummary {
  const found = epochs.find(({ epoch }) => epoch === wanted);
  if (found) return found;
  throw new UserError({
    code: "usage",
    message: `there is no epoch ${wanted}; the newest is ${epochs[0]?.epoch ?? "none"}. Nothing was changed.`,
  });
}

function showEpoch(call: Call, session: Session, epochs: readonly EpochSummary[], wanted: number): ExitCode {
  const epoch = find(epochs, wanted);
  call.output.table(epochLines(epoch, session, call.output.style));
  call.output.document(historyDocument(session, [epoch]));
  return exitCodes.done;
}

async function showLog(call: Call, session: Session, among: readonly EpochSummary[], step: string): Promise<ExitCode> {
  const log = await readStepLog(session, among, step);
  call.output.table(log.lines);
  call.output.document(log);
  return exitCodes.done;
}
