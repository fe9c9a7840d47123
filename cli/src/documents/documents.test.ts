import { type Decision, decide, type PromotionReport, type RefusalCode } from "@slipway/pipeline";
import { describe, expect, test } from "vitest";
import * as z from "zod";
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
  aState,
  aTarget,
  found,
  hubot,
  imageOf,
  instantOf,
  octocat,
  refOf,
  serviceOf,
  shas,
  someFacts,
} from "../../../pipeline/test/builders.ts";
import { aLedger, anOpen, anOutcome, aPlanBody, aStep } from "../../../pipeline/test/record-builders.ts";
import { checkLine } from "../../test/check-documents.ts";
import { epochsOf } from "../history/epochs.ts";
import { explainDocument } from "./explain.ts";
import { historyDocument } from "./history.ts";
import { leaseDocument } from "./lease.ts";
import { busyDocument, lockDocument } from "./lock.ts";
import { planDocument } from "./plan.ts";
import { promotionDocument } from "./promotion.ts";
import { publishedDocuments } from "./schemas/published.ts";

const published = new Map(
  Object.entries(publishedDocuments()).map(([kind, schema]) => [kind, z.fromJSONSchema(schema)]),
);
/** By our schema and by the published one, which also takes fields that it does not know. */
function check(document: { readonly kind: string }) {
  const schema = published.get(document.kind);
  expect(schema?.safeParse({ ...document, later: true }).error).toBeUndefined();
  expect(schema?.safeParse({ ...document, version: 2 }).success).toBe(false);
  return checkLine(JSON.stringify(document));
}
const known = <T>(value: T) => ({ status: "known", value }) as const;

interface World {
  readonly facts?: Parameters<typeof someFacts>[0];
  readonly request?: Parameters<typeof aRequest>[0];
  readonly plan?: Parameters<typeof aPlan>[0];
}
/** The one reason of this code; all documents that tell of it are what their schemas say. */
function evidenceOf(code: RefusalCode, { facts, request, plan }: World) {
  const asked = aRequest(request);
  const made = aPlan(plan);
  const decision: Decision = decide({ facts: someFacts(facts), plan: made, request: asked, mode: "new" });
  const { environment: env, action } = asked;
  const document = planDocument({ plan: made, decision, env, action, from: shas.old, to: shas.new });
  check(document);
  const question = { request: asked, look: { plan: made }, from: shas.old, to: shas.new };
  check(explainDocument(question, decision, { at: "2026-11-19T13:16:04.000Z", asOf: false }));
  return document.reasons.find((reason) => reason.code === code)?.evidence;
}

const mark = { by: "hubot", at: instantOf("2026-11-19T12:00"), reason: "slow" };
const held = { by: hubot, at: mark.at, reason: mark.reason };
const rollback = { action: "rollback", sha: shas.older } as const;
const apart = { onBranch: true, commits: [], lost: [{ sha: shas.old, subject: "Page the list" }] } as const;
const partial = anUnfinished({ partial: { failure: null, notBack: ["worker"] } });
const other = "0".repeat(64);
const weekend = {
  kind: "once",
  name: "close",
  from: "2026-11-18T18:00",
  until: "2026-11-20T12:00",
  zone: "UTC",
  line: 24,
} as const;

