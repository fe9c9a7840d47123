import { count, type Ending, exitCodes, type Sha } from "@slipway/pipeline";
import { sameLadder } from "../terminal/command-line.ts";
import { spellAge, spellSeconds } from "../terminal/durations.ts";
import type { Block, Message } from "../terminal/message.ts";
import { spellSha } from "../terminal/style.ts";
import { spellTime } from "../terminal/times.ts";
import { lostMessage, openMessage, partialMessage, revertedMessage } from "./failed-messages.ts";
import { Commands, nextAfterRefusal } from "./next.ts";
import { countReasons, reasonBlocks, spellEarliest } from "./reasons.ts";
import { destinationOf, originOf, sha, type Told, type VerdictInput, wayAfterHold } from "./told.ts";
/** How a promotion ended, in the words of experience.md §3 and §4. */
export function verdictOf(input: VerdictInput): Message {
  const { call, session, report } = input;
  const told: Told = {
    ...input,
    style: call.output.style,
    name: session.nameOf(report.request.environment),
    commands: new Commands(sameLadder(call), call.shell.isTerminal),
    to: destinationOf(report),
    from: originOf(report),
    took: spellSeconds(input.seconds),
  };
  return messageOf(report.ending, told);
}

function messageOf(ending: Ending, told: Told): Message {
  switch (ending.kind) {
    case "done":
      return doneMessage(told);
    case "already":
      return alreadyMessage(ending, told);
    case "overtaken":
      return {
        verdict: "Done",
        text: `${told.name} runs a newer release that contains ${spellSha(told.style, told.to)}. Nothing was changed.`,
      };
    case "refused":
      return refusedMessage(told);
    case "busy":
      return busyMessage(ending, told);
    case "reverted":
      return revertedMessage(ending, told);
    case "partial":
      return partialMessage(ending, told);
    case "lost":
      return lostMessage(ending, told);
    case "open":
      return openMessage(ending, told);
  }
}

function doneMessage(told: Told): Message {
  const { report, name, commands, took, to, from } = told;
  const env = report.request.environment;
  const finished = report.resumes === null ? "" : ` This finished epoch ${report.resumes}.`;
  if (report.request.only === "web") {
    const text = `${name} serves the pages of ${sha(told, to)} with the services of ${sha(told, report.plan?.release?.sha ?? null)}, and is held.`;
    return { verdict: `Done in ${took}`, text, next: wayAfterHold(env, commands) };
  }
  if (report.request.action === "rollback") {
    const text = `${name} runs ${sha(told, to)} again and is held: automation will not move it.${finished}`;
    return { verdict: `Done in ${took}`, text, next: wayAfterHold(env, commands) };
  }
  const back =
    from === null || from === to ? [] : [["Back", `${commands.rollback(env)}     to ${sha(told, from)}`] as const];
  return {
    verdict: `Done in ${took}`,
    text: `${name} runs ${sha(told, to)} since ${spellTime(told.style, report.endedAt)}.${finished}`,
    notes: [
      ...(told.url === null ? [] : [["", told.url] as const]),
      ...back,
      ...(told.ahead === null ? [] : [["Ahead", told.ahead] as const]),
    ],
  };
}

function alreadyMessage({ verdict }: Extract<Ending, { kind: "already" }>, told: Told): Message {
  const counted = (part: string, one: string, many?: string) => {
    const number = verdict.checks.filter((check) => check.part === part).length;
    return number === 0 ? [] : [count(number, one, many)];
  };
  const looked = [...counted("service", "service"), ...counted("entry", "entry", "entries")];
  const checked = looked.length === 0 ? "" : ` (${looked.join(" and ")} checked)`;
  const again = told.report.request.action === "rollback" ? "runs" : "already runs";
  return {
    verdict: `Done in ${told.took}`,
    text: `${told.name} ${again} ${sha(told, told.to)}${checked}. Nothing was changed.`,
  };
}

function refusedMessage(told: Told): Message {
  const { report, session, style, commands, to, nearest } = told;
  const { request, facts } = report;
  const reasons = report.decision?.reasons ?? [];
  const now = facts?.now ?? report.endedAt;
  const ladder = session.policy.policy.environments.map((environment) => environment.name);
  const below = ladder[ladder.indexOf(request.environment) - 1] ?? null;
  const unfinished = facts?.standing.unfinished ?? null;
  const open = unfinished && {
    forward: unfinished.plan.release?.sha ?? null,
    back: unfinished.baseline.release?.sha ?? null,
    action: unfinished.request.action,
  };
  const isUnknown = report.exit === exitCodes.unknown;
  const earliest = report.decision ? spellEarliest(report.decision, style, now) : null;
  const again = isUnknown ? [commands.again(request)] : [];
  return {
    verdict: isUnknown ? "Unknown" : "Refused",
    text: `${refusedWords(told)} ${countReasons(reasons)}. Nothing was changed.`,
    blocks: reasonBlocks(reasons, style, now),
    notes: [...(earliest === null ? [] : [["Earliest", earliest] as const]), ...nearestNote(told)],
    next: [
      ...again,
      ...(nearest === null ? [] : [rollbackTo(told, nearest.sha)]),
      ...nextAfterRefusal(request, to, reasons, below, open, commands, isCommitHere(facts)),
    ].slice(0, 3),
  };
}

function nearestNote({ nearest, name, style }: Told): readonly (readonly [string, string])[] {
  if (nearest === null) return [];
  const until = nearest.until === null ? "" : ` to ${spellTime(style, nearest.until)}`;
  return [["Nearest", `${spellSha(style, nearest.sha)}, ran in ${name} ${spellTime(style, nearest.from)}${until}`]];
}

const rollbackTo = ({ commands, report: { request } }: Told, sha: Sha): string => commands.again({ ...request, sha });

/** A commit that the repository does not know is on no branch and off none. */
const isCommitHere = (facts: Told["report"]["facts"]): boolean =>
  facts?.relation?.status === "known" && facts.relation.value.onBranch !== null;

function refusedWords(told: Told): string {
  const { report, name, to } = told;
  const reasons = report.decision?.reasons ?? [];
  if (report.exit === exitCodes.unknown) {
    return `it could not be told whether ${name} may ${report.request.action === "rollback" ? "go back" : `run ${sha(told, to)}`}.`;
  }
  if (report.request.action === "promote") return `${sha(told, to)} may not enter ${name} now.`;
  if (reasons.every((reason) => reason.code === "schema-incompatible"))
    return `${sha(told, to)} cannot run on the schema of ${name}.`;
  return to === null ? `${name} has nothing to go back to.` : `${name} may not go back to ${sha(told, to)}.`;
}

function busyMessage({ look }: Extract<Ending, { kind: "busy" }>, told: Told): Message {
  const now = Date.parse(look.beatAt) + look.ageMilliseconds;
  const held = spellAge((now - Date.parse(look.since)) / 1000);
  const epoch = look.epoch === null ? "" : `epoch ${look.epoch}, `;
  const free = spellAge(Math.ceil(look.freeWithinMilliseconds / 1000));
  const blocks: readonly Block[] = [
    { label: "doing", fact: `${look.doing || "starting"}, for ${held}` },
    {
      label: "lease",
      fact: `${epoch}heartbeat ${spellAge(look.ageMilliseconds / 1000)} ago; if its holder dies it is free within ${free}`,
      evidence: look.runUrl === null ? [] : [look.runUrl],
    },
  ];
  return {
    verdict: "Busy",
    text: `${look.by.name} is changing ${told.name}. Nothing was changed.`,
    blocks,
    next: [`${told.commands.again(told.report.request)} --wait 10m`],
  };
}
