import { quoteInput } from "../../identifiers.ts";
import { spellInstant } from "../spell.ts";
import { no, passed, type Rule, unknown } from "./rule.ts";

/** Automation does not move an environment that somebody holds; a person may, and is told. */
export const held: Rule = ({ facts, request }) => {
  const { hold } = facts;
  if (hold.status === "unknown") {
    if (request.trigger === "person") return passed("could not be read; it binds automation only");
    return unknown("held", `could not read whether ${request.environment} is held: ${hold.because}`);
  }
  if (hold.value === null) return passed("none");
  const { by, at, reason } = hold.value;
  const message = `held by ${by.name}: ${quoteInput(reason)}`;
  if (request.trigger === "person") return passed(`${message}; it binds automation only`);
  return no("held", message, {
    evidence: [`since ${spellInstant(at)}`],
    data: { by: by.name, at, reason },
  });
};
