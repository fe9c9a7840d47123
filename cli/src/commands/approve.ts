import {
  approve,
  type Digest,
  type ExitCode,
  exitCodes,
  exitOf,
  judgeWayBack,
  type PromotionRequest,
  RefusalError,
  revokeApproval,
  type Sha,
  shortDigest,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { approvalDocument, revocationDocument } from "../documents/approval.ts";
import { errorDocumentOf } from "../documents/error.ts";
import { readingDecision } from "../promotion/look.ts";
import { openQuestion, type Question } from "../promotion/question.ts";
import { reasonBlocks } from "../promotion/reasons.ts";
import { checkRequestText } from "../promotion/request.ts";
import type { Session } from "../session.ts";
import { ask } from "../terminal/ask.ts";
import { commandLine, sameLadder } from "../terminal/command-line.ts";
import { planLines } from "../terminal/plan-lines.ts";
import { spellSha } from "../terminal/style.ts";
import { spellTime } from "../terminal/times.ts";

/** Approves exactly one plan for one environment, or takes an approval back. */
export async function run(call: Call): Promise<ExitCode> {
  checkRequestText(call);
  const question = await openQuestion(call);
  const { request } = question;
  if (request.sha === null) return exitCodes.usage;
  return call.args.switches.has("revoke") ? revoke(call, question, request.sha) : give(call, question, request.sha);
}

const expected = (call: Call): string | null => call.args.values.expect?.replace(/^sha256:/, "") ?? null;
const hexOf = (digest: string): string => digest.replace(/^sha256:/, "");

async function give(call: Call, question: Question, sha: Sha): Promise<ExitCode> {
  const { session, request, look, from, to, distance } = question;
  const plan = look.plan;
  const decision = readingDecision(look);
  if (!plan) return nothingToApprove(call, question);
  const name = session.nameOf(request.environment);
  refuseOthers(question);
  if (call.output.isText) {
    const now = look.facts.now;
    const wayBack = judgeWayBack(look.facts, plan);
    call.output.say(...planLines({ plan, decision, name, from, to, distance, now, wayBack }, call.output.style));
  }
  const hash = shortDigest(plan.hash);
  const expect = expected(call);
  if (expect !== null && !hexOf(plan.hash).startsWith(expect)) {
    throw new RefusalError({
      code: "plan-moved",
      message: `the plan is ${hash} now, ${expect.slice(0, 12)} was expected. Nothing was changed.`,
      next: [`promote plan --sha ${sha} --env ${request.environment}${sameLadder(call)}`],
    });
  }
  if (expect === null && !(await confirmed(call, name, hash))) {
    call.output.verdict({ verdict: "Interrupted", text: "nothing was approved. Nothing was changed." });
    return exitCodes.interrupted;
  }
  const policy = policyOf(session, request);
  const subject = { environment: request.environment, sha, planHash: plan.hash, actor: session.actor };
  const { status, approval } = await approve(session.store, subject, policy.approvalExpirySeconds);
  call.output.document(approvalDocument(status, approval));
  const until = spellTime(call.output.style, approval.expiresAt);
  const text =
    status === "approved"
      ? `${session.actor.name} approves plan ${hash} of ${spellSha(call.output.style, sha)} for ${name}, until ${until}.`
      : `${session.actor.name} has approved plan ${hash} for ${name} already, until ${until}. Nothing was changed.`;
  call.output.verdict({
    verdict: status === "approved" ? "Done" : "Same",
    text,
    next: [`promote --sha ${sha} --env ${request.environment} --expect ${hash}${sameLadder(call)}  # by somebody else`],
  });
  return exitCodes.done;
}

/** What an approval is bound to cannot be made: the release is not there, or something could not be read. */
function nothingToApprove(call: Call, { session, request, look, to }: Question): ExitCode {
  const decision = readingDecision(look);
  const exit = exitOf(decision) === exitCodes.unknown ? exitCodes.unknown : exitCodes.refused;
  const isUnknown = exit === exitCodes.unknown;
  const text = `no plan of ${spellSha(call.output.style, to)} for ${session.nameOf(request.environment)} that could be approved. Nothing was changed.`;
  const blocks = reasonBlocks(decision.reasons, call.output.style, look.facts.now);
  call.output.verdict({ verdict: isUnknown ? "Unknown" : "Refused", text, blocks });
  const code = decision.reasons[0]?.code ?? "could-not-tell";
  call.output.document(errorDocumentOf(code, exit, text));
  return exit;
}

const policyOf = (session: Session, request: PromotionRequest) => {
  const policy = session.policy.policy.environments.find(({ name }) => name === request.environment);
  if (policy) return policy;
  throw new UserError({ code: "env-unknown", message: `${request.environment} has no policy. Nothing was changed.` });
};

/** An approval that would never count is no approval. */
function refuseOthers({ session, request }: Question): void {
  const { approvals, approvers } = policyOf(session, request);
  const { id, name } = session.actor;
  if (approvals === 0) {
    throw new UserError({
      code: "usage",
      message: `${request.environment} asks for no approval. Nothing was changed.`,
    });
  }
  const mayBe = approvers === null || approvers.some((one) => one === id || one === name || one.startsWith("team:"));
  if (mayBe) return;
  throw new RefusalError({
    code: "approval",
    message: `${name} is not among those who approve for ${request.environment}. Nothing was changed.`,
    evidence: [`may approve: ${approvers.join(", ")}`],
  });
}

async function confirmed(call: Call, name: string, hash: string): Promise<boolean> {
  if (call.shell.canAsk && call.output.isText)
    return ask(call.shell, `Approve plan ${hash} for ${name}? [y/N] `, false);
  throw new UserError({
    code: "usage",
    message: "promote approve needs --expect where nobody can answer. Nothing was changed.",
    next: [`${commandLine(call)} --expect ${hash}`],
  });
}

async function revoke(call: Call, { session, request }: Question, sha: Sha): Promise<ExitCode> {
  const { environment } = request;
  const expect = expected(call);
  const mine = (await session.approvals.list(environment, sha)).filter(
    ({ actor, planHash }) => actor.id === session.actor.id && (expect === null || hexOf(planHash).startsWith(expect)),
  );
  const hashes: readonly Digest[] = [...new Set(mine.map(({ planHash }) => planHash))];
  const ends = await Promise.all(
    hashes.map((planHash) => revokeApproval(session.store, { environment, sha, planHash, actor: session.actor })),
  );
  const outcome = ends.includes("revoked") ? "revoked" : "none";
  const by = session.actor.name;
  call.output.document(revocationDocument({ env: environment, sha, plan: expect, outcome, by }));
  const name = session.nameOf(environment);
  const text =
    outcome === "revoked"
      ? `${session.actor.name} no longer approves ${spellSha(call.output.style, sha)} for ${name}.`
      : `${session.actor.name} had approved nothing of ${spellSha(call.output.style, sha)} for ${name}. Nothing was changed.`;
  call.output.verdict({ verdict: outcome === "revoked" ? "Done" : "Same", text });
  return exitCodes.done;
}
