import { count } from "../spell.ts";
import { no, notAsked, passed, type Rule, releaseOf, unknown } from "./rule.ts";

const shown = 5;

/** No asset would change its bytes under a name that open tabs already have. */
export const webCollision: Rule = ({ facts, request }) => {
  const release = releaseOf(facts.release);
  if (!release?.manifest.web || facts.pool === null) return notAsked;
  if (facts.pool.status === "unknown") {
    return unknown("web-collision", `could not look at the assets of ${request.environment}: ${facts.pool.because}`);
  }
  const { clashing, missing } = facts.pool.value;
  if (clashing.length === 0) return passed(`${count(missing.length, "new asset")}, none under a name in use`);
  const rest = clashing.length - shown;
  return no("web-collision", `${count(clashing.length, "asset")} would change bytes under a name in use`, {
    evidence: [...clashing.slice(0, shown), ...(rest > 0 ? [`and ${rest} more`] : [])],
    data: { paths: clashing },
  });
};
