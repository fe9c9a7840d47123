import { describe, expect, test } from "vitest";
import { ask, asTable, context } from "../../../test/ask-rule.ts";
import {
  anApproval,
  anUnfinished,
  aPlan,
  aStanding,
  ci,
  digestOf,
  hubot,
  instantOf,
  octocat,
} from "../../../test/builders.ts";
import { known } from "../../promotion/facts.ts";
import { approval } from "./approval.ts";
import { held } from "./held.ts";
import { planMoved } from "./plan-moved.ts";

const unread = { status: "unknown", because: "timed out" } as const;
const approvers = { approvals: 1, approvers: ["team:release", "octocat"] };
const twelve = aPlan().hash.slice(7, 19);
const hold = { by: octocat, at: instantOf("2026-11-19T12:00"), reason: "incident 7" };
const unfinished = (fields: Parameters<typeof anUnfinished>[0] = {}) => ({
  standing: aStanding({ unfinished: anUnfinished(fields) }),
});

describe.each(
  asTable([
    [
      approval,
      [
        ["none asked", {}, "not asked"],
        ["nobody", { policy: approvers }, `no approval: 0 of 1 for plan ${twelve}; you ask, so somebody else approves`],
        ["nobody, and nobody asks", { policy: approvers, reading: true }, `no approval: 0 of 1 for plan ${twelve}`],
        [
          "somebody else",
          { policy: { approvals: 1 }, facts: { approvals: known([anApproval()]) } },
          `passed: 1 of 1: hubot, plan ${twelve}`,
        ],
        [
          "the requester",
          { policy: { approvals: 1 }, facts: { approvals: known([anApproval({ actor: octocat })]) } },
          `no approval: 0 of 1 for plan ${twelve}; you ask, so somebody else approves`,
        ],
        [
          "the reader, while nobody asks",
          { policy: approvers, facts: { approvals: known([anApproval({ actor: octocat })]) }, reading: true },
          `passed: 1 of 1: octocat, plan ${twelve}`,
        ],
        [
          "one of two",
          { policy: { approvals: 2 }, facts: { approvals: known([anApproval()]) } },
          `no approval: 1 of 2 for plan ${twelve}; you ask, so somebody else approves`,
        ],
        [
          "of another plan",
          { policy: { approvals: 1 }, facts: { approvals: known([anApproval({ planHash: digestOf("x") })]) } },
          `no approval: 0 of 1 for plan ${twelve}; you ask, so somebody else approves`,
        ],
        [
          "perhaps of the team",
          { policy: approvers, facts: { approvals: known([anApproval()]) } },
          `unknown approval: could not tell whether hubot may approve; 0 of 1 for plan ${twelve}`,
        ],
        [
          "unread",
          { policy: approvers, facts: { approvals: unread } },
          "unknown approval: could not read the approvals of prod: timed out",
        ],
        ["no plan", { policy: approvers, plan: null }, "unknown approval: there is no plan yet that could be approved"],
      ],
    ],
    [
      held,
      [
        ["none", {}, "passed: none"],
        [
          "automation",
          { facts: { hold: known(hold) }, request: { trigger: "automation" } },
          'no held: held by octocat: "incident 7"',
        ],
        [
          "a person",
          { facts: { hold: known(hold) } },
          'passed: held by octocat: "incident 7"; it binds automation only',
        ],
        [
          "unread, automation",
          { facts: { hold: unread }, request: { trigger: "automation" } },
          "unknown held: could not read whether prod is held: timed out",
        ],
        ["unread, a person", { facts: { hold: unread } }, "passed: could not be read; it binds automation only"],
      ],
    ],
    [
      planMoved,
      [
        ["nothing expected", {}, "not asked"],
        ["twelve digits", { request: { expect: twelve } }, `passed: plan ${twelve}, as expected`],
        ["the whole hash", { request: { expect: aPlan().hash } }, `passed: plan ${twelve}, as expected`],
        [
          "another",
          { request: { expect: "0123456789ab" } },
          `no plan-moved: the plan is ${twelve} now, 0123456789ab was expected`,
        ],
        [
          "too short",
          { request: { expect: twelve.slice(0, 11) } },
          `no plan-moved: "${twelve.slice(0, 11)}" names no plan; 12 to 64 hexadecimal digits do`,
        ],
        [
          "the open promotion's first hash",
          {
            request: { expect: "0123456789ab" },
            facts: unfinished({ expected: `sha256:0123456789ab${"0".repeat(52)}` as never }),
          },
          "passed: finishes epoch 18, as expected",
        ],
        [
          "no plan",
          { request: { expect: twelve }, plan: null },
          "unknown plan-moved: there is no plan to compare with the one expected",
        ],
      ],
    ],
  ]),
)("%s", (_, rule, rows) => {
  test.each(rows)("%s", (__, world, answer) => {
    expect(ask(rule, world)).toBe(answer);
  });
});

test("approval says who may, and who is asking", () => {
  expect(approval(context({ policy: approvers }))).toMatchObject({
    evidence: ["may approve: team:release (you are octocat)"],
  });
  expect(approval(context({ policy: approvers, request: { by: ci } }))).toMatchObject({
    evidence: ["may approve: team:release, octocat (you are ci@github)"],
  });
  const approvals = known([anApproval({ actor: hubot, revokedAt: instantOf("2026-11-19T13:00") })]);
  expect(approval(context({ policy: { approvals: 1 }, facts: { approvals } }))).toMatchObject({
    evidence: [
      "may approve: whoever the store lets write approvals (you are octocat)",
      "hubot does not count: revoked",
    ],
  });
});
