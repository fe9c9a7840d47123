import { count, type Decision, PortError, type PromotionRequest, type Reason } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import type { Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import type { Style } from "../terminal/style.ts";
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
    return aheadWords(name, decision, call.output.style);
  } catch (error) {
    if (error instanceof PortError) return null;
    throw error;
  }
}

/** Of a decision that does not allow it. Null: what stands in the way could not be told. */
export function aheadWords(
  name: string,
  { reasons, earliest }: Pick<Decision, "reasons" | "earliest">,
  style: Style,
): string | null {
  const definite = reasons.filter(({ kind }) => kind === "no");
  const approval = definite.find(({ code }) => code === "approval") ?? null;
  const others = definite.filter(({ code }) => code !== "approval");
  const approvals = approval && `, with ${approvalsLeft(approval)}`;
  if (earliest)
    return `${name} from ${spellTime(style, earliest.at)} (${others.map(spellWait).join(", ")})${approvals ?? ""}`;
  if (others.length > 0) return `${name}: no, ${others.map(({ code }) => code).join(", ")}`;
  return definite.length === reasons.length && approvals ? `${name}${approvals}` : null;
}

/** What time alone clears: a freeze by its name. */
const spellWait = ({ code, data }: Reason): string =>
  typeof data.freeze === "string" ? `${code} "${data.freeze}"` : code;

/** `1 approval`, or `1 more approval` where somebody has approved already. */
function approvalsLeft({ data: { approved, required } }: Reason): string {
  if (typeof approved !== "number" || typeof required !== "number") return "approval";
  return count(required - approved, approved > 0 ? "more approval" : "approval");
}
