import { type Digest, type Sha, shortSha } from "../../identifiers.ts";
import type { Standing } from "../../ledger/records.ts";
import { isWhole, newestRunOf } from "../occupancy.ts";
import { spellDigest, spellInstant } from "../spell.ts";
import { candidateOf, no, notAsked, passed, type Rule, unknown } from "./rule.ts";

/**
 * The environment below has run exactly these bytes to a good end, has not been rolled back from them since, and, if it
 * still runs them, is as recorded. Compared by digest: the same SHA with other bytes has proved nothing.
 */
export const order: Rule = (context) => {
  const { below } = context.facts;
  const candidate = candidateOf(context);
  if (below.status === "unknown") return unknown("order", `could not read the environment below: ${below.because}`);
  if (below.value === null) return notAsked;
  if (!candidate) return notAsked;
  const { environment, standing, disturbed } = below.value;
  if (candidate.digest === null) {
    return unknown("order", `could not tell which bytes ${environment} would have to have run`);
  }
  const run = newestRunOf(standing, candidate.digest);
  const data = { env: environment, epoch: run?.epoch ?? null };
  if (!run) {
    return no("order", whyNoRun(environment, standing, { sha: candidate.sha, digest: candidate.digest }), {
      evidence: lastOf(environment, standing),
      data,
    });
  }
  if (run.leftBy === "rolled-back") {
    return no("order", `${environment} ran it and was rolled back from it`, {
      evidence: [`${environment} epoch ${run.epoch}, until ${spellInstant(run.until ?? context.facts.now)}`],
      data,
    });
  }
  // A promotion of another release under way there does not take back that this one ended well.
  const concerns = standing.unfinished === null || standing.unfinished.plan.release?.digest === candidate.digest;
  if (run.until === null && concerns) {
    const left = `as epoch ${run.epoch} left it`;
    if (disturbed.status === "unknown")
      return unknown("order", `could not tell whether ${environment} is ${left}: ${disturbed.because}`);
    if (disturbed.value !== null) {
      return no("order", `${environment} is not ${left}: ${disturbed.value}`, {
        evidence: [`${environment} epoch ${run.epoch}, since ${spellInstant(run.from)}`],
        data: { ...data, disturbed: disturbed.value },
      });
    }
  }
  return passed(`${environment} ran it, epoch ${run.epoch}, done`);
};

function whyNoRun(environment: string, standing: Standing, candidate: { sha: Sha; digest: Digest }): string {
  const { unfinished } = standing;
  if (unfinished?.plan.release?.digest === candidate.digest) {
    return unfinished.partial
      ? `${environment} is partial: epoch ${unfinished.epoch} did not bring it to a good end`
      : `${environment} has no good end of it yet: epoch ${unfinished.epoch} is open`;
  }
  const mixed = standing.good.find((run) => run.digest === candidate.digest && !isWhole(run));
  if (mixed) return `${environment} ran its services only with the pages of ${shortSha(mixed.webSha ?? mixed.sha)}`;
  const other = standing.good.find((run) => run.sha === candidate.sha);
  if (other) {
    return `${environment} ran ${shortSha(other.sha)} as ${spellDigest(other.digest)}, this is ${spellDigest(candidate.digest)}`;
  }
  return `${environment} has not run it to a good end`;
}

function lastOf(environment: string, standing: Standing): readonly string[] {
  const run = standing.good[0];
  if (!run) return [`${environment} has run nothing yet`];
  const verb = run.until === null ? "runs" : "last ran";
  return [`${environment} ${verb} ${shortSha(run.sha)}, epoch ${run.epoch}, since ${spellInstant(run.from)}`];
}
