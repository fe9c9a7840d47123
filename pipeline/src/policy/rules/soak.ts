import { toInstant } from "../earliest.ts";
import { longestOf, type Stay, staysOf } from "../occupancy.ts";
import { spellDuration, spellInstant } from "../spell.ts";
import { candidateOf, no, notAsked, passed, type Rule, unknown } from "./rule.ts";

/** The environment below has run exactly these bytes long enough without a gap; its longest stay counts. */
export const soak: Rule = (context) => {
  const { facts, policy } = context;
  const { below, now } = facts;
  const required = policy.soakSeconds;
  if (required === 0) return notAsked;
  const asks = `${policy.name} asks for ${spellDuration(required)}`;
  if (below.status === "unknown") {
    return unknown("soak", `could not read the environment below, ${asks}: ${below.because}`);
  }
  const candidate = candidateOf(context);
  if (below.value === null || !candidate) return notAsked;
  if (candidate.digest === null) return unknown("soak", `could not tell which bytes have to soak, ${asks}`);
  const { environment, standing, disturbed } = below.value;
  // An open promotion ends a stay when it was planned; since when something drifts nobody knows.
  const drifted = disturbed.status === "known" && disturbed.value !== null && standing.unfinished === null;
  const stays = staysOf(standing, candidate.digest, { now, disturbed: drifted });
  const longest = longestOf(stays);
  const data = { env: environment, requiredSeconds: required, observedSeconds: longest?.seconds ?? 0 };
  if (!longest) {
    return no("soak", `${environment} has not run it without a gap, ${asks}`, {
      evidence: drifted ? [`${environment}: ${disturbed.value}`] : [],
      data,
    });
  }
  // What may be disturbed counts for nothing; where it would be too short anyway, that is the answer.
  const certain =
    disturbed.status === "known" ? longest : longestOf(staysOf(standing, candidate.digest, { now, disturbed: true }));
  if (disturbed.status === "unknown" && longest.seconds >= required && (certain?.seconds ?? 0) < required)
    return unknown("soak", `could not tell whether ${environment} still runs it, ${asks}: ${disturbed.because}`);
  if (longest.seconds >= required) return passed(`${spellDuration(longest.seconds)} of ${spellDuration(required)}`);
  const current = stays.find((stay) => stay.until === null) ?? null;
  return no("soak", `${saysHowLong(environment, longest, current)}, ${asks}`, {
    evidence: [evidenceOf(environment, current ?? longest)],
    data: { ...data, epoch: (current ?? longest).epoch, since: (current ?? longest).from },
    // A stay that has ended grows no longer.
    clearsAt: current && toInstant(Date.parse(current.from) + required * 1000),
  });
};

function saysHowLong(environment: string, longest: Stay, current: Stay | null): string {
  return current
    ? `${environment} has run it for ${spellDuration(current.seconds)}`
    : `${environment} ran it for ${spellDuration(longest.seconds)} without a gap`;
}

function evidenceOf(environment: string, stay: Stay): string {
  const until = stay.until === null ? "no gap" : `until ${spellInstant(stay.until)}`;
  return `${environment} epoch ${stay.epoch}, since ${spellInstant(stay.from)}, ${until}`;
}
