import { shortSha } from "../../identifiers.ts";
import { candidateOf, no, notAsked, passed, type Rule } from "./rule.ts";

/** A partial environment is entered by one of its own two releases, or by a rollback. */
export const partial: Rule = (context) => {
  const { standing } = context.facts;
  const open = standing.unfinished;
  if (!open?.partial) return notAsked;
  const sha = candidateOf(context)?.sha ?? null;
  const back = open.baseline.release?.sha ?? null;
  const forward = open.plan.release?.sha ?? null;
  if (sha !== null && (sha === back || sha === forward)) return passed("one of the two releases of it");
  const environment = context.request.environment;
  const two = [back, forward].filter((one) => one !== null);
  return no(
    "partial",
    `${environment} is partial since epoch ${open.epoch}; ${two.map(shortSha).join(" and ")} may enter`,
    {
      evidence: [
        ...open.partial.notBack.map((part) => `not put back: ${part}`),
        `promote rollback --env ${environment}${back === null ? "" : ` --to ${back}`}`,
        ...(forward === null ? [] : [`promote --sha ${forward} --env ${environment}`]),
      ],
      data: { epoch: open.epoch, releases: two, notBack: open.partial.notBack },
    },
  );
};
