import { type Ending, exitCodes, type Sha, seenOtherwise } from "@slipway/pipeline";
import type { Message } from "../terminal/message.ts";
import { sha, type Told, wayAfterHold } from "./told.ts";

type EndingOf<Kind extends Ending["kind"]> = Extract<Ending, { kind: Kind }>;

/** Tried; the environment runs what it ran before. */
export function revertedMessage(ending: EndingOf<"reverted">, told: Told): Message {
  const { report, name, from, commands, to } = told;
  const env = report.request.environment;
  const code = report.failure?.code ?? report.decision?.reasons[0]?.code ?? null;
  if (ending.because === "asked") {
    const text = `${name} runs ${sha(told, from)} again and is held: automation will not move it.`;
    return { verdict: `Done in ${told.took}`, text, next: wayAfterHold(env, commands) };
  }
  const next = nextAfterFailure(told, to);
  const otherwise = ending.environment === "unchanged" && report.facts ? seenOtherwise(report.facts) : [];
  if (otherwise.length > 0) return leftOtherwise(ending, told, otherwise, next);
  const runs = from === null ? `${name} runs nothing` : `${name} runs ${sha(told, from)}`;
  if (ending.because === "interrupted") return { verdict: "Interrupted", text: `${runs}, as before.` };
  const suffix = code === null ? "" : ` ${code}`;
  if (ending.environment === "unchanged") {
    return { verdict: "Failed", text: `${runs}; schema, services and web as before.${suffix}`, next };
  }
  return { verdict: "Failed, put back", text: `${runs}, checked after the revert.${suffix}`, next };
}

/** What ran was not what is on record, before this run and after it. */
function leftOtherwise(
  ending: EndingOf<"reverted">,
  told: Told,
  otherwise: readonly string[],
  next: readonly string[],
): Message {
  const { report, name, from, commands } = told;
  const recorded = from === null ? "that nothing runs" : `that ${sha(told, from)} runs`;
  const text = `${name} is as it was, which is not what is recorded, ${recorded}: ${otherwise.join(", ")} looked otherwise.`;
  if (ending.because === "interrupted") return { verdict: "Interrupted", text };
  const code = report.failure?.code;
  const verify = commands.verb(`verify --env ${report.request.environment}`);
  return { verdict: "Failed", text: code === undefined ? text : `${text} ${code}`, next: [...next, verify] };
}

function nextAfterFailure({ report, commands }: Told, to: Sha | null): readonly string[] {
  const { failure, epoch, request } = report;
  const log =
    failure?.step && epoch !== null
      ? [commands.verb(`history --env ${request.environment} --epoch ${epoch} --log ${failure.step}`)]
      : [];
  const changesItself = failure?.code === "digest-mismatch" && failure.step === "roll-service";
  const isOfRelease = failure?.code === "service-unhealthy" || failure?.code === "smoke-failed" || changesItself;
  const quarantine = isOfRelease && to !== null ? [commands.verb(`quarantine --sha ${to} --reason "<text>"`)] : [];
  const help = changesItself ? [commands.verb("help digest-mismatch")] : [];
  return [...help, ...quarantine, ...(failure && failure.logLines > 0 ? log : [])];
}

/** Parts differ; each is named. */
export function partialMessage({ notBack }: EndingOf<"partial">, told: Told): Message {
  const { report, name, from, to, commands } = told;
  const env = report.request.environment;
  const code = report.failure?.code ?? "revert-failed";
  const cause = `not put back: ${report.failure?.cause ?? "unknown"}`;
  const stuck = notBack.map((part) => (part === "switch-web" ? "web" : part));
  const unseen = stuck.filter((part) => !told.parts.some(({ label }) => label === part));
  return {
    verdict: "PARTIAL",
    text: `${name} does not run one release; go back or forward to one below. ${code}`,
    blocks: [
      ...told.parts.map((part) => (stuck.includes(part.label) ? { ...part, evidence: [cause] } : part)),
      ...unseen.map((part) => ({ label: part, fact: cause })),
    ],
    next: [
      ...(from === null ? [] : [`${commands.rollback(env, from)}     # back, or`]),
      ...(to === null ? [] : [`${commands.promote(to, env)}     # forward`]),
    ],
  };
}

/** Another run has taken over, or our lease is gone. */
export function lostMessage({ because }: EndingOf<"lost">, told: Told): Message {
  const { report, name, commands } = told;
  const env = report.request.environment;
  if (report.exit === exitCodes.busy) {
    const text = `${because}; this run stopped changing ${name} and wrote nothing more.`;
    return {
      verdict: "Superseded",
      text,
      next: [commands.verb(`lock --env ${env}`), commands.verb(`status --env ${env}`)],
    };
  }
  const text = `${because}; this run stopped changing ${name}, and its promotion is open. lease-lost`;
  return { verdict: "Unknown", text, next: [commands.again(report.request)] };
}

/** Could not tell: the same command goes on. */
export function openMessage({ because, code }: EndingOf<"open">, told: Told): Message {
  const { report, name, commands } = told;
  const env = report.request.environment;
  const back = report.request.action === "promote" ? [`${commands.rollback(env)}     # back`] : [];
  const forward = `${commands.again(report.request)}${back.length > 0 ? "     # goes on, or" : ""}`;
  const next = [forward, ...back];
  if (code === "interrupted") {
    const text = `stopped after the call that was under way. Epoch ${report.epoch ?? "?"} of ${name} is open. interrupted`;
    return { verdict: "Unknown", text, next };
  }
  if (code === "record-failed") {
    const text = `all of ${name} is done, but its outcome could not be written: ${because}. The same command writes it. record-failed`;
    return { verdict: "Unknown", text, next: [commands.again(report.request)] };
  }
  // Before a lease was held nothing of ours is open, and a rollback would undo what somebody else has done.
  if (report.environment === "unchanged") {
    const text = `${because}. Nothing was begun, and ${name} is as it was. ${code}`;
    return { verdict: "Unknown", text, next: [commands.again(report.request)] };
  }
  const text = `${because}. What ${name} runs could not be told, and its promotion is open. ${code}`;
  return { verdict: "Unknown", text, next };
}