const refused: readonly {
  readonly code: RefusalCode;
  readonly world: World;
  readonly says: object;
  readonly name?: string;
}[] = [
  { code: "release-missing", world: { facts: { release: known({ status: "missing" }) } }, says: { lines: [] } },
  {
    code: "release-corrupt",
    world: { facts: { release: found(aRelease({ sha: shas.old })) } },
    says: { found: shas.old, required: shas.new },
  },
  {
    code: "release-foreign",
    world: { facts: { release: found(aRelease({ app: "orders" as never })) } },
    says: { found: "orders", required: "chronoledger" },
  },
  { code: "quarantined", world: { facts: { quarantine: known({ ...mark, lifted: null }) } }, says: mark },
  { code: "held", world: { facts: { hold: known(held) }, request: { trigger: "automation" } }, says: mark },
  {
    code: "target-mismatch",
    world: { facts: { target: known(aTarget({ services: {} })) } },
    says: { lacks: [expect.any(String)] },
  },
  {
    code: "image-unavailable",
    world: { facts: { images: { [imageOf(shas.new)]: known(null) } } },
    says: { images: [{ name: "api", digest: imageOf(shas.new) }] },
  },
  {
    code: "web-collision",
    world: { facts: { pool: known({ missing: [], clashing: ["a.js"] }) } },
    says: { paths: ["a.js"] },
  },
  { code: "never-ran", world: { facts: {}, request: rollback }, says: { sha: shas.new } },
  {
    code: "order",
    world: { facts: { below: known({ environment: "staging", standing: aStanding(), disturbed: known(null) }) } },
    says: { env: "staging", epoch: null },
  },
  {
    code: "order",
    name: "drift below",
    world: {
      facts: {
        below: known({
          environment: "staging",
          standing: aStanding({ good: [aGoodRun({ sha: shas.new, epoch: 42 })] }),
          disturbed: known("api runs other bytes"),
        }),
      },
    },
    says: { env: "staging", epoch: 42, disturbed: "api runs other bytes" },
  },
  {
    code: "soak",
    world: { facts: { prod: { soakSeconds: 864_000 } } },
    says: { requiredSeconds: 864_000, observedSeconds: expect.any(Number), epoch: 42, since: expect.any(String) },
  },
  {
    code: "ancestry",
    world: { facts: { relation: known({ ...apart, relation: "diverged" }) } },
    says: { relation: "diverged", runs: shas.old, candidate: shas.new, lost: apart.lost },
  },
  {
    code: "ancestry",
    name: "off the branch",
    world: { facts: { relation: known({ ...apart, relation: "ahead", onBranch: false }) } },
    says: { branch: "main", onBranch: false },
  },
  {
    code: "freeze",
    world: { facts: { prod: { freeze: [weekend] } } },
    says: { freeze: "close", line: 24, until: null },
  },
  {
    code: "approval",
    world: { facts: { prod: { approvals: 2 }, approvals: known([anApproval()]) } },
    says: { approved: 1, required: 2, by: ["hubot"] },
  },
  {
    code: "partial",
    world: {
      facts: { standing: aStanding({ unfinished: partial }), release: found(aRelease({ sha: shas.newest })) },
      request: { sha: shas.newest },
    },
    says: { epoch: 18, releases: [shas.old, shas.new], notBack: ["worker"] },
  },
  {
    code: "interrupted",
    world: {
      facts: { standing: aStanding({ unfinished: anUnfinished() }), release: found(aRelease({ sha: shas.newest })) },
      request: { sha: shas.newest },
    },
    says: { epoch: 18, release: refOf(shas.new) },
  },
  {
    code: "drifted",
    world: { facts: { services: { api: known(aServiceLook({ wanted: "unknown-revision" })) } } },
    says: { drift: [{ part: "service", name: "api", found: expect.any(String) }] },
  },
  {
    code: "drifted",
    name: "not read",
    world: { facts: { services: { api: { status: "unknown", because: "timed out" } } } },
    says: { unread: ["api: timed out"] },
  },
  {
    code: "drops-service",
    world: { plan: { goal: { services: {}, web: null } } },
    says: { services: ["api"], web: true },
  },
  {
    code: "migration-diverged",
    world: { facts: { standing: aStanding({ schema: { applied: [{ name: "9_x", sha256: null }], certain: true } }) } },
    says: { applied: ["9_x"], release: ["20261101000000_first"] },
  },
  {
    code: "schema-incompatible",
    world: {
      facts: { standing: aStanding({ schema: { applied: [], certain: true }, known: [] }) },
      request: { action: "rollback", sha: shas.new },
    },
    says: { runs: shas.old },
  },
  { code: "plan-moved", world: { request: { expect: other } }, says: { plan: aPlan().hash, expected: other } },
];

describe("a reason with what it was told from", () => {
  test.each(refused.map((row) => ({ name: "", ...row })))("$code $name", ({ code, world, says }) => {
    expect(evidenceOf(code, world)).toMatchObject(says);
  });
});

test("a plan with each kind of step", () => {
  const steps = [
    ...aPlan().steps,
    { kind: "retire-service", already: true, service: serviceOf("old") },
    { kind: "switch-web", already: false, from: null, to: null },
  ] as const;
  const decision = decide({ facts: someFacts(), plan: aPlan(), request: aRequest(), mode: "new" });
  const env = aRequest().environment;
  const document = planDocument({ plan: aPlan({ steps }), decision, env, action: "promote", from: null, to: shas.new });
  expect(check(document)).toBe("document");
  expect(new Set(document.steps.map(({ kind }) => kind)).size).toBe(9);
  expect(document).toMatchObject({ decision: "allowed", ask: false, exit: 0 });
  // Nothing classifies migrations yet: a plan does not guess that they expand.
  expect(document.steps.find(({ kind }) => kind === "run-migrations")).toMatchObject({ class: null });
});

