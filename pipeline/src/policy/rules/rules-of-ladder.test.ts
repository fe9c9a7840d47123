import { describe, expect, test } from "vitest";
import { ask, asTable, context } from "../../../test/ask-rule.ts";
import {
  aGoodRun,
  anUnfinished,
  aPlan,
  aRelease,
  aStanding,
  digestOf,
  instantOf,
  releaseDigestOf,
  shas,
} from "../../../test/builders.ts";
import type { Standing } from "../../ledger/records.ts";
import { type Facts, known, type RelationFact } from "../../promotion/facts.ts";
import type { FreezeWindow } from "../policy.ts";
import { ancestry } from "./ancestry.ts";
import { freeze } from "./freeze.ts";
import { order } from "./order.ts";
import { soak } from "./soak.ts";

const unread = { status: "unknown", because: "timed out" } as const;
const staging = (standing: Standing, disturbed: string | null | typeof unread = null): Partial<Facts> => ({
  below: known({
    environment: "staging",
    standing,
    disturbed: disturbed === unread ? unread : known(disturbed as string | null),
  }),
});
const stayed = (from: string, more: Parameters<typeof aGoodRun>[0] = {}) =>
  aGoodRun({ sha: shas.new, epoch: 42, from: instantOf(from), ...more });
const relation = (fields: Partial<RelationFact>): Partial<Facts> => ({
  relation: known({
    relation: "ahead",
    onBranch: true,
    commits: [{ sha: shas.new, subject: "Add project colour" }],
    lost: [{ sha: shas.old, subject: "Page the list" }],
    ...fields,
  }),
});
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

