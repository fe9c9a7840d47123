import type { ExitCode } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { checkRequestText, requestOf, requireFlags } from "../promotion/request.ts";
import { runPromotion } from "../promotion/run-promotion.ts";
import { checkShaText, resolveSha } from "../session/resolve-sha.ts";
import { checkEnvironmentText, environmentOf, openSession } from "../session.ts";

/** The main verb: move a release into an environment. */
export async function run(call: Call): Promise<ExitCode> {
  requireFlags(call, "sha", "env");
  checkShaText(call, "sha");
  checkEnvironmentText(call.args.values.env);
  checkRequestText(call);
  const session = await openSession(call);
  const environment = environmentOf(call, session);
  const sha = await resolveSha(call, session, "sha");
  return runPromotion(call, session, requestOf(call, session, { action: "promote", environment, sha }));
}
