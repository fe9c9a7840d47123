import type { Sha } from "../../identifiers.ts";
import type { FailureReport } from "../../ledger/records.ts";
import { count } from "../../policy/spell.ts";
import { foundRelease } from "../plan-promotion.ts";
import type { PromotionReport } from "../report.ts";
import { withoutBlankEdges } from "../without-blank-edges.ts";
import { headlineOf } from "./headline.ts";
import { code, link, marker, place, prose, row } from "./markdown.ts";
import { type Block, folded, foldedCode, linesOf, pageOf, paragraph } from "./page.ts";
import { evidenceLines, ruleTable, verdictLine } from "./rule-table.ts";
import { stepLine } from "./step-line.ts";
import { between, restIn, spellDigest, spellNote, spellSeconds, spellSha } from "./words.ts";

/** How a promotion ended, and what its caller knows how to say. Texts are redacted already. */
export interface ResultComment {
  readonly app: string;
  /** As people know the environment: `prod`, `prod (local)`. */
  readonly name: string;
  readonly report: PromotionReport;
  /** What ran before; null: nothing. */
  readonly from: Sha | null;
  /** What it was about; null: back to nothing. */
  readonly to: Sha | null;
  readonly seconds: number;
  /** Public address of the environment; null: none. */
  readonly url: string | null;
  /** `Back` and `Ahead`: a command, or a sentence. */
  readonly notes: readonly { readonly label: string; readonly text: string }[];
  /** Commands that help now, with a remark after two spaces. */
  readonly next: readonly string[];
  readonly runUrl: string | null;
}

/** A result as a comment of GitHub, at most 60 kB: what is true now, why, and what to do (experience.md §5). Never throws. */
export function renderResultComment(input: ResultComment): string {
  const { app, report, next, notes, runUrl } = input;
  const { environment } = report.request;
  const head = linesOf(marker("result", app, environment), `### ${headlineOf(input)}`);
  const last = [
    ...notes.map(({ label, text }) => `${prose(label)}: ${spellNote(text)}`),
    ...(next.length === 0 ? [] : [`Next: ${joined(next.map(spellNote))}`]),
  ];
  const epoch = report.epoch === null ? "" : ` --epoch ${report.epoch}`;
  const rest = restIn(runUrl, `promote history --env ${environment}${epoch}`);
  const blocks = [head, ...(isWell(report) ? wellBlocks(input) : otherBlocks(input, last))];
  return pageOf(blocks, isWell(report) ? paragraph(...last).lines : [], rest);
}

/** `rollback …  # back, or` leads over to the next one by itself. */
const joined = (commands: readonly string[]): string =>
  commands.reduce((text, command) => `${text}${text.endsWith(" or") ? " " : between}${command}`);

const isWell = ({ ending }: PromotionReport): boolean =>
  ending.kind === "done" || ending.kind === "already" || (ending.kind === "reverted" && ending.because === "asked");

function wellBlocks(input: ResultComment): readonly Block[] {
  const { report } = input;
  const { steps } = report;
  const facts = linesOf(factsLine(input), "");
  if (steps.length === 0) return [facts];
  return [facts, folded(count(steps.length, "step"), linesOf(stepLine(report)))];
}

function otherBlocks(input: ResultComment, last: readonly string[]): readonly Block[] {
  const { ending, failure, decision, request } = input.report;
  const facts = factsLine(input);
  if (ending.kind === "refused" && decision) {
    const evidence = evidenceLines(decision);
    return [
      paragraph(facts, verdictLine(decision)),
      linesOf(...ruleTable(decision, request.by.name), ""),
      paragraph(...last),
      ...(evidence.length === 0 ? [] : [linesOf(""), folded("Evidence", linesOf(...evidence))]),
    ];
  }
  const cause = causeLines(input);
  const details = failure ? failureDetails(failure) : [];
  const rest = [...(input.report.steps.length === 0 ? [] : [`Steps: ${stepLine(input.report)}`]), ...last];
  if (ending.kind !== "partial") return [paragraph(facts, ...cause, ...rest), ...details];
  const parts = linesOf("", ...partTable(input, ending.notBack), "");
  return [paragraph(facts, ...cause), parts, paragraph(...rest), ...details];
}

