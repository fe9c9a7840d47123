import type { PromotionRequest } from "../src/ledger/records.ts";
import type { EnvironmentPolicy } from "../src/policy/policy.ts";
import type { Rule, RuleContext } from "../src/policy/rules/rule.ts";
import type { Facts } from "../src/promotion/facts.ts";
import type { Plan } from "../src/promotion/plan.ts";
import { anEnvironmentPolicy, aPlan, aRequest, someFacts } from "./builders.ts";

/** What differs from a promotion that may enter. */
export interface World {
  readonly facts?: Partial<Facts>;
  readonly policy?: Partial<EnvironmentPolicy>;
  readonly request?: Partial<PromotionRequest>;
  readonly plan?: Plan | null;
  readonly reading?: boolean;
}
export const context = (world: World): RuleContext => ({
  facts: someFacts(world.facts),
  plan: world.plan === undefined ? aPlan() : world.plan,
  request: aRequest(world.request),
  policy: anEnvironmentPolicy(world.policy),
  reading: world.reading ?? false,
});

/** `passed: …`, `unproven: …`, `no <code>: …`, `unknown <code>: …` or `not asked`. */
export function ask(rule: Rule, world: World): string {
  const verdict = rule(context(world));
  switch (verdict.status) {
    case "not-asked":
      return "not asked";
    case "passed":
    case "unproven":
      return `${verdict.status}: ${verdict.message}`;
    default:
      return `${verdict.status} ${verdict.code}: ${verdict.message}`;
  }
}

type Row = readonly [name: string, world: World, answer: string];
/** Rules with the rows they are asked, named for `describe.each`. */
export const asTable = (rules: readonly (readonly [Rule, readonly Row[]])[]) =>
  rules.map(([rule, rows]) => [rule.name, rule, rows] as const);
