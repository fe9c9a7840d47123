import { expect, test } from "vitest";
import type { GoodRun, PromotionRequest } from "../../src/ledger/records.ts";
import { decide } from "../../src/policy/evaluate.ts";
import type { EnvironmentPolicy, Quarantine } from "../../src/policy/policy.ts";
import type { Approval } from "../../src/ports.ts";
import { type Facts, known, type RelationFact, type ReleaseLook } from "../../src/promotion/facts.ts";
import {
  aGoodRun,
  anApproval,
  aPlan,
  aRequest,
  aStanding,
  instantOf,
  octocat,
  refOf,
  releaseDigestOf,
  shas,
  someFacts,
} from "../builders.ts";
import { countCases } from "./count-cases.ts";
import { type HostileCase, readCases } from "./hostile-case.ts";

countCases("policy-bypass", "ways past policy");

/** What somebody arranged in order to enter prod; all else is as it has to be. */
interface Bypass extends HostileCase {
  readonly prod?: Partial<EnvironmentPolicy>;
  readonly below?: readonly Partial<GoodRun>[];
  readonly disturbed?: string;
  readonly approvals?: readonly Partial<Approval>[];
  readonly request?: Partial<PromotionRequest>;
  readonly quarantine?: Quarantine;
  readonly hold?: NonNullable<Extract<Facts["hold"], { status: "known" }>["value"]>;
  readonly relation?: RelationFact;
  readonly release?: ReleaseLook;
}

const stay: Partial<GoodRun> = {
  sha: shas.new,
  digest: releaseDigestOf(shas.new),
  epoch: 42,
  by: octocat,
  from: instantOf("2026-11-17T10:04:04"),
};

function factsOf({ prod, below, disturbed, approvals, quarantine, hold, relation, release }: Bypass): Facts {
  const good = (below ?? [{}]).map((fields) => aGoodRun({ ...stay, ...fields }));
  return someFacts({
    ...(prod ? { prod } : {}),
    below: known({ environment: "staging", standing: aStanding({ good }), disturbed: known(disturbed ?? null) }),
    approvals: known((approvals ?? []).map((fields) => anApproval(fields))),
    quarantine: known(quarantine ?? null),
    hold: known(hold ?? null),
    ...(relation ? { relation: known(relation) } : {}),
    ...(release ? { release: known(release) } : {}),
  });
}

const plan = aPlan();
const cases = readCases<Bypass>(new URL("cases/policy.json", import.meta.url));

test("without any of it the release may enter, also where it has to be approved and to have soaked", () => {
  const facts = factsOf({ name: "", code: "", prod: { approvals: 1, soakSeconds: 86_400 }, approvals: [{}] });
  expect(decide({ facts, plan, request: aRequest(), mode: "new" })).toMatchObject({ allowed: true, reasons: [] });
  expect(plan.release).toEqual(refOf(shas.new));
});

test.for(cases)("$name: refused with $code", (bypass) => {
  const decision = decide({ facts: factsOf(bypass), plan, request: aRequest(bypass.request ?? {}), mode: "new" });
  expect(decision.allowed).toBe(false);
  expect(decision.reasons.map((reason) => reason.code)).toContain(bypass.code);
  expect(decision.overridden).toEqual([]);
});
