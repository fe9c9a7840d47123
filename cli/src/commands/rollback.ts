import {
  chooseRollback,
  type EnvironmentName,
  type ExitCode,
  exitCodes,
  listQuarantined,
  type PromotionRequest,
  runningOf,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { type Look, lookAtRequest } from "../promotion/look.ts";
import { checkRequestText, requestOf, requireFlags } from "../promotion/request.ts";
import { runPromotion } from "../promotion/run-promotion.ts";
import { checkShaText, resolveSha } from "../session/resolve-sha.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { ask } from "../terminal/ask.ts";
import { commandLine } from "../terminal/command-line.ts";
import { spellAge } from "../terminal/durations.ts";
import { quoteSubject } from "../terminal/escape.ts";
import { spellSha, textColumns } from "../terminal/style.ts";
import { offset, spellNearTime } from "../terminal/times.ts";
import { wrap } from "../terminal/wrap.ts";

/** Goes back to the last good release, or to the one that is named. */
export async function run(call: Call): Promise<ExitCode> {
  requireFlags(call, "env");
  checkShaText(call, "to");
  checkEnvironmentText(call.args.values.env);
  checkRequestText(call);
  const isNamed = call.args.values.to !== undefined;
  const isSure = isNamed || call.args.switches.has("yes");
  if (!isSure && (!call.shell.canAsk || !call.output.isText)) {
    throw new UserError({
      code: "usage",
      message: "promote rollback needs --yes or --to where nobody can answer. Nothing was changed.",
      next: [`${commandLine(call)} --yes`],
    });
  }
  const session = await openSession(call);
  const environment = environmentOf(call, session);
  const sha = await resolveSha(call, session, "to");
  const request = requestOf(call, session, { action: "rollback", environment, sha });
  if (!isSure && !(await confirm(call, session, request))) return notDone(call, session, environment);
  return runPromotion(call, session, request);
}

/** One question; Enter means yes. What cannot be done is not asked about: its refusal says why. */
async function confirm(call: Call, session: Session, request: PromotionRequest): Promise<boolean> {
  const look = await lookAtRequest(session, request);
  const choice = chooseRollback(look.standing, null, request.only, await listQuarantined(session.store));
  if (choice.status === "already" || choice.status === "nowhere" || choice.status === "never-ran") return true;
  const target = choice.status === "to" ? choice.run.sha : (choice.unfinished.baseline.release?.sha ?? null);
  const { style } = call.output;
  call.output.say(...describe(call, session, look, target).flatMap((line) => wrap(line, textColumns(style), 2)));
  return ask(
    call.shell,
    `Roll back ${request.only === "web" ? "the pages alone of " : ""}${session.nameOf(request.environment)} to ${spellSha(style, target)}? [Y/n] `,
    true,
  );
}

function describe(call: Call, session: Session, look: Look, target: string | null): readonly string[] {
  const { style } = call.output;
  const { standing, facts, request } = look;
  const runs = runningOf(standing);
  const name = session.nameOf(request.environment);
  const now = facts.now;
  const good = standing.good.find((run) => run.sha === target && run.until !== null);
  const ran = good?.until
    ? `, ran ${spellAge((Date.parse(good.until) - Date.parse(good.from)) / 1000)}, ${good.leftBy ?? "replaced"}`
    : "";
  const open = standing.unfinished ? ` Epoch ${standing.unfinished.epoch} is open.` : "";
  const lost = facts.relation?.status === "known" ? (facts.relation.value.lost ?? []) : [];
  return [
    runs
      ? `${name} runs ${spellSha(style, runs.sha)} since ${spellNearTime(style, runs.from, now)}${style.isTerminal ? ` ${offset(new Date(runs.from))}` : ""}.${open} Last good: ${spellSha(style, target)}${ran}.`
      : `${name} runs nothing yet.${open}`,
    ...(lost.length > 0
      ? [
          `  leaves   ${lost
            .slice(-3)
            .map(({ sha, subject }) => `${spellSha(style, sha)} ${quoteSubject(subject)}`)
            .join(", ")}`,
        ]
      : []),
  ];
}

function notDone(call: Call, session: Session, environment: EnvironmentName): ExitCode {
  call.output.verdict({
    verdict: "Interrupted",
    text: `${session.nameOf(environment)} is as before. Nothing was changed.`,
  });
  return exitCodes.interrupted;
}
