import { exitCodes } from "../../codes.ts";
import type { PromotionReport } from "../report.ts";
import { seenOtherwise } from "../seen-otherwise.ts";
import { prose } from "./markdown.ts";
import type { ResultComment } from "./result-comment.ts";
import { spellSha } from "./words.ts";

/** How it ended and what is true of the environment now, in one line. */
export function headlineOf(input: ResultComment): string {
  const { report, to, from } = input;
  const name = prose(input.name);
  const { ending, request } = report;
  const runs = from === null ? "runs nothing" : `runs ${spellSha(from)}`;
  switch (ending.kind) {
    case "done":
      return `✓ ${name} ${doneWords(report, to)}`;
    case "already":
      return `= ${name} runs ${spellSha(to)}${request.action === "rollback" ? "" : " already"}; nothing was changed`;
    case "overtaken":
      return `= ${name} runs a newer release that contains ${spellSha(to)}; nothing was changed`;
    case "refused":
      return report.exit === exitCodes.unknown
        ? `? ${name}: could not tell; ${runs}, nothing was changed`
        : `✗ ${name}: refused; ${runs}, nothing was changed`;
    case "busy":
      return `✗ ${name}: busy, ${prose(ending.look.by.name)} is changing it; nothing was changed`;
    case "reverted":
      return ending.because === "asked"
        ? `✓ ${name} ${runs} again and is held`
        : `✗ ${name}: ${revertedWords(input, ending, runs)}`;
    case "partial":
      return `✗ ${name}: PARTIAL, does not run one release`;
    case "lost":
      return report.exit === exitCodes.busy
        ? `✗ ${name}: superseded, this run wrote nothing more`
        : `? ${name}: the lease is lost, the promotion is open`;
    case "open":
      return `? ${name}: ${openWords(report, ending.code)}`;
  }
}

function doneWords({ request, plan }: PromotionReport, to: ResultComment["to"]): string {
  if (request.only === "web")
    return `serves the pages of ${spellSha(to)} with the services of ${spellSha(plan?.release?.sha)}, and is held`;
  return `runs ${spellSha(to)}${request.action === "rollback" ? " again and is held" : ""}`;
}

type Ending<Kind extends PromotionReport["ending"]["kind"]> = Extract<PromotionReport["ending"], { kind: Kind }>;

function revertedWords(
  { report, from }: ResultComment,
  { because, environment }: Ending<"reverted">,
  runs: string,
): string {
  const word = because === "interrupted" ? "interrupted" : environment === "reverted" ? "failed, put back" : "failed";
  const otherwise = environment === "unchanged" && report.facts ? seenOtherwise(report.facts) : [];
  if (otherwise.length > 0) {
    const recorded = from === null ? "that nothing runs" : `that ${spellSha(from)} runs`;
    const names = otherwise.map((part) => prose(part)).join(", ");
    return `${word}; as it was, which is not what is recorded, ${recorded}: ${names} looked otherwise`;
  }
  if (because === "interrupted") return `${word}; ${runs}, as before`;
  return environment === "reverted"
    ? `${word}; ${runs}, checked after the revert`
    : `${word}; ${runs}; schema, services and web as before`;
}

function openWords({ epoch, environment }: PromotionReport, code: Ending<"open">["code"]): string {
  if (code === "interrupted") return `stopped after the call that was under way, epoch ${epoch ?? "?"} is open`;
  if (code === "record-failed") return "all is done, but its outcome could not be written";
  if (environment === "unchanged") return "could not tell; nothing was begun, and it is as it was";
  return "could not tell what it runs; the promotion is open";
}
