import { toInstant } from "../earliest.ts";
import { clearOf, type FreezeSpan, freezesAt, nextFreeze } from "../freeze.ts";
import { spellWallTime, wallTimeAt } from "../zone.ts";
import { no, notAsked, passed, type Rule, type RuleContext, type RuleVerdict, unknown } from "./rule.ts";

/** Beyond two days a weekday alone does not say which. */
const nearMilliseconds = 48 * 3600 * 1000;

/** No freeze covers this moment, by the store's clock. */
export const freeze: Rule = (context) => {
  if (context.policy.freeze.length === 0) return notAsked;
  try {
    return judge(context);
  } catch (error) {
    // Policy from another build of Slipway may name a zone that this Node does not know.
    if (!(error instanceof RangeError)) throw error;
    return unknown("freeze", `could not tell whether a freeze covers this moment: ${error.message}`);
  }
};

function judge({ facts, policy }: RuleContext): RuleVerdict {
  const now = Date.parse(facts.now);
  const covering = freezesAt(policy.freeze, now).toSorted((a, b) => b.until - a.until);
  const [longest, ...others] = covering;
  if (!longest) {
    const next = nextFreeze(policy.freeze, now);
    return passed(next ? `none until ${spellMoment(next, next.from, now)} ("${next.window.name}")` : "none");
  }
  const clear = clearOf(policy.freeze, now);
  const next = clear === null ? null : nextFreeze(policy.freeze, clear);
  return no("freeze", spellSpan(longest, now), {
    evidence: [
      whereIs(longest, facts.policy.policy.branch),
      ...others.map((span) => `${spellSpan(span, now)}, ${whereIs(span, facts.policy.policy.branch)}`),
    ],
    data: {
      freeze: longest.window.name,
      zone: longest.window.zone,
      file: "slipway.yaml",
      line: longest.window.line,
      until: next && toInstant(next.from),
      untilFreeze: next?.window.name ?? null,
    },
    clearsAt: clear === null ? null : toInstant(clear),
  });
}

const spellSpan = (span: FreezeSpan, now: number): string =>
  `"${span.window.name}" until ${spellMoment(span, span.until, now)}`;

const spellMoment = (span: FreezeSpan, at: number, now: number): string =>
  `${spellWallTime(wallTimeAt(span.window.zone, at), at - now > nearMilliseconds)} ${span.window.zone}`;

const whereIs = ({ window }: FreezeSpan, branch: string): string =>
  `slipway.yaml${window.line === null ? "" : `:${window.line}`} on ${branch}`;
