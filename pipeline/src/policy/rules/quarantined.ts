import { quoteInput } from "../../identifiers.ts";
import { spellInstant } from "../spell.ts";
import { no, notAsked, passed, type Rule, unknown } from "./rule.ts";

/** Nobody has marked this release as bad. */
export const quarantined: Rule = ({ facts, request }) => {
  if (facts.release === null && request.action === "rollback") return notAsked;
  if (facts.quarantine.status === "unknown") {
    return unknown("quarantined", `could not read whether it is quarantined: ${facts.quarantine.because}`);
  }
  const mark = facts.quarantine.value;
  if (mark === null) return passed("none");
  if (mark.lifted) return passed(`lifted by ${mark.lifted.by}, ${spellInstant(mark.lifted.at)}`);
  return no("quarantined", `${mark.by} marked it as bad: ${quoteInput(mark.reason)}`, {
    evidence: [`since ${spellInstant(mark.at)}, for every environment`],
    data: { by: mark.by, at: mark.at, reason: mark.reason },
  });
};
