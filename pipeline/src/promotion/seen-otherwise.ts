import type { Facts } from "./facts.ts";
import { proves, provesGone } from "./judge-rollout.ts";
import { baselineOf } from "./plan-promotion.ts";
import { sameWeb } from "./plan-steps.ts";

/**
 * Names of services, and `web`, that were looked at before the decision and were not as the last settled state says: of a run that changed
 * nothing it cannot be said that they run it.
 */
export function seenOtherwise({ standing, services, web }: Facts): readonly string[] {
  const { state } = baselineOf(standing);
  const differing = Object.entries(state.services).flatMap(([name, revision]) => {
    const look = services[name];
    if (look?.status !== "known") return [];
    return (revision ? proves(look.value, revision) : provesGone(look.value)) ? [] : [name];
  });
  return web?.status === "known" && !sameWeb(web.value.web, state.web) ? [...differing, "web"] : differing;
}
