import type { Session } from "../session.ts";
import { spellStepSeconds } from "../terminal/durations.ts";
import { padTo, printable } from "../terminal/escape.ts";
import { failureLines } from "../terminal/failure-lines.ts";
import { shownByName } from "../terminal/step-words.ts";
import { arrow, inLocale, type Style, sign, spellSha, textColumns } from "../terminal/style.ts";
import { spellTime } from "../terminal/times.ts";
import { timedLines } from "../terminal/wrap.ts";
import { type EpochSummary, endingWords, movementOf } from "./epochs.ts";

/** One epoch, whole. */
export function epochLines(epoch: EpochSummary, session: Session, style: Style): readonly string[] {
  const { open, plan, outcome, turn } = epoch;
  const facts: readonly (readonly [string, string | null])[] = [
    ["by", `${printable(open.by.name)}, ${printable(open.host)}`],
    ["run", open.runUrl],
    ["began", spellTime(style, epoch.openedAt)],
    [
      "ended",
      epoch.endedAt === null ? endingWords(epoch) : `${spellTime(style, epoch.endedAt)}, ${endingWords(epoch)}`,
    ],
    ["plan", plan ? plan.plan.hash.replace(/^sha256:/, "").slice(0, 12) : null],
    ["resumes", open.resumes === null ? null : `epoch ${open.resumes}`],
    ["reason", open.request?.reason ? printable(open.request.reason) : null],
    ["approved", plan && plan.approvedBy.length > 0 ? plan.approvedBy.map(printable).join(", ") : null],
    [
      "overridden",
      plan && plan.overridden.length > 0
        ? plan.overridden.map(({ code, reason }) => printable(`${code}: ${reason}`)).join("; ")
        : null,
    ],
    ["waived", plan && plan.waived.length > 0 ? plan.waived.join(", ") : null],
    ["turned", turn ? printable(`${turn.because.code}: ${turn.because.cause}`) : null],
    ...(outcome?.reasons ?? []).map((reason) => [reason.code, printable(reason.message)] as const),
  ];
  const width = Math.max(...facts.map(([label]) => label.length)) + 3;
  return [
    `${session.nameOf(epoch.environment)} epoch ${epoch.epoch}   ${open.command === "promote" ? "promote   " : ""}${movementWords(epoch, style)}`,
    ...facts.flatMap(([label, text]) => (text === null ? [] : [`  ${label.padEnd(width)}${text}`])),
    ...stepLines(epoch.steps, style),
  ];
}

/** What it did, in words: `rollback web 1f6ac3d → 8c41f07`. */
export function movementWords(epoch: EpochSummary, style: Style): string {
  const { open, database } = epoch;
  if (database) return `another database, ${database.applied?.length ?? 0} migrations applied`;
  if (open.command === "infrastructure") return "a command under the lease";
  const { from, to, verb } = movementOf(epoch);
  return `${verb === "" ? "" : `${verb} `}${spellSha(style, from)} ${arrow(style)} ${spellSha(style, to)}`;
}

type StepRecord = EpochSummary["steps"][number];

function stepLines(steps: readonly StepRecord[], style: Style): readonly string[] {
  const shown = steps.map((step) => ({ step, ...shownByName(step.step, step.name, step.back) }));
  const width = Math.max(0, ...shown.map(({ part }) => part?.length ?? 0));
  return shown.flatMap(({ step, kind, part }) => {
    const start = `${kind.padEnd(17)}${part === null ? "" : part.padEnd(width + 2)}`;
    return recordLines(step, start, style);
  });
}

function recordLines({ report, milliseconds }: StepRecord, words: string, style: Style): readonly string[] {
  const mark =
    report.status === "failed" ? "no" : report.status === "unknown" ? "look" : report.changed ? "done" : "same";
  const start = `${sign(style, mark)} ${words}`;
  const right = spellStepSeconds(milliseconds / 1000);
  const text = inLocale(style, printable(report.summary));
  const lines = style.isTerminal
    ? timedLines(start, text, right, Math.min(92, style.columns() - 1))
    : [`${padTo(start + text, 86)} ${right}`];
  const hasCause = report.summary !== report.failure?.cause;
  return [...lines, ...(report.failure ? failureLines(report.failure, { columns: textColumns(style), hasCause }) : [])];
}
