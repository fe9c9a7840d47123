import { PortError, type PromotionRequest } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import type { Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { spellTime } from "../terminal/times.ts";
import { lookAtRequest, readingDecision } from "./look.ts";
import { Commands } from "./next.ts";

/** One rung up: the command if it may go now, else when. Null: there is none, or it could not be told. */
export async function spellAhead(call: Call, session: Session, done: PromotionRequest): Promise<string | null> {
  const ladder = session.policy.policy.environments.map((environment) => environment.name);
  const next = ladder[ladder.indexOf(done.environment) + 1];
  if (!next || done.sha === null) return null;
  const request: PromotionRequest = { ...done, environment: next, overrides: [], reason: null, expect: null };
  try {
    const decision = readingDecision(await lookAtRequest(session, request));
    const name = session.nameOf(next);
    if (decision.allowed) return new Commands(sameLadder(call), call.shell.isTerminal).promote(done.sha, next);
    const definite = decision.reasons.filter((reason) => reason.kind === "no");
    const codes = definite.filter((reason) => reason.code !== "approval").map((reason) => reason.code);
    const approvals = definite.some((reason) => reason.code === "approval");
    const { earliest } = decision;
    if (earliest) {
      const at = spellTime(call.output.style, earliest.at);
      return `${name} from ${at} (${codes.join(", ")})${approvals ? ", once approved" : ""}`;
    }
    if (codes.length === 0) return approvals ? `${name}, once approved` : null;
    return `${name}: no, ${codes.join(", ")}`;
  } catch (error) {
    if (error instanceof PortError) return null;
    throw error;
  }
}