describe.each(
  asTable([
    [
      order,
      [
        ["ran below", {}, "passed: staging ran it, epoch 42, done"],
        ["the first rung", { facts: { below: known(null) } }, "not asked"],
        ["unread", { facts: { below: unread } }, "unknown order: could not read the environment below: timed out"],
        ["never ran below", { facts: staging(aStanding()) }, "no order: staging has not run it to a good end"],
        [
          "below is empty",
          { facts: staging(aStanding({ good: [] })) },
          "no order: staging has not run it to a good end",
        ],
        [
          "other bytes under the same SHA",
          { facts: staging(aStanding({ good: [stayed("2026-11-17T10:00", { digest: digestOf("x") })] })) },
          `no order: staging ran 1f6ac3d as ${digestOf("x").slice(0, 19)}, this is ${releaseDigestOf(shas.new).slice(0, 19)}`,
        ],
        [
          "only with other pages",
          { facts: staging(aStanding({ good: [stayed("2026-11-17T10:00", { webSha: shas.old })] })) },
          "no order: staging ran its services only with the pages of 8c41f07",
        ],
        [
          "is on its way there",
          { facts: staging(aStanding({ unfinished: anUnfinished() })) },
          "no order: staging has no good end of it yet: epoch 18 is open",
        ],
        [
          "left it partial",
          { facts: staging(aStanding({ unfinished: anUnfinished({ partial: { failure: null, notBack: [] } }) })) },
          "no order: staging is partial: epoch 18 did not bring it to a good end",
        ],
        [
          "was fled from",
          {
            facts: staging(
              aStanding({
                good: [stayed("2026-11-17T10:00", { until: instantOf("2026-11-18T10:00"), leftBy: "rolled-back" })],
              }),
            ),
          },
          "no order: staging ran it and was rolled back from it",
        ],
        [
          "was replaced since, and drift of its successor does not matter",
          {
            facts: staging(
              aStanding({
                good: [
                  aGoodRun({ sha: shas.newest, epoch: 43 }),
                  stayed("2026-11-17T10:00", { until: instantOf("2026-11-18T10:00"), leftBy: "replaced" }),
                ],
              }),
              "drift: api runs something",
            ),
          },
          "passed: staging ran it, epoch 42, done",
        ],
        [
          "runs there, and could not be looked at",
          { facts: staging(aStanding({ good: [stayed("2026-11-17T10:00")] }), unread) },
          "unknown order: could not tell whether staging is as epoch 42 left it: timed out",
        ],
        [
          "ran there, and what runs there now could not be looked at",
          {
            facts: staging(
              aStanding({
                good: [
                  aGoodRun({ sha: shas.old, epoch: 43, from: instantOf("2026-11-18T10:00") }),
                  stayed("2026-11-17T10:00", { until: instantOf("2026-11-18T10:00"), leftBy: "replaced" }),
                ],
              }),
              unread,
            ),
          },
          "passed: staging ran it, epoch 42, done",
        ],
        [
          "never ran below, which could not be looked at",
          { facts: staging(aStanding(), unread) },
          "no order: staging has not run it to a good end",
        ],
        [
          "runs there with drift",
          { facts: staging(aStanding({ good: [stayed("2026-11-17T10:00")] }), "drift: api runs c2b8f60") },
          "no order: staging is not as epoch 42 left it: drift: api runs c2b8f60",
        ],
        [
          "runs there while another one is on its way",
          {
            facts: staging(
              aStanding({
                good: [stayed("2026-11-17T10:00")],
                unfinished: anUnfinished({ plan: aPlan({ to: aRelease({ sha: shas.newest }) }) }),
              }),
              "a promotion is open",
            ),
          },
          "passed: staging ran it, epoch 42, done",
        ],
        [
          "runs there and is being put there again",
          {
            facts: staging(
              aStanding({ good: [stayed("2026-11-17T10:00")], unfinished: anUnfinished() }),
              "a promotion is open",
            ),
          },
          "no order: staging is not as epoch 42 left it: a promotion is open",
        ],
        [
          "bytes unknown",
          { facts: { release: unread }, plan: null },
          "unknown order: could not tell which bytes staging would have to have run",
        ],
      ],
    ],
    [
      soak,
      [
        [
          "until a promotion was planned there",
          {
            policy: { soakSeconds: 86_400 },
            facts: staging(
              aStanding({
                good: [stayed("2026-11-19T10:00")],
                unfinished: anUnfinished({ at: instantOf("2026-11-19T12:00") }),
              }),
              "a promotion is open",
            ),
          },
          "no soak: staging ran it for 2 h without a gap, prod asks for 24 h",
        ],
        [
          "long enough, and it could not be looked at",
          { policy: { soakSeconds: 60 }, facts: staging(aStanding({ good: [stayed("2026-11-17T10:00")] }), unread) },
          "unknown soak: could not tell whether staging still runs it, prod asks for 1 min: timed out",
        ],
        [
          "with drift, since nobody knows when",
          { policy: { soakSeconds: 60 }, facts: staging(aStanding({ good: [stayed("2026-11-17T10:00")] }), "drift") },
          "no soak: staging has not run it without a gap, prod asks for 1 min",
        ],
        ["no soak asked", {}, "not asked"],
        [
          "long enough",
          { policy: { soakSeconds: 86_400 }, facts: staging(aStanding({ good: [stayed("2026-11-18T07:50")] })) },
          "passed: 29 h 26 min of 24 h",
        ],
        [
          "not yet",
          { policy: { soakSeconds: 86_400 }, facts: staging(aStanding({ good: [stayed("2026-11-19T10:04:04")] })) },
          "no soak: staging has run it for 3 h 12 min, prod asks for 24 h",
        ],
        [
          "left too early",
          {
            policy: { soakSeconds: 86_400 },
            facts: staging(
              aStanding({
                good: [stayed("2026-11-18T10:00", { until: instantOf("2026-11-18T11:00"), leftBy: "replaced" })],
              }),
            ),
          },
          "no soak: staging ran it for 1 h without a gap, prod asks for 24 h",
        ],
        [
          "never ran",
          { policy: { soakSeconds: 60 }, facts: staging(aStanding()) },
          "no soak: staging has not run it without a gap, prod asks for 1 min",
        ],
        [
          "unread",
          { policy: { soakSeconds: 60 }, facts: { below: unread } },
          "unknown soak: could not read the environment below, prod asks for 1 min: timed out",
        ],
        ["the first rung", { policy: { soakSeconds: 60 }, facts: { below: known(null) } }, "not asked"],
      ],
    ],
    [
      ancestry,
      [
        ["ahead", { facts: relation({}) }, "passed: on main, 1 commit ahead"],
        ["the same", { facts: relation({ relation: "same" }) }, "passed: on main, the same commit"],
        [
          "older",
          { facts: relation({ relation: "behind" }) },
          "no ancestry: 1f6ac3d is older than 8c41f07, which prod runs; going back is rollback",
        ],
        [
          "diverged",
          { facts: relation({ relation: "diverged" }) },
          "no ancestry: 1f6ac3d does not contain 8c41f07, which prod runs: 1 commit would be lost",
        ],
        ["off the branch", { facts: relation({ onBranch: false }) }, "no ancestry: 1f6ac3d is not on main"],
        [
          "branch not known",
          { facts: relation({ onBranch: null }) },
          "unknown ancestry: could not tell whether 1f6ac3d is on main",
        ],
        [
          "a commit not known",
          { facts: relation({ relation: "unknown" }) },
          "unknown ancestry: could not compare 1f6ac3d with 8c41f07, which prod runs: a commit is not known here",
        ],
        [
          "unread",
          { facts: { relation: unread } },
          "unknown ancestry: could not compare it with what prod runs: timed out",
        ],
        [
          "not compared",
          { facts: { relation: null } },
          "unknown ancestry: 1f6ac3d was not compared with what prod runs",
        ],
        [
          "nothing runs",
          { facts: { relation: null, standing: aStanding({ good: [] }) } },
          "passed: prod runs nothing to compare with",
        ],
        [
          "policy any",
          { policy: { ancestry: "any" }, facts: relation({ relation: "behind", onBranch: false }) },
          "passed: any commit may enter",
        ],
        [
          "automation that comes late, whatever the policy",
          { policy: { ancestry: "any" }, facts: relation({ relation: "behind" }), request: { trigger: "automation" } },
          "no superseded: 1f6ac3d is overtaken: prod runs 8c41f07, which contains it",
        ],
      ],
    ],
    [
      freeze,
      [
        ["no freeze", {}, "not asked"],
        [
          "a freeze",
          { policy: { freeze: [weekend, quarter] } },
          'no freeze: "quarter close" until Fri 12:00 Europe/Berlin',
        ],
        [
          "beyond two days the date is there",
          { policy: { freeze: [weekend] }, facts: { now: instantOf("2026-11-20T15:30") } },
          'no freeze: "weekend" until Mon 2026-11-23 08:00 Europe/Berlin',
        ],
        ["not yet", { policy: { freeze: [weekend] } }, 'passed: none until Fri 16:00 Europe/Berlin ("weekend")'],
        [
          "over for good",
          { policy: { freeze: [quarter] }, facts: { now: instantOf("2026-11-20T11:00") } },
          "passed: none",
        ],
        [
          "a zone that is none",
          { policy: { freeze: [{ ...quarter, zone: "Mars/Olympus" }] } },
          "unknown freeze: could not tell whether a freeze covers this moment: Invalid time zone specified: Mars/Olympus",
        ],
      ],
    ],
  ]),
)("%s", (_, rule, rows) => {
  test.each(rows)("%s", (__, world, answer) => {
    expect(ask(rule, world)).toBe(answer);
  });
});

