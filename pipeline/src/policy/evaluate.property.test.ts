import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  aGoodRun,
  anApproval,
  anUnfinished,
  aPlan,
  aPolicy,
  aRelease,
  aRequest,
  aServiceLook,
  aStanding,
  aTarget,
  ci,
  digestOf,
  found,
  hubot,
  imageOf,
  instantOf,
  octocat,
  releaseDigestOf,
  shas,
} from "../../test/builders.ts";
import { type RefusalCode, refusals } from "../codes.ts";
import { type Facts, known, type Observed } from "../promotion/facts.ts";
import { type DecisionInput, decide, exitOf } from "./evaluate.ts";
import type { FreezeWindow } from "./policy.ts";

const aSha = fc.constantFrom(...Object.values(shas));
const aTime = fc
  .integer({ min: Date.parse("2026-10-01Z"), max: Date.parse("2026-12-31Z") })
  .map((at) => instantOf(new Date(at).toISOString()));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Observed<T>> =>
  fc.oneof(
    { weight: 3, arbitrary: value.map((it) => known(it)) },
    { weight: 1, arbitrary: fc.constant({ status: "unknown", because: "timed out" } as const) },
  );
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5 });

const anyRun = fc
  .record({
    sha: aSha,
    digest: aSha.map(releaseDigestOf),
    webSha: orNull(aSha),
    action: fc.constantFrom("promote" as const, "rollback" as const),
    from: aTime,
    until: orNull(aTime),
    leftBy: fc.constantFrom(
      "replaced" as const,
      "rolled-back" as const,
      "disturbed" as const,
      "drifted" as const,
      null,
    ),
  })
  .map((fields) => aGoodRun(fields));
const anyPlan = fc
  .record({ sha: aSha, action: fc.constantFrom("promote" as const, "rollback" as const) })
  .map(({ sha, action }) => aPlan({ to: aRelease({ sha }), action }));
const anyUnfinished = fc
  .record({
    plan: anyPlan,
    at: aTime,
    partial: fc.constantFrom(null, { failure: null, notBack: ["api"] }),
    disturbed: fc.boolean(),
  })
  .map((fields) => anUnfinished(fields));
const anyStanding = fc
  .record({
    good: fc.array(anyRun, { maxLength: 4 }),
    unfinished: orNull(anyUnfinished),
    schema: fc.record({
      applied: fc.array(
        fc.record({
          name: fc.constantFrom("a", "b", "20261101000000_first"),
          sha256: fc.constantFrom(null, digestOf("a")),
        }),
      ),
      certain: fc.boolean(),
    }),
  })
  .map((fields) => aStanding(fields));
const anyRelease = fc.oneof(
  aSha.map((sha) => found(aRelease({ sha }))),
  aSha.map((sha) => found(aRelease({ sha, web: null, migrations: null, services: [] }))),
  fc.constantFrom<Facts["release"]>(
    known({ status: "missing" }),
    known({ status: "retired" }),
    known({ status: "corrupt", because: "x" }),
    { status: "unknown", because: "timed out" },
    null,
  ),
);
const moment = fc.record({ weekday: fc.integer({ min: 1, max: 7 }), minute: fc.integer({ min: 0, max: 1439 }) });
const anyFreeze: fc.Arbitrary<FreezeWindow> = fc.oneof(
  fc.record({
    kind: fc.constant("weekly" as const),
    name: fc.constant("weekend"),
    from: moment,
    until: moment,
    zone: fc.constantFrom("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Mars/Olympus"),
    line: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant("once" as const),
    name: fc.constant("close"),
    from: fc.constantFrom("2026-11-18T18:00", "nonsense"),
    until: fc.constantFrom("2026-11-20T12:00", "2026-10-01T00:00"),
    zone: fc.constantFrom("Europe/Berlin", "UTC"),
    line: fc.constant(24),
  }),
);
const codes = fc.subarray(Object.keys(refusals) as RefusalCode[]);
const anyPolicy = fc
  .record({
    ancestry: fc.constantFrom("forward" as const, "any" as const),
    supersede: fc.boolean(),
    soakSeconds: fc.constantFrom(0, 60, 86_400 * 30),
    approvals: fc.integer({ min: 0, max: 3 }),
    approvers: fc.constantFrom(null, ["hubot"], ["team:x"]),
    freeze: fc.array(anyFreeze, { maxLength: 2 }),
    override: codes,
    waive: codes,
  })
  .map((prod) => aPolicy({ prod }));
