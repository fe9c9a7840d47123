import { describe, expect, test } from "vitest";
import {
  aGoodRun,
  anApproval,
  anEnvironmentPolicy,
  anUnfinished,
  aPlan,
  aRelease,
  aRequest,
  aService,
  aServiceLook,
  aStanding,
  aState,
  environmentOf,
  found,
  hubot,
  imageOf,
  instantOf,
  octocat,
  serviceOf,
  shas,
  someFacts,
} from "../../test/builders.ts";
import type { RefusalCode } from "../codes.ts";
import type { PromotionRequest } from "../ledger/records.ts";
import { type Facts, known } from "../promotion/facts.ts";
import type { Plan } from "../promotion/plan.ts";
import { type DecisionInput, decide, exitOf, isOvertaken } from "./evaluate.ts";
import type { EnvironmentPolicy, FreezeWindow } from "./policy.ts";

interface World {
  readonly facts?: Partial<Facts>;
  readonly prod?: Partial<EnvironmentPolicy>;
  readonly request?: Partial<PromotionRequest>;
  readonly plan?: Plan | null;
  readonly mode?: DecisionInput["mode"];
  readonly reading?: boolean;
}
const decideOn = ({ facts, prod, request, plan, mode = "new", reading = false }: World) =>
  decide({
    facts: someFacts({ ...facts, ...(prod ? { prod } : {}) }),
    plan: plan === undefined ? aPlan() : plan,
    request: aRequest(request),
    mode,
    reading,
  });
const codesOf = (world: World) => decideOn(world).reasons.map(({ code, kind }) => `${kind} ${code}`);

const unread = { status: "unknown", because: "timed out" } as const;
const quarter: FreezeWindow = {
  kind: "once",
  name: "quarter close",
  from: "2026-11-18T18:00",
  until: "2026-11-20T12:00",
  zone: "Europe/Berlin",
  line: 24,
};
const weekend: FreezeWindow = {
  kind: "weekly",
  name: "weekend",
  from: { weekday: 5, minute: 960 },
  until: { weekday: 1, minute: 480 },
  zone: "Europe/Berlin",
  line: 23,
};
const mark = { reason: "bad", by: "octocat", at: instantOf("2026-11-19T12:00"), lifted: null };
const hold = { by: octocat, at: instantOf("2026-11-19T12:00"), reason: "incident 7" };
const behind = known({ relation: "behind", onBranch: true, commits: [], lost: [] } as const);
const twoServices = aState(
  aRelease({ sha: shas.old, services: [aService(), aService({ name: serviceOf("reports") })] }),
);
const another = anUnfinished({ plan: aPlan({ to: aRelease({ sha: shas.newest }) }) });

test("what is well may enter", () => {
  expect(decideOn({})).toMatchObject({
    allowed: true,
    reasons: [],
    overridden: [],
    waived: [],
    approvedBy: [],
    clearsAt: null,
    earliest: null,
  });
  expect(exitOf(decideOn({}))).toBe(0);
});

/** A promotion that exactly this code refuses; what else passes by it. */
const refusing: readonly (readonly [
  RefusalCode,
  World,
  { readonly kind?: "unknown"; readonly override: boolean; readonly rollback: boolean; readonly resume: boolean },
])[] = [
  [
    "release-missing",
    { facts: { release: known({ status: "missing" }) } },
    { override: false, rollback: true, resume: true },
  ],
  [
    "release-corrupt",
    { facts: { release: known({ status: "corrupt", because: "x" }) } },
    { override: false, rollback: true, resume: true },
  ],
  [
    "release-foreign",
    { facts: { release: found(aRelease({ app: "orders" as never })) } },
    { override: false, rollback: true, resume: true },
  ],
  ["quarantined", { facts: { quarantine: known(mark) } }, { override: false, rollback: true, resume: true }],
  ["target-missing", { facts: { target: known(null) } }, { override: false, rollback: true, resume: true }],
  [
    "image-unavailable",
    { facts: { images: { [imageOf(shas.new)]: known(null) } } },
    { override: false, rollback: true, resume: true },
  ],
  [
    "web-collision",
    { facts: { pool: known({ missing: [], clashing: ["a.js"] }) } },
    { override: false, rollback: false, resume: true },
  ],
  [
    "order",
    { facts: { below: known({ environment: "staging", standing: aStanding(), disturbed: known(null) }) } },
    { override: true, rollback: false, resume: false },
  ],
  ["order", { facts: { below: unread } }, { kind: "unknown", override: true, rollback: false, resume: false }],
  ["soak", { prod: { soakSeconds: 14 * 86_400 } }, { override: true, rollback: false, resume: false }],
  ["ancestry", { facts: { relation: behind } }, { override: true, rollback: false, resume: false }],
  ["freeze", { prod: { freeze: [quarter] } }, { override: true, rollback: false, resume: false }],
  ["approval", { prod: { approvals: 1 } }, { override: true, rollback: false, resume: false }],
  [
    "held",
    { facts: { hold: known(hold) }, request: { trigger: "automation" } },
    { override: false, rollback: false, resume: false },
  ],
  [
    "partial",
    { facts: { standing: aStanding({ unfinished: { ...another, partial: { failure: null, notBack: [] } } }) } },
    { override: true, rollback: false, resume: true },
  ],
  [
    "interrupted",
    { facts: { standing: aStanding({ unfinished: another }) } },
    { override: false, rollback: false, resume: true },
  ],
  [
    "drifted",
    { facts: { services: { api: known(aServiceLook({ wanted: "unknown-revision" })) } } },
    { override: true, rollback: false, resume: false },
  ],
  [
    "drifted",
    { facts: { services: { api: unread } } },
    { kind: "unknown", override: false, rollback: true, resume: true },
  ],
  ["drops-service", { plan: aPlan({ before: twoServices }) }, { override: true, rollback: false, resume: false }],
  [
    "migration-diverged",
    {
      facts: { standing: aStanding({ schema: { applied: [{ name: "zz", sha256: null }], certain: true }, known: [] }) },
    },
    { override: false, rollback: false, resume: true },
  ],
  [
    "migration-breaks",
    { facts: { gate: known({ status: "breaks", what: "x", evidence: [] }) } },
    { override: false, rollback: false, resume: true },
  ],
  ["plan-moved", { request: { expect: "0123456789ab" } }, { override: false, rollback: true, resume: true }],
];