test("the evidence of soak is the stay, and it clears when the stay is long enough", () => {
  const facts = staging(aStanding({ good: [stayed("2026-11-19T10:04:04")] }));
  expect(soak(context({ policy: { soakSeconds: 86_400 }, facts }))).toMatchObject({
    evidence: ["staging epoch 42, since 2026-11-19T10:04:04Z, no gap"],
    clearsAt: instantOf("2026-11-20T10:04:04"),
  });
  const left = stayed("2026-11-18T10:00", { until: instantOf("2026-11-18T11:00"), leftBy: "replaced" });
  expect(soak(context({ policy: { soakSeconds: 86_400 }, facts: staging(aStanding({ good: [left] })) }))).toMatchObject(
    {
      evidence: ["staging epoch 42, since 2026-11-18T10:00:00Z, until 2026-11-18T11:00:00Z"],
      clearsAt: null,
    },
  );
});

test("a freeze says where it is written, when it clears and when the next one begins", () => {
  expect(freeze(context({ policy: { freeze: [weekend, quarter] } }))).toMatchObject({
    evidence: ["slipway.yaml:24 on main"],
    clearsAt: instantOf("2026-11-20T11:00"),
    data: { freeze: "quarter close", line: 24, until: instantOf("2026-11-20T15:00"), untilFreeze: "weekend" },
  });
});

test("an older commit is told the command that goes back, a diverged one the commits that would be lost", () => {
  expect(ancestry(context({ facts: relation({ relation: "behind" }) }))).toMatchObject({
    evidence: [`promote rollback --env prod --to ${shas.new}`],
  });
  expect(ancestry(context({ facts: relation({ relation: "diverged" }) }))).toMatchObject({
    evidence: ["8c41f07 Page the list"],
  });
});