const failure = {
  code: "migration-failed",
  step: "run-migrations",
  name: null,
  cause: "23514 is violated by some row",
  where: { file: "migrations/1.sql", line: 5, excerpt: ["alter table x"] },
  log: ["rolled back"],
  logLines: 11,
  requestsServed: null,
} as const;

test("a history, also of what a newer version recorded and of a command under the lease", () => {
  const bodies = [
    anOpen({ command: "infrastructure", request: null }),
    anOutcome("done"),
    anOpen(),
    aPlanBody({ overridden: [{ code: "weather" as RefusalCode, reason: "urgent" }] }),
    aStep({ report: { status: "failed", changed: true, summary: "failed", failure, notOurs: false }, log: "logs/1" }),
    anOutcome("reverted", { failure, reasons: [{ code: "order", message: "no" }] }),
    anOpen(),
  ];
  const document = historyDocument({ policy: aPolicy() }, epochsOf(aLedger(bodies)));
  expect(check(document)).toBe("document");
  expect(document.epochs.map(({ outcome }) => outcome)).toEqual(["unknown", "failed", "done"]);
  expect(document.epochs[1]?.failure?.where).toEqual({ ...failure.where, path: null });
});

const look = {
  state: "held",
  nonce: "0f",
  by: octocat,
  host: "laptop",
  runUrl: null,
  process: { pid: 1, startedAt: "1" } as never,
  epoch: null,
  doing: "looks",
  since: mark.at,
  beatAt: mark.at,
  ageMilliseconds: 1400,
  stale: true,
  quietUntil: null,
  freeWithinMilliseconds: 900,
} as const;

test("a lease, wherever it is told of", () => {
  expect(leaseDocument(look)).toMatchObject({ state: "stale", heartbeatSecondsAgo: 1 });
  expect(check(lockDocument("dev", look, { epoch: 3, sha: null }, null))).toBe("document");
  expect(check(lockDocument("dev", null, null, null))).toBe("document");
  expect(check(busyDocument("dev", look))).toBe("document");
});

const report: PromotionReport = {
  request: aRequest(),
  ending: { kind: "done", held: false },
  exit: 0,
  environment: "promoted",
  epoch: 18,
  resumes: null,
  plan: aPlan(),
  decision: null,
  facts: someFacts(),
  failure: null,
  steps: aPlan().steps.map((step, index) => ({
    n: index + 1,
    step,
    back: index === 3,
    report: { status: "done", changed: index % 2 === 0, summary: "so", failure: null, notOurs: false },
    seconds: 0.123,
  })),
  observed: aState(),
  startedAt: instantOf("2026-11-19T13:16:04"),
  endedAt: instantOf("2026-11-19T13:17:04"),
};
const reports: readonly (Partial<PromotionReport> & { readonly name: string; readonly says: object })[] = [
  { name: "done", says: { outcome: "done", from: shas.old, to: shas.new } },
  {
    name: "failed and put back",
    ending: { kind: "reverted", environment: "reverted", because: "failure", held: false },
    environment: "reverted",
    exit: 4,
    failure,
    says: { outcome: "failed", failure: { code: "migration-failed", where: { path: null } } },
  },
  {
    name: "partial",
    ending: { kind: "partial", notBack: ["api"] },
    environment: "partial",
    exit: 6,
    says: {
      parts: [
        { name: "api", matches: false },
        { name: "web", matches: true },
      ],
    },
  },
  {
    name: "busy",
    ending: { kind: "busy", look },
    environment: "unchanged",
    exit: 5,
    epoch: null,
    plan: null,
    facts: null,
    observed: null,
    steps: [],
    says: { outcome: "refused", lease: { by: "octocat" }, parts: [], from: null },
  },
  {
    name: "refused",
    ending: { kind: "refused" },
    environment: "unchanged",
    exit: 3,
    decision: decide({ facts: someFacts({ release: null }), plan: null, request: aRequest(), mode: "new" }),
    says: {
      outcome: "refused",
      reasons: expect.arrayContaining([expect.objectContaining({ code: "release-missing", kind: "unknown" })]),
    },
  },
];

test.each(reports)("a promotion that is $name", ({ name: _, says, ...fields }) => {
  const document = promotionDocument({ ...report, ...fields }, { app: "chronoledger", url: null, next: [] });
  expect(check(document)).toBe("document");
  expect(document).toMatchObject(says);
});