describe.each(refusing)("%s, case %#", (code, world, { kind = "no", override, rollback, resume }) => {
  const has = (other: World) => decideOn(other).reasons.some((reason) => reason.code === code && reason.kind === kind);

  test("refuses a promotion", () => {
    const decision = decideOn(world);
    expect(decision.allowed).toBe(false);
    expect(has(world)).toBe(true);
    expect(exitOf(decision)).toBe(decision.reasons.some((reason) => reason.kind === "no") ? 3 : 7);
  });
  test(override ? "is overridden with a reason, on record" : "cannot be overridden", () => {
    const request = { ...world.request, overrides: [code], reason: "fire" };
    expect(has({ ...world, request })).toBe(!override);
    expect(decideOn({ ...world, request }).overridden).toEqual(override ? [{ code, reason: "fire" }] : []);
    expect(decideOn(world).reasons.find((reason) => reason.code === code)?.overridable).toBe(override);
  });
  test("is not overridden where the environment does not allow it, or without a reason", () => {
    const request = { ...world.request, overrides: [code], reason: "fire" };
    expect(has({ ...world, request, prod: { ...world.prod, override: [] } })).toBe(true);
    expect(has({ ...world, request: { ...request, reason: null } })).toBe(true);
  });
  test(rollback ? "refuses a rollback too" : "is not asked of a rollback", () => {
    const request = { ...world.request, action: "rollback", sha: null } as const;
    expect(has({ ...world, request })).toBe(rollback);
  });
  test(resume ? "is asked again when the promotion is finished" : "does not refuse to finish a promotion", () => {
    expect(has({ ...world, mode: "resume" })).toBe(resume);
  });
});

test("a rollback to what never ran is refused once, and schema-incompatible each time", () => {
  const request = { action: "rollback", sha: shas.new } as const;
  const gate = known({ status: "breaks", what: "2 statements fail", evidence: [] } as const);
  expect(codesOf({ request, facts: { gate } })).toEqual(["no never-ran", "no schema-incompatible"]);
  expect(codesOf({ request, facts: { gate }, mode: "resume" })).toEqual(["no schema-incompatible"]);
});

test("all reasons are given, with the earliest time, once approved", () => {
  const stay = aGoodRun({ sha: shas.new, epoch: 42, from: instantOf("2026-11-19T10:04:04") });
  const decision = decideOn({
    facts: { below: known({ environment: "staging", standing: aStanding({ good: [stay] }), disturbed: known(null) }) },
    prod: { soakSeconds: 86_400, freeze: [weekend, quarter], approvals: 1, approvers: ["team:release", "octocat"] },
  });
  expect(decision.reasons.map(({ code, message }) => [code, message])).toEqual([
    ["soak", "staging has run it for 3 h 12 min, prod asks for 24 h"],
    ["freeze", '"quarter close" until Fri 12:00 Europe/Berlin'],
    ["approval", `0 of 1 for plan ${aPlan().hash.slice(7, 19)}; you ask, so somebody else approves`],
  ]);
  expect(decision.earliest).toEqual({
    at: instantOf("2026-11-20T11:00"),
    until: instantOf("2026-11-20T15:00"),
    freeze: "weekend",
    onceApproved: true,
  });
  expect(decision.clearsAt).toBe(instantOf("2026-11-20T11:00"));
});

