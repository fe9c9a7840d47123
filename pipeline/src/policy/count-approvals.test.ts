import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anApproval,
  anEnvironmentPolicy,
  aPlan,
  digestOf,
  environmentOf,
  hubot,
  instantOf,
  octocat,
} from "../../test/builders.ts";
import type { Approval } from "../ports.ts";
import { countApprovals } from "./count-approvals.ts";

const now = instantOf("2026-11-19T13:16");
const mona = { id: "github-1", name: "mona" };
const count = (
  approvals: readonly Approval[],
  policy = anEnvironmentPolicy(),
  requester: typeof mona | null = octocat,
) => {
  const found = countApprovals(approvals, { hash: aPlan().hash, now, requester, policy });
  return {
    counted: found.counted.map((one) => one.actor.name),
    unclear: found.unclear.map((one) => one.actor.name),
    rejected: found.rejected.map((one) => `${one.approval.actor.name}: ${one.because}`),
  };
};
const nobody = { counted: [], unclear: [], rejected: [] };

describe("countApprovals", () => {
  test.each<[string, readonly Approval[], Partial<ReturnType<typeof count>>]>([
    ["nobody", [], {}],
    ["somebody else", [anApproval()], { counted: ["hubot"] }],
    ["the requester", [anApproval({ actor: octocat })], { rejected: ["octocat: asks for it"] }],
    [
      "the requester under another realm",
      [anApproval({ actor: { id: "sts-9", name: "octocat" } })],
      { rejected: ["octocat: asks for it"] },
    ],
    [
      "the same person twice",
      [anApproval(), anApproval({ at: instantOf("2026-11-19T12:30") })],
      { counted: ["hubot"] },
    ],
    [
      "one person in two realms",
      [anApproval(), anApproval({ actor: { id: "sts-7", name: "hubot" } })],
      { counted: ["hubot"] },
    ],
    ["two people", [anApproval(), anApproval({ actor: mona })], { counted: ["mona", "hubot"] }],
    ["another plan", [anApproval({ planHash: digestOf("other") })], {}],
    [
      "another environment",
      [anApproval({ environment: environmentOf("dev") })],
      { rejected: ["hubot: it is for another environment"] },
    ],
    ["one that expires this moment", [anApproval({ expiresAt: now })], { rejected: ["hubot: expired"] }],
    [
      "one older than policy now allows",
      [anApproval({ at: instantOf("2026-11-18T13:16"), expiresAt: instantOf("2026-12-01T00:00") })],
      { rejected: ["hubot: expired"] },
    ],
    ["a revoked one", [anApproval({ revokedAt: now })], { rejected: ["hubot: revoked"] }],
    [
      "an expired one, renewed",
      [anApproval({ expiresAt: now }), anApproval()],
      { counted: ["hubot"], rejected: ["hubot: expired"] },
    ],
  ])("%s", (_, approvals, expected) => {
    expect(count(approvals)).toEqual({ ...nobody, ...expected });
  });

  test.each<[string, readonly string[], Partial<ReturnType<typeof count>>]>([
    ["listed by name", ["hubot"], { counted: ["hubot"] }],
    ["listed by id", [hubot.id], { counted: ["hubot"] }],
    ["not listed", ["mona"], { rejected: ["hubot: may not approve"] }],
    ["perhaps of a team", ["mona", "team:release"], { unclear: ["hubot"] }],
  ])("an approver who is %s", (_, approvers, expected) => {
    expect(count([anApproval()], anEnvironmentPolicy({ approvers }))).toEqual({ ...nobody, ...expected });
  });

  test("while nobody asks, nobody is excluded", () => {
    expect(count([anApproval({ actor: octocat })], anEnvironmentPolicy(), null)).toEqual({
      ...nobody,
      counted: ["octocat"],
    });
  });

  test("the order in which approvals are listed does not matter", () => {
    const people = fc.constantFrom(
      octocat,
      hubot,
      mona,
      { id: "sts-7", name: "hubot" },
      { id: "github-1", name: "mona-2" },
    );
    const times = fc.constantFrom("2026-11-18T13:00", "2026-11-19T12:16", "2026-11-19T13:00").map(instantOf);
    const approval = fc
      .record({ actor: people, at: times, expiresAt: times, revokedAt: fc.option(times) })
      .map((fields) => anApproval({ ...fields, expiresAt: instantOf("2026-11-20T12:00") }));
    fc.assert(
      fc.property(
        fc.array(approval, { maxLength: 6 }),
        fc.constantFrom(null, ["mona"], ["mona", "team:x"]),
        (some, approvers) => {
          const policy = anEnvironmentPolicy({ approvers });
          const [one, other] = [count(some, policy), count(some.toReversed(), policy)];
          expect(other.counted).toEqual(one.counted);
          expect(other.unclear).toEqual(one.unclear);
          expect(other.rejected.toSorted()).toEqual(one.rejected.toSorted());
          expect(one.counted).not.toContain("octocat");
        },
      ),
    );
  });
});
