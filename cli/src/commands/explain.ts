import {
  count,
  type Decision,
  type ExitCode,
  exitOf,
  type Instant,
  quoteInput,
  type RuleAnswer,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { explainDocument } from "../documents/explain.ts";
import { readingDecision } from "../promotion/look.ts";
import { startIfDown } from "../promotion/next.ts";
import { openQuestion, type Question } from "../promotion/question.ts";
import { clearsOf, spellEarliest } from "../promotion/reasons.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { padTo, printable, widthOf } from "../terminal/escape.ts";
import type { Message } from "../terminal/message.ts";
import { type Mark, type Style, sign, spellSha, textColumns } from "../terminal/style.ts";
import { parseTime, spellTime, spellTimesIn } from "../terminal/times.ts";
import { wrap } from "../terminal/wrap.ts";

/** Every reason for and against, with evidence and the time it clears. */
export async function run(call: Call): Promise<ExitCode> {
  const asOf = asOfTime(call);
  const question = await openQuestion(call);
  const decision = readingDecision(question.look, asOf ?? undefined);
  const { style } = call.output;
  const now = asOf ?? question.look.facts.now;
  call.output.verdict(verdict(call, question, decision, asOf));
  call.output.table(answerLines(decision.answers, style, now));
  call.output.document(explainDocument(question, decision, { at: now, asOf: asOf !== null }));
  if (call.shell.variables.GITHUB_STEP_SUMMARY) {
    const { summarisePlan } = await import("../github/step-summary.ts");
    await summarisePlan(call, question, decision, now);
  }
  return exitOf(decision);
}

function asOfTime(call: Call): Instant | null {
  const text = call.args.values["as-of"];
  if (text === undefined) return null;
  const time = parseTime(text);
  if (time !== null) return time as Instant;
  throw new UserError({
    code: "usage",
    message: `--as-of takes a time such as "2026-11-20 16:30" or 2026-11-20T16:30Z; got ${quoteInput(text)}. Nothing was changed.`,
  });
}

function verdict(
  call: Call,
  { session, request, look, to }: Question,
  decision: Decision,
  asOf: Instant | null,
): Message {
  const { style } = call.output;
  const name = session.nameOf(request.environment);
  const asked = decision.answers.length;
  const word = decision.allowed ? "Allowed" : exitOf(decision) === 7 ? "Unknown" : "Refused";
  const refused = decision.reasons.length;
  const counted = decision.allowed ? `${count(asked, "rule")}.` : `${refused} of ${count(asked, "rule")}.`;
  const earliest = spellEarliest(decision, style, asOf ?? look.facts.now);
  const notes = earliest === null ? [] : [["Earliest", earliest] as const];
  if (asOf !== null)
    return { verdict: `${word} at ${spellTime(style, asOf)}`, text: `${counted} All else taken as it is now.`, notes };
  const verb = request.action === "promote" ? "enter" : "go back to";
  const may = decision.allowed ? "may" : word === "Unknown" ? "could not be told whether it may" : "may not";
  const what =
    request.action === "promote"
      ? `${spellSha(style, to)} ${may} ${verb} ${name} now.`
      : `${name} ${may} ${verb} ${to === null ? "anything" : spellSha(style, to)} now.`;
  return {
    verdict: word,
    text: `${what} ${counted} Nothing was changed.`,
    notes,
    next: startIfDown(decision, sameLadder(call)),
  };
}

const marks: Readonly<Record<RuleAnswer["status"], Mark>> = {
  refused: "no",
  overridden: "look",
  waived: "look",
  passed: "done",
  unproven: "look",
};
const ruleWidth = 13;
const cellWidth = 49;

/** What stands in the way comes first, one rule a line; what passed goes two beside each other where both are short. */
function answerLines(answers: readonly RuleAnswer[], style: Style, now: string): readonly string[] {
  const against = answers.filter((answer) => answer.status !== "passed");
  const passed = answers.filter((answer) => answer.status === "passed").map((answer) => cell(answer, style, now));
  const lines: string[] = [];
  for (let at = 0; at < passed.length; at += 1) {
    const [left = "", right] = [passed[at], passed[at + 1]];
    const fits =
      style.isTerminal &&
      right !== undefined &&
      widthOf(left) < cellWidth &&
      cellWidth + widthOf(right) <= style.columns();
    lines.push(fits ? `${padTo(left, cellWidth)}${right}` : left);
    if (fits) at += 1;
  }
  const fit = (line: string): readonly string[] => wrap(line, textColumns(style), ruleWidth + 2);
  const reasons = against.flatMap((answer) => [...fit(cell(answer, style, now)), ...evidence(answer, style)]);
  return [...reasons, ...lines.flatMap(fit)];
}

function cell(answer: RuleAnswer, style: Style, now: string): string {
  const isUnknown = answer.status === "refused" && answer.reason.kind === "unknown";
  const start = `${sign(style, isUnknown ? "unknown" : marks[answer.status])} ${answer.rule.padEnd(ruleWidth)}`;
  switch (answer.status) {
    case "passed":
    case "unproven":
      return `${start}${printable(answer.message)}`;
    case "waived":
      return `${start}${printable(answer.message)}; waived here`;
    case "overridden":
      return `${start}${printable(answer.reason.message)}; overridden: ${printable(answer.because)}`;
    case "refused": {
      const clears = clearsOf(answer.reason, style, now);
      const may = answer.reason.overridable ? "; overridable with --reason" : "";
      return `${start}${printable(answer.reason.message)}${clears === null ? "" : `; ${clears}`}${may}`;
    }
  }
}

const evidence = (answer: RuleAnswer, style: Style): readonly string[] =>
  answer.status === "refused"
    ? answer.reason.evidence.map((line) => `${" ".repeat(ruleWidth + 2)}${spellTimesIn(style, printable(line))}`)
    : [];