test("an overridden freeze does not put off the earliest time", () => {
  const stay = aGoodRun({ sha: shas.new, epoch: 42, from: instantOf("2026-11-19T10:04:04") });
  const decision = decideOn({
    facts: { below: known({ environment: "staging", standing: aStanding({ good: [stay] }), disturbed: known(null) }) },
    prod: { soakSeconds: 86_400, freeze: [quarter] },
    request: { overrides: ["freeze"], reason: "fire" },
  });
  expect(decision.earliest).toMatchObject({ at: instantOf("2026-11-20T10:04:04"), until: null });
});

describe("waiving", () => {
  const prod = { soakSeconds: 14 * 86_400, approvals: 1, freeze: [quarter] };
  test("lets rules of time and people pass, on record", () => {
    const decision = decideOn({ prod: { ...prod, waive: ["soak", "approval", "freeze"] } });
    expect([decision.allowed, decision.waived]).toEqual([true, ["soak", "freeze", "approval"]]);
  });
  test("records nothing where nothing had to be waived", () => {
    expect(decideOn({ prod: { waive: ["soak", "approval", "freeze"] } }).waived).toEqual([]);
  });
  test("waives no other rule, whatever policy says", () => {
    expect(codesOf({ facts: { quarantine: known(mark) }, prod: { waive: ["quarantined"] } })).toEqual([
      "no quarantined",
    ]);
  });
});

describe("approvals", () => {
  const approvals = known([anApproval(), anApproval({ actor: octocat })]);
  test("those that count are on record, the requester's is not", () => {
    expect(decideOn({ prod: { approvals: 1 }, facts: { approvals } })).toMatchObject({
      allowed: true,
      approvedBy: ["hubot"],
    });
  });
  test("while somebody only looks, nobody is the requester", () => {
    expect(decideOn({ prod: { approvals: 2 }, facts: { approvals }, reading: true })).toMatchObject({
      allowed: true,
      approvedBy: [hubot.name, octocat.name],
    });
  });
  test("are not asked for again when a promotion is finished", () => {
    expect(decideOn({ prod: { approvals: 2 }, facts: { approvals }, mode: "resume" })).toMatchObject({
      allowed: true,
      approvedBy: [],
    });
  });
});

test("automation that comes late is overtaken: exit 0, and no person is", () => {
  const late = decideOn({ facts: { relation: behind }, request: { trigger: "automation" } });
  expect([late.allowed, isOvertaken(late), exitOf(late)]).toEqual([false, true, 0]);
  const person = decideOn({ facts: { relation: behind } });
  expect([isOvertaken(person), exitOf(person)]).toEqual([false, 3]);
});

test("one definite no makes exit 3, whatever could not be read", () => {
  const facts = { quarantine: known(mark), below: unread };
  expect(exitOf(decideOn({ facts }))).toBe(3);
  expect(exitOf(decideOn({ facts: { below: unread } }))).toBe(7);
});

test("an environment that policy does not know is refused", () => {
  const decision = decideOn({ request: { environment: environmentOf("moon") } });
  expect(decision.reasons.map((reason) => reason.message)).toEqual(["the policy in the store has no environment moon"]);
});

test("without a plan nothing is allowed", () => {
  expect(codesOf({ plan: null })).toEqual(["unknown release-missing"]);
});

test("each rule that was asked and passed says so", () => {
  const answers = decideOn({}).answers.map((answer) => [answer.rule, answer.status]);
  expect(answers).toContainEqual(["order", "passed"]);
  expect(answers).toContainEqual(["quarantine", "passed"]);
  expect(answers.map(([rule]) => rule)).not.toContain("never-ran");
});

test("the policy that counts is the environment's own", () => {
  const dev = anEnvironmentPolicy({ name: environmentOf("dev") });
  const facts = someFacts({ prod: { freeze: [quarter] } });
  const policy = {
    ...facts.policy,
    policy: { ...facts.policy.policy, environments: [dev, ...facts.policy.policy.environments.slice(2)] },
  };
  const input = { facts: { ...facts, policy }, plan: aPlan(), mode: "new" } as const;
  const asDev = decide({ ...input, request: aRequest({ environment: environmentOf("dev") }) });
  expect(asDev.reasons.map(({ code }) => code)).toEqual(["target-mismatch"]);
  expect(decide({ ...input, request: aRequest() }).reasons.map(({ code }) => code)).toEqual(["freeze"]);
});
