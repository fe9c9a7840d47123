import { type ExitCode, exitOf, judgeWayBack } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { planDocument } from "../documents/plan.ts";
import { readingDecision } from "../promotion/look.ts";
import { startIfDown } from "../promotion/next.ts";
import { openQuestion, type Question } from "../promotion/question.ts";
import { countReasons, reasonBlocks } from "../promotion/reasons.ts";
import { readUsualTimes } from "../promotion/usual-times.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { planLines } from "../terminal/plan-lines.ts";
import { spellSha } from "../terminal/style.ts";

/** The steps that a promotion would take, and their hash; nothing is changed. */
export async function run(call: Call): Promise<ExitCode> {
  const question = await openQuestion(call);
  const decision = readingDecision(question.look);
  const { session, request, look, from, to, distance } = question;
  const { style } = call.output;
  const name = session.nameOf(request.environment);
  if (look.plan) {
    const now = look.facts.now;
    const wayBack = judgeWayBack(look.facts, look.plan);
    const { promotionSeconds: usualSeconds } = await readUsualTimes(session, request.environment);
    call.output.table(
      planLines({ plan: look.plan, decision, name, from, to, distance, now, wayBack, usualSeconds }, style),
    );
  }
  if (!decision.allowed) {
    const isUnknown = exitOf(decision) === 7;
    call.output.verdict({
      verdict: isUnknown ? "Unknown" : "Refused",
      text: look.plan
        ? `${countReasons(decision.reasons)}. Nothing was changed.`
        : `no plan for ${spellSha(style, to)} in ${name}. ${countReasons(decision.reasons)}. Nothing was changed.`,
      blocks: reasonBlocks(decision.reasons, style, look.facts.now),
      next: [...startIfDown(decision, sameLadder(call)), explainCommand(call, question)],
    });
  }
  call.output.document(
    planDocument({ plan: look.plan, decision, env: request.environment, action: request.action, from, to }),
  );
  if (call.shell.variables.GITHUB_STEP_SUMMARY) {
    const { summarisePlan } = await import("../github/step-summary.ts");
    await summarisePlan(call, question, decision, look.facts.now);
  }
  return exitOf(decision);
}

function explainCommand(call: Call, { request, to }: Question): string {
  const what =
    request.action === "promote"
      ? `--sha ${to} --env ${request.environment}`
      : `--env ${request.environment} --rollback`;
  return `promote explain ${what}${sameLadder(call)}`;
}