const look = fc.constantFrom(
  aServiceLook(),
  aServiceLook({ wanted: null, tasks: [] }),
  aServiceLook({ wanted: "unknown-revision" }),
);
const commits = orNull(
  fc.array(
    aSha.map((sha) => ({ sha, subject: "x" })),
    { maxLength: 7 },
  ),
);
const relation = fc.constantFrom(
  "same" as const,
  "ahead" as const,
  "behind" as const,
  "diverged" as const,
  "unknown" as const,
);
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  now: aTime,
  policy: anyPolicy,
  target: maybe(fc.constantFrom(null, aTarget(), aTarget({ services: {}, web: null, migrations: null }))),
  standing: anyStanding,
  below: maybe(
    orNull(
      fc.record({
        environment: fc.constant("staging"),
        standing: anyStanding,
        disturbed: maybe(orNull(fc.constant("drift"))),
      }),
    ),
  ),
  sha: orNull(aSha),
  release: anyRelease,
  running: anyRelease,
  before: anyRelease,
  services: maybe(look).map((api) => ({ api })),
  web: orNull(maybe(fc.constant({ web: null, epoch: 0, etag: "" }))),
  pool: orNull(maybe(fc.record({ missing: fc.constant([]), clashing: fc.constantFrom<string[]>([], ["a.js"]) }))),
  images: maybe(fc.constantFrom(null, { pullable: true, because: null })).map((image) => ({
    [imageOf(shas.new)]: image,
  })),
  relation: orNull(maybe(fc.record({ relation, onBranch: orNull(fc.boolean()), commits, lost: commits }))),
  quarantine: maybe(
    orNull(
      fc.record({
        reason: fc.string(),
        by: fc.string(),
        at: aTime,
        lifted: orNull(fc.record({ by: fc.string(), at: aTime })),
      }),
    ),
  ),
  hold: maybe(orNull(fc.record({ by: fc.constant(octocat), at: aTime, reason: fc.string() }))),
  approvals: maybe(
    fc.array(
      fc
        .record({ actor: fc.constantFrom(octocat, hubot, ci), at: aTime, expiresAt: aTime })
        .map((fields) => anApproval(fields)),
      { maxLength: 4 },
    ),
  ),
  gate: maybe(
    fc.constantFrom({ status: "not-asked" as const }, { status: "breaks" as const, what: "x", evidence: [] }),
  ),
  ours: fc.constant([]),
});
const anyInput: fc.Arbitrary<DecisionInput> = fc.record({
  facts: anyFacts,
  plan: orNull(anyPlan),
  request: fc
    .record({
      action: fc.constantFrom("promote" as const, "rollback" as const),
      sha: aSha,
      only: fc.constantFrom(null, null, "web" as const),
      trigger: fc.constantFrom("person" as const, "automation" as const),
      overrides: codes,
      reason: orNull(fc.constant("fire")),
      expect: orNull(fc.constantFrom(aPlan().hash, "0123", "")),
    })
    .map((fields) => aRequest(fields)),
  mode: fc.constantFrom("new" as const, "resume" as const),
  reading: fc.boolean(),
});
const codesOf = (input: DecisionInput) => decide(input).reasons.map((reason) => reason.code);

describe("decide, on anything", () => {
  test("is total and deterministic, and what it says holds together", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const decision = decide(input);
        expect(decide(structuredClone(input))).toEqual(decision);
        expect(decision.allowed).toBe(decision.reasons.length === 0);
        expect(decision.answers.filter((answer) => answer.status === "refused").map((answer) => answer.reason)).toEqual(
          decision.reasons,
        );
        expect(decision.clearsAt).toBe(decision.earliest?.at ?? null);
        const noes = decision.reasons.filter((reason) => reason.kind === "no");
        if (exitOf(decision) === 7) expect(noes).toEqual([]);
        if (exitOf(decision) === 3) expect(noes).not.toEqual([]);
        if (input.plan === null) expect(decision.allowed).toBe(false);
      }),
      { numRuns: 400 },
    );
  }, 30_000);

  test("overrides nothing that is not on the closed list, allowed here and given a reason", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const policy = input.facts.policy.policy.environments.find((one) => one.name === input.request.environment);
        for (const { code } of decide(input).overridden) {
          expect(
            refusals[code].overridable && policy?.override.includes(code) && input.request.overrides.includes(code),
          ).toBe(true);
          expect(input.request.reason).not.toBeNull();
        }
      }),
      { numRuns: 200 },
    );
  }, 30_000);

  test("never lets a freeze, an approval or a soak refuse a rollback or the finishing of a promotion", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const back: DecisionInput = { ...input, request: { ...input.request, action: "rollback" } };
        for (const free of [back, { ...input, mode: "resume" as const }]) {
          expect(
            codesOf(free).filter((code) => ["freeze", "approval", "soak", "order", "held"].includes(code)),
          ).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  }, 30_000);

  test("does not care in which order approvals are listed", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        if (input.facts.approvals.status === "unknown") return;
        const turned = { ...input.facts, approvals: known(input.facts.approvals.value.toReversed()) };
        expect(codesOf({ ...input, facts: turned })).toEqual(codesOf(input));
        expect(decide({ ...input, facts: turned }).approvedBy).toEqual(decide(input).approvedBy);
      }),
      { numRuns: 200 },
    );
  }, 30_000);

  test("answers a lookup that failed with an unknown, never with a no", () => {
    const failed = { status: "unknown", because: "timed out" } as const;
    const reads = [
      "target",
      "below",
      "release",
      "web",
      "pool",
      "relation",
      "quarantine",
      "hold",
      "approvals",
      "gate",
    ] as const;
    fc.assert(
      fc.property(anyInput, fc.constantFrom(...reads), (input, read) => {
        // Null is a read that was not made, so it cannot have failed either.
        fc.pre(input.facts[read] !== null);
        const without = decide({ ...input, facts: { ...input.facts, [read]: failed } });
        const before = new Set(
          decide(input)
            .reasons.filter(({ kind }) => kind === "no")
            .map(({ code }) => code),
        );
        const noes = without.reasons.filter(({ kind }) => kind === "no").map(({ code }) => code);
        // A release that is not read leaves only its name to judge by.
        const added = noes.filter((code) => !before.has(code) && !(read === "release" && byName.has(code)));
        expect(added).toEqual([]);
      }),
      { numRuns: 400 },
    );
  }, 30_000);
});

const byName: ReadonlySet<RefusalCode> = new Set([
  "never-ran",
  "partial",
  "interrupted",
  "drops-service",
  "drifted",
  "order",
  "soak",
]);
