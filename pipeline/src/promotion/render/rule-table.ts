import { isOvertaken } from "../../policy/evaluate.ts";
import type { Decision, Earliest, Reason, RuleAnswer } from "../../policy/policy.ts";
import { count, spellDuration } from "../../policy/spell.ts";
import { place, prose, row } from "./markdown.ts";
import { spellUtc } from "./words.ts";

/** Whether it may, and when, in one line. */
export function verdictLine(decision: Decision): string {
  const { allowed, reasons, earliest } = decision;
  if (isOvertaken(decision)) return "**Nothing to do.** What runs contains this commit already.";
  if (allowed) return `**Allowed now.**${allowances(decision)}`;
  const definite = reasons.filter(({ kind }) => kind === "no");
  if (definite.length === 0) return `**Could not tell.** ${count(reasons.length, "rule")} could not be asked.`;
  if (earliest) return `**Not yet.** ${earliestWords(earliest, reasons)}`;
  if (reasons.every(({ code, kind }) => code === "approval" && kind === "no"))
    return `**Not yet.** ${capital(onceApproved(reasons))}.`;
  return `**Refused.** ${count(reasons.length, "reason")}; waiting alone does not clear all of them.`;
}

function allowances({ approvedBy, overridden }: Decision): string {
  const approved = approvedBy.length === 0 ? "" : ` Approved by ${approvedBy.map((name) => prose(name)).join(", ")}.`;
  const over = overridden.map(({ code, reason }) => `${prose(code)} (${prose(reason)})`);
  return over.length === 0 ? approved : `${approved} Overridden: ${over.join(", ")}.`;
}

function earliestWords({ at, until, freeze, onceApproved: asksPeople }: Earliest, reasons: readonly Reason[]): string {
  const sameDay = until?.slice(0, 10) === at.slice(0, 10);
  const end = until === null ? "" : `, until ${sameDay ? spellUtc(until).slice(11) : spellUtc(until)}`;
  const why = until === null || freeze === null ? "" : ` (freeze "${prose(freeze)}")`;
  return `Earliest **${spellUtc(at)}**${end}${why}${asksPeople ? `, ${onceApproved(reasons)}` : ""}.`;
}

function onceApproved(reasons: readonly Reason[]): string {
  const data = reasons.find(({ code, kind }) => code === "approval" && kind === "no")?.data;
  const missing = Number(data?.required) - Number(data?.approved);
  if (!(missing > 0)) return "once approved";
  return missing === 1 ? "once 1 person has approved" : `once ${missing} people have approved`;
}
const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** A row for each rule that stands in the way or was passed over, and one for the others. `askedBy`: whose approval does not count. */
export function ruleTable({ answers }: Decision, askedBy: string | null): readonly string[] {
  const passed = answers.filter(({ status }) => status === "passed").map(({ rule }) => rule);
  const inTheWay = answers.filter(({ status }) => status === "refused");
  const others = answers.filter(({ status }) => status !== "passed" && status !== "refused");
  const rows = [...inTheWay, ...others].map((answer) => answerRow(answer, askedBy));
  const counted = count(passed.length, rows.length === 0 ? "rule" : "other");
  return [
    row("", "rule", "now", "clears"),
    "|---|---|---|---|",
    ...rows,
    ...(passed.length === 0 ? [] : [row("✓", counted, passed.map((rule) => prose(rule)).join(", "), "")]),
  ];
}

function answerRow(answer: RuleAnswer, askedBy: string | null): string {
  switch (answer.status) {
    case "refused": {
      const { code, kind } = answer.reason;
      return row(kind === "no" ? "✗" : "?", prose(code), nowCell(answer.reason, askedBy), clearsCell(answer.reason));
    }
    case "overridden":
      return row(
        "!",
        prose(answer.reason.code),
        `${prose(answer.reason.message)}; overridden: ${prose(answer.because)}`,
        "",
      );
    case "waived":
      return row("!", prose(answer.code), `${prose(answer.message)}; waived here`, "");
    case "unproven":
    case "passed":
      return row(answer.status === "passed" ? "✓" : "!", prose(answer.rule), prose(answer.message), "");
  }
}

/** The observed beside the required: from what the rule has seen where it says so in fields, else in its words. */
function nowCell({ code, kind, message, data }: Reason, askedBy: string | null): string {
  if (kind === "unknown") return `could not tell: ${prose(message)}`;
  const { observedSeconds, requiredSeconds, env, freeze, file, line, approved, required } = data;
  if (code === "soak" && typeof observedSeconds === "number" && typeof requiredSeconds === "number")
    return `${spellDuration(observedSeconds)} of ${spellDuration(requiredSeconds)} in ${prose(String(env))}`;
  if (code === "freeze" && typeof freeze === "string" && typeof file === "string")
    return `"${prose(freeze)}", ${place(file, typeof line === "number" ? line : null)}`;
  if (code === "approval" && typeof approved === "number" && typeof required === "number")
    return `${approved} of ${required}${askedBy === null ? "" : `, not by ${prose(askedBy)}`}`;
  return prose(message);
}

const clearsCell = ({ code, kind, clearsAt }: Reason): string => {
  if (clearsAt !== null) return spellUtc(clearsAt);
  return code === "approval" && kind === "no" ? "needs a person" : "";
};

const toldInFields: ReadonlySet<string> = new Set(["soak", "freeze", "approval"]);

/** What the rules in the way have seen, where the table does not say it. */
export const evidenceLines = ({ reasons }: Decision): readonly string[] =>
  reasons
    .filter(({ code, kind }) => kind === "unknown" || !toldInFields.has(code))
    .flatMap(({ code, evidence }) => evidence.map((line) => `- ${prose(code)}: ${prose(line)}`));
