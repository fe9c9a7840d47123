import { describe, expect, test } from "vitest";
import { ask, asTable, context } from "../../../test/ask-rule.ts";
import {
  anUnfinished,
  aPlan,
  aRelease,
  aService,
  aStanding,
  aState,
  digestOf,
  found,
  serviceOf,
  shas,
} from "../../../test/builders.ts";
import { known } from "../../promotion/facts.ts";
import { dropsService } from "./drops-service.ts";
import { interrupted } from "./interrupted.ts";
import { neverRan } from "./never-ran.ts";
import { partial } from "./partial.ts";

const unread = { status: "unknown", because: "timed out" } as const;
const rollback = { action: "rollback", sha: null } as const;
const toNewest = { facts: { release: found(aRelease({ sha: shas.newest })) }, request: { sha: shas.newest } };
const unfinished = (fields: Parameters<typeof anUnfinished>[0] = {}) => ({
  standing: aStanding({ unfinished: anUnfinished(fields) }),
});
const partially = unfinished({ partial: { failure: null, notBack: ["worker"] } });
const twoServices = aState(
  aRelease({ sha: shas.old, services: [aService(), aService({ name: serviceOf("reports") })] }),
);

describe.each(
  asTable([
    [
      partial,
      [
        ["whole", {}, "not asked"],
        ["interrupted only", { facts: unfinished() }, "not asked"],
        ["one of the two", { facts: partially }, "passed: one of the two releases of it"],
        [
          "neither",
          { ...toNewest, facts: { ...toNewest.facts, ...partially } },
          "no partial: prod is partial since epoch 18; 8c41f07 and 1f6ac3d may enter",
        ],
      ],
    ],
    [
      interrupted,
      [
        ["nothing open", {}, "not asked"],
        ["partial is another rule", { facts: partially }, "not asked"],
        ["the same", { facts: unfinished() }, "passed: finishes epoch 18"],
        [
          "another",
          { ...toNewest, facts: { ...toNewest.facts, ...unfinished() } },
          "no interrupted: epoch 18 to 1f6ac3d has a plan and no outcome",
        ],
        [
          "a descendant, where policy lets it",
          {
            ...toNewest,
            policy: { supersede: true },
            facts: { ...toNewest.facts, ...unfinished(), fromUnfinished: known("ahead") },
          },
          "passed: takes the place of epoch 18, whose release it contains",
        ],
        [
          "a descendant by its commits",
          { ...toNewest, policy: { supersede: true }, facts: { ...toNewest.facts, ...unfinished() } },
          "passed: takes the place of epoch 18, whose release it contains",
        ],
        [
          "no descendant",
          {
            ...toNewest,
            policy: { supersede: true },
            facts: { ...toNewest.facts, ...unfinished(), fromUnfinished: known("diverged") },
          },
          "no interrupted: epoch 18 to 1f6ac3d has a plan and no outcome",
        ],
        [
          "perhaps a descendant",
          {
            ...toNewest,
            policy: { supersede: true },
            facts: { ...toNewest.facts, ...unfinished(), fromUnfinished: unread },
          },
          "unknown interrupted: could not tell whether it contains 1f6ac3d, which epoch 18 has under way",
        ],
      ],
    ],
    [
      neverRan,
      [
        ["a promotion", {}, "not asked"],
        [
          "ran here",
          { request: { ...rollback, sha: shas.old }, facts: { release: found(aRelease({ sha: shas.old })) } },
          "passed: ran in prod, epoch 17",
        ],
        [
          "never ran here",
          { request: { ...rollback, sha: shas.new } },
          "no never-ran: 1f6ac3d never ended well in prod",
        ],
        [
          "other bytes",
          {
            request: { ...rollback, sha: shas.old },
            facts: { release: found(aRelease({ sha: shas.old, digest: digestOf("x") })) },
          },
          "no never-ran: 8c41f07 ran here with other bytes",
        ],
        [
          "nowhere to go",
          { request: rollback, facts: { release: null }, plan: null },
          "no never-ran: prod has no other good release to go back to",
        ],
        [
          "back to nothing",
          {
            request: rollback,
            plan: null,
            facts: {
              release: null,
              ...unfinished({ baseline: { release: null, webRelease: null, state: { services: {}, web: null } } }),
            },
          },
          "passed: back to nothing, as before the first one",
        ],
        [
          "bytes that could not be read",
          { request: { ...rollback, sha: shas.old }, facts: { release: unread }, plan: null },
          "passed: ran in prod, epoch 17",
        ],
      ],
    ],
    [
      dropsService,
      [
        ["nothing", {}, "not asked"],
        [
          "a service",
          { plan: aPlan({ before: twoServices }) },
          "no drops-service: prod runs service reports, which the release lacks",
        ],
        [
          "one that retired names",
          {
            plan: aPlan({ before: twoServices }),
            facts: { release: found(aRelease({ retired: [serviceOf("reports")] })) },
          },
          "passed: drops reports, which retired names",
        ],
        [
          "the web",
          { plan: aPlan({ to: aRelease({ web: null }) }) },
          "no drops-service: prod runs the web, which the release lacks",
        ],
        ["no plan", { plan: null }, "not asked"],
      ],
    ],
  ]),
)("%s", (_, rule, rows) => {
  test.each(rows)("%s", (__, world, answer) => {
    expect(ask(rule, world)).toBe(answer);
  });
});

test("an open promotion is told how it is finished and how it is put back", () => {
  expect(interrupted(context({ ...toNewest, facts: { ...toNewest.facts, ...unfinished() } }))).toMatchObject({
    evidence: [
      "of ci@github, since 2026-11-19T13:00:00Z",
      `promote --sha ${shas.new} --env prod`,
      "promote rollback --env prod",
    ],
  });
});