function factsLine(input: ResultComment): string {
  const { report, to, from, seconds, url } = input;
  const { request, epoch, resumes, facts, ending, plan } = report;
  const subject = foundRelease(facts?.release ?? null)?.release.manifest.git.subject;
  const isMoved = ending.kind === "done" && from !== null && from !== to;
  return [
    `${spellSha(to)}${subject === undefined ? "" : ` ${prose(subject, 60)}`}`,
    ...(isMoved ? [`from ${spellSha(from)}`] : []),
    ...(epoch === null ? [] : [`epoch ${epoch}`]),
    ...(resumes === null ? [] : [`went on with epoch ${resumes}`]),
    prose(request.by.name),
    spellSeconds(seconds),
    ...(ending.kind === "refused" && plan ? [`plan ${spellDigest(plan.hash)}`] : []),
    ...(url === null || ending.kind !== "done" ? [] : [addressOf(url)]),
    ...codeItem(report),
  ].join(between);
}

/** An address that may be followed, but not one with an account id in it. */
const addressOf = (url: string): string => {
  const host = url.replace(/^https?:\/\//, "");
  return /\d{12}/.test(url) ? prose(host) : link(host, url);
};

function codeItem({ failure, ending, decision }: PromotionReport): readonly string[] {
  if (failure) return [`**${prose(failure.code)}**${failure.step === null ? "" : ` at ${prose(stepOf(failure))}`}`];
  if (ending.kind === "open") return [`**${prose(ending.code)}**`];
  if (ending.kind === "partial") return ["**revert-failed**"];
  const turned = ending.kind === "reverted" && ending.because === "failure" ? decision?.reasons[0]?.code : undefined;
  return turned === undefined ? [] : [`**${prose(turned)}**`];
}
const stepOf = ({ step, name }: FailureReport): string => [step, name].filter((word) => word !== null).join(" ");

function causeLines({ report: { failure, ending } }: ResultComment): readonly string[] {
  if (failure) return failureLines(failure);
  if (ending.kind === "open" && ending.code !== "interrupted") return [`**Cause** ${sentence(prose(ending.because))}`];
  if (ending.kind === "lost") return [`**Cause** ${sentence(prose(ending.because))}`];
  if (ending.kind !== "busy") return [];
  const { epoch, doing, runUrl } = ending.look;
  const what = [prose(doing || "starting"), ...(epoch === null ? [] : [`epoch ${epoch}`])];
  return [`**Doing** ${[...what, ...(runUrl === null ? [] : [link("its run", runUrl)])].join(between)}`];
}

function failureLines({ cause, where, requestsServed, log }: FailureReport): readonly string[] {
  const traffic = requestsServed === null ? "" : `; ${count(requestsServed, "request")} reached it`;
  const at = where === null ? "" : `, at ${place(where.file, where.line)}`;
  const said = `**Cause** ${sentence(`${prose(cause.replace(/\.$/, ""))}${traffic}${at}`)}`;
  const line = withoutBlankEdges(log).at(-1);
  return line === undefined ? [said] : [`${said} Last line of its log:`, code(line)];
}
const sentence = (text: string): string => (text.endsWith(".") ? text : `${text}.`);

/** What stands below each other is folded: counts come before details. */
function failureDetails({ where, log: stored, logLines }: FailureReport): readonly Block[] {
  const log = withoutBlankEdges(stored);
  const excerpt = where?.excerpt ?? [];
  const folds = [
    ...(excerpt.length === 0 ? [] : [foldedCode("Where it is written", excerpt)]),
    ...(log.length < 2 ? [] : [foldedCode(`Log, last ${log.length} of ${Math.max(log.length, logLines)} lines`, log)]),
  ];
  return folds.length === 0 ? [] : [linesOf(""), ...folds];
}

/** Each part, and what it runs; those that could not be put back say why. */
function partTable({ report, from }: ResultComment, notBack: readonly string[]): readonly string[] {
  const stuck = new Set(notBack);
  const why = report.failure?.cause ?? "unknown";
  const known = [...Object.keys(report.plan?.goal.services ?? {}), ...(report.plan?.goal.web ? ["web"] : [])];
  const others = notBack.filter((part) => !known.includes(part));
  return [
    row("", "part", "runs"),
    "|---|---|---|",
    ...[...known, ...others].map((part) =>
      stuck.has(part) ? row("✗", prose(part), `not put back: ${prose(why)}`) : row("✓", prose(part), spellSha(from)),
    ),
  ];
}
