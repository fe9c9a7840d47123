import { no, notAsked, passed, type Rule, releaseOf } from "./rule.ts";

/** What runs now and the release lacks is dropped only where the release's `retired` names it. */
export const dropsService: Rule = ({ facts, plan, request }) => {
  if (!plan) return notAsked;
  const { before, goal } = plan;
  const dropped = Object.keys(before.services).filter((name) => before.services[name] && !goal.services[name]);
  const retired = new Set<string>(releaseOf(facts.release)?.manifest.retired ?? []);
  const unnamed = dropped.filter((name) => !retired.has(name));
  const web = before.web !== null && goal.web === null;
  const parts = [...unnamed.map((name) => `service ${name}`), ...(web ? ["the web"] : [])];
  if (parts.length > 0) {
    return no("drops-service", `${request.environment} runs ${parts.join(" and ")}, which the release lacks`, {
      evidence: unnamed.length > 0 ? [`retired names ${[...retired].join(", ") || "nothing"}`] : [],
      data: { services: unnamed, web },
    });
  }
  return dropped.length === 0 ? notAsked : passed(`drops ${dropped.join(", ")}, which retired names`);
};
