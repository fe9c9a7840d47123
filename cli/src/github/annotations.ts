import type { PrintedDocument } from "../documents/schemas/all.ts";
import type { ErrorDocument } from "../documents/schemas/error.ts";
import type { ReasonDocument } from "../documents/schemas/parts/reason.ts";
import type { PromotionDocument } from "../documents/schemas/promotion.ts";
import { printableLines } from "../terminal/escape.ts";
import type { Message } from "../terminal/message.ts";

interface Annotation {
  readonly level: "error" | "warning" | "notice";
  /** A code of the closed list where there is one. */
  readonly title: string;
  readonly text: string;
  /** Where it is written, from the repository's root. */
  readonly file?: string | null;
  readonly line?: number | null;
}

/** GitHub shows ten of a level a step and drops the others; a workflow's own steps may want two. */
const mostOfALevel = 8;
/** Characters; the whole is in the log and the summary. */
const longest = 4000;

/** What GitHub shows above the log of a call that ended otherwise than it was asked: workflow commands, one a line. */
export function annotate(document: PrintedDocument, said: Message | null): readonly string[] {
  const all = annotationsOf(document, said);
  const first = (level: Annotation["level"]) => all.filter((one) => one.level === level).slice(0, mostOfALevel);
  return [...first("error"), ...first("warning"), ...first("notice")].map(spell);
}

function annotationsOf(document: PrintedDocument, said: Message | null): readonly Annotation[] {
  const exit = "exit" in document ? document.exit : 0;
  if (exit === 0) return [];
  switch (document.kind) {
    case "error":
      return errorAnnotations(document, said);
    case "promotion":
      return document.reasons.length > 0
        ? reasonAnnotations(document.reasons, false, said)
        : promotionAnnotations(document, said);
    case "plan":
    case "explain":
      return reasonAnnotations(document.reasons, document.ask, said);
    default:
      return said === null ? [] : [{ level: "error", title: said.verdict ?? document.kind, text: headOf(said) }];
  }
}

/** Verdict, facts, and the command that helps: the first annotation is read by those who read no log. */
function headOf(said: Message | null, ...facts: readonly string[]): string {
  if (said === null) return facts.join("\n");
  const head = said.verdict === null ? said.text : `${said.verdict}: ${said.text}`;
  return [head, ...facts, ...(said.next ?? []).map((command) => `Next: ${command}`)].join("\n");
}

const problem = /^(\S+):(\d+):\d+ {2}(.*)$/;

/** A mistake in slipway.yaml is shown at its line, each of several at its own. */
function errorAnnotations({ code, where }: ErrorDocument, said: Message | null): readonly Annotation[] {
  const problems = (said?.text ?? "").split("\n").flatMap((text): readonly Annotation[] => {
    const [, file = null, line, what] = problem.exec(text) ?? [];
    return what === undefined ? [] : [{ level: "error", title: code, text: what, file, line: Number(line) }];
  });
  if (problems.length > 0) return problems;
  const facts = (said?.blocks ?? []).flatMap(({ label, fact, evidence = [] }) => [`${label}: ${fact}`, ...evidence]);
  return [
    { level: "error", title: code, text: headOf(said, ...facts), file: where?.file ?? null, line: where?.line ?? null },
  ];
}

/** `asks`: only an approval is missing, which is no fault of anybody. */
function reasonAnnotations(
  reasons: readonly ReasonDocument[],
  asks: boolean,
  said: Message | null,
): readonly Annotation[] {
  const isRefused = reasons.some(({ kind }) => kind === "no");
  return reasons.map(({ code, kind, message, clearsAt, evidence }, at) => {
    const clears = clearsAt === null ? "" : `; clears ${clearsAt.replace(/\.\d+Z$/, "Z")}`;
    const fact = `${kind === "unknown" ? "could not tell: " : ""}${message}${clears}`;
    return {
      level: asks ? "notice" : kind === "unknown" && isRefused ? "warning" : "error",
      title: code,
      text: at === 0 ? headOf(said, fact) : fact,
      file: evidence.file ?? null,
      line: evidence.line ?? null,
    };
  });
}

function promotionAnnotations(document: PromotionDocument, said: Message | null): readonly Annotation[] {
  const { failure, steps } = document;
  const cause = failure === null ? [] : [`${[failure.step, failure.name].filter(Boolean).join(" ")}: ${failure.cause}`];
  const others = steps.filter(
    ({ kind, name, outcome }) => outcome === "failed" && !(kind === failure?.step && (name ?? null) === failure.name),
  );
  return [
    {
      level: "error",
      title: failure?.code ?? codeOf(document, said),
      text: headOf(said, ...cause),
      file: failure?.where?.file ?? null,
      line: failure?.where?.line ?? null,
    },
    ...others.map(
      ({ kind, name, back, summary }): Annotation => ({
        level: "error",
        title: name === undefined ? kind : `${kind} ${name}`,
        text: back ? `not put back: ${summary}` : summary,
      }),
    ),
  ];
}

function codeOf({ ending, exit }: PromotionDocument, said: Message | null): string {
  if (ending === "busy") return "lease-held";
  if (ending === "lost") return exit === 5 ? "superseded" : "lease-lost";
  if (ending === "open") return "could-not-tell";
  return exit === 130 ? "interrupted" : (said?.verdict ?? ending);
}

function spell({ level, title, text, file = null, line = null }: Annotation): string {
  const properties = [
    ...(file === null ? [] : [`file=${property(file)}`]),
    ...(file === null || line === null ? [] : [`line=${line}`]),
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(",")}::${data(text)}`;
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts: what ends a value is escaped. */
const data = (text: string): string =>
  printableLines(text.slice(0, longest))
    .join("\n")
    .replaceAll("%", "%25")
    .replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
