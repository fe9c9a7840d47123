import { shortSha } from "../../identifiers.ts";
import { spellDigest } from "../spell.ts";
import { candidateOf, no, notAsked, passed, type Rule } from "./rule.ts";

/** A rollback leads to bytes that ended well here before. Back to nothing is the way of a first promotion that failed. */
export const neverRan: Rule = (context) => {
  const { facts, request } = context;
  if (request.action !== "rollback") return notAsked;
  const { good, unfinished } = facts.standing;
  const candidate = candidateOf(context);
  if (!candidate) {
    // One was chosen, and could not be read: the rule of releases says so, and it is no "there is none".
    if (facts.release !== null) return notAsked;
    if (unfinished && unfinished.baseline.release === null) return passed("back to nothing, as before the first one");
    return no("never-ran", `${request.environment} has no other good release to go back to`);
  }
  const short = shortSha(candidate.sha);
  const ofPages = request.only === "web";
  const runs = good.filter((run) => run.sha === candidate.sha || (ofPages && run.webSha === candidate.sha));
  const run = runs.find((one) => one.digest === candidate.digest || (ofPages && one.webDigest === candidate.digest));
  if (run) return passed(`ran in ${request.environment}, epoch ${run.epoch}`);
  const other = runs[0];
  // Bytes that could not be read are another rule's no; the name alone is known here.
  if (other && candidate.digest === null) return passed(`ran in ${request.environment}, epoch ${other.epoch}`);
  return no(
    "never-ran",
    other ? `${short} ran here with other bytes` : `${short} never ended well in ${request.environment}`,
    {
      evidence: other ? [`epoch ${other.epoch} ran ${spellDigest(other.digest)}`] : [],
      data: { sha: candidate.sha },
    },
  );
};
