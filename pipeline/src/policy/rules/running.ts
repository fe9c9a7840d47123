import type { Rule } from "./rule.ts";
import { notAsked, passed, unknown } from "./rule.ts";

/** What runs can be read. Never a no: whatever runs, some command leads on. */
export const running: Rule = ({ facts, request }) => {
  const services = request.only === "web" ? [] : Object.entries(facts.services);
  const unread = services.flatMap(([name, look]) => (look.status === "unknown" ? [`${name}: ${look.because}`] : []));
  if (facts.web?.status === "unknown") unread.push(`web: ${facts.web.because}`);
  if (unread.length > 0) {
    return unknown("drifted", `could not read what runs in ${request.environment}`, {
      evidence: unread,
      data: { unread },
    });
  }
  return services.length === 0 && facts.web === null ? notAsked : passed("what runs could be read");
};
