import { type Distance, distanceOf, type PromotionRequest, runningOf, type Sha, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { checkShaText, resolveSha } from "../session/resolve-sha.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { type Look, lookAtRequest } from "./look.ts";
import { requestOf, requireFlags } from "./request.ts";

export interface Question {
  readonly session: Session;
  readonly request: PromotionRequest;
  readonly look: Look;
  readonly from: Sha | null;
  readonly to: Sha | null;
  readonly distance: Distance;
}

/** What `plan`, `explain` and `approve` look at: a promotion, or with --rollback a way back. @throws UserError */
export async function openQuestion(call: Call): Promise<Question> {
  const isRollback = call.args.switches.has("rollback");
  if (isRollback && call.args.values.sha !== undefined)
    throw new UserError({ code: "usage", message: "--rollback goes with --to, not with --sha. Nothing was changed." });
  if (!isRollback && call.args.values.to !== undefined)
    throw new UserError({ code: "usage", message: "--to goes with --rollback. Nothing was changed." });
  requireFlags(call, ...(isRollback ? ["env"] : ["sha", "env"]));
  const flag = isRollback ? "to" : "sha";
  checkShaText(call, flag);
  checkEnvironmentText(call.args.values.env);
  const session = await openSession(call);
  const environment = environmentOf(call, session);
  const sha = await resolveSha(call, session, flag);
  // `approve --expect` names what is approved; it is no condition of the plan.
  const asked = { action: isRollback ? "rollback" : "promote", environment, sha } as const;
  const request = { ...requestOf(call, session, asked), expect: null };
  return lookAtQuestion(session, request);
}

/** What is known of a request, and what it would do. @throws PortError */
export async function lookAtQuestion(session: Session, request: PromotionRequest): Promise<Question> {
  const look = await lookAtRequest(session, request);
  return {
    session,
    request,
    look,
    from: runningOf(look.standing)?.sha ?? null,
    to: look.plan?.release?.sha ?? request.sha,
    distance: distanceOf(look.facts),
  };
}
