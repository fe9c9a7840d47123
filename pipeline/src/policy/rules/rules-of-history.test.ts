import { describe, expect, test } from "vitest";
import { ask, asTable, context } from "../../../test/ask-rule.ts";
import { aRelease, aStanding, digestOf, found } from "../../../test/builders.ts";
import { known } from "../../promotion/facts.ts";
import { migrations } from "./migrations.ts";
import { schema } from "./schema.ts";

const unread = { status: "unknown", because: "timed out" } as const;
const rollback = { action: "rollback", sha: null } as const;
const file = (name: string, text = name) => ({ name, sha256: digestOf(text) });
const releaseWith = (...files: ReturnType<typeof file>[]) => {
  const { migrations: built } = aRelease().manifest;
  return found(aRelease({ migrations: built && { ...built, files } }));
};
const first = file("20261101000000_first");
const applied = (...some: { name: string; sha256: ReturnType<typeof file>["sha256"] | null }[]) =>
  aStanding({ schema: { applied: some, certain: true } });

describe.each(
  asTable([
    [
      migrations,
      [
        [
          "continue",
          { facts: { release: releaseWith(first, file("20261102000000_second")) } },
          "passed: 1 new migration after 1 applied",
        ],
        ["none", { facts: { release: found(aRelease({ migrations: null })), standing: applied() } }, "not asked"],
        ["a rollback", { request: rollback }, "not asked"],
        [
          "uncertain is no trap",
          { facts: { standing: aStanding({ schema: { applied: [first], certain: false } }) } },
          "passed: 0 new migrations after 1 applied (not certain; the runner looks first)",
        ],
        ["dropped, and known here", { facts: { release: releaseWith() } }, "passed: 0 new migrations after 1 applied"],
        [
          "applied, and known to nobody",
          { facts: { standing: applied(first, { name: "20261102000000_stranger", sha256: null }) } },
          "no migration-diverged: 1 migration of 2 applied and 1 in the release do not fit",
        ],
        [
          "edited",
          { facts: { release: releaseWith(file("20261101000000_first", "edited")) } },
          "no migration-diverged: 1 migration of 1 applied and 1 in the release do not fit",
        ],
        [
          "edited, by the hash of a release that ended well",
          {
            facts: {
              release: releaseWith(file(first.name, "edited")),
              standing: applied({ name: first.name, sha256: null }),
            },
          },
          "no migration-diverged: 1 migration of 1 applied and 1 in the release do not fit",
        ],
        [
          "new before applied",
          { facts: { release: releaseWith(file("20261031000000_zeroth"), first) } },
          "no migration-diverged: 1 migration of 1 applied and 2 in the release do not fit",
        ],
      ],
    ],
    [
      schema,
      [
        ["no gate", {}, "unproven: not proven: no migration gate is configured"],
        [
          "fits",
          { facts: { gate: known({ status: "fits", what: "9 releases pass", evidence: [] }) } },
          "passed: 9 releases pass",
        ],
        [
          "breaks going forward",
          { facts: { gate: known({ status: "breaks", what: "2 of 187 statements fail", evidence: [] }) } },
          "no migration-breaks: 2 of 187 statements fail",
        ],
        [
          "breaks going back",
          {
            facts: { gate: known({ status: "breaks", what: "2 of 187 statements fail", evidence: [] }) },
            request: rollback,
          },
          "no schema-incompatible: 2 of 187 statements fail",
        ],
        [
          "back to a release whose migrations another database lacks",
          { facts: { standing: { ...applied(), known: [] } }, request: rollback },
          "no schema-incompatible: 1 migration of the release not applied to this database; a rollback migrates nothing",
        ],
        [
          "back to a release whose migrations another engine lists",
          { facts: { standing: { ...applied(), known: [first] } }, request: rollback },
          "unproven: not proven: no migration gate is configured",
        ],
        [
          "back, while nothing is certain",
          { facts: { standing: aStanding({ schema: { applied: [], certain: false } }) }, request: rollback },
          "unproven: not proven: no migration gate is configured",
        ],
        [
          "unread",
          { facts: { gate: unread } },
          "unknown migration-breaks: could not ask the migration gate: timed out",
        ],
        ["pages alone", { facts: { gate: unread }, request: { ...rollback, only: "web" } }, "not asked"],
      ],
    ],
  ]),
)("%s", (_, rule, rows) => {
  test.each(rows)("%s", (__, world, answer) => {
    expect(ask(rule, world)).toBe(answer);
  });
});

test("each stray migration is named with what is wrong with it", () => {
  const standing = applied(first, { name: "20261102000000_stranger", sha256: null });
  const release = releaseWith(file("20261031000000_zeroth"), file(first.name, "edited"));
  expect(migrations(context({ facts: { standing, release } }))).toMatchObject({
    evidence: [
      "20261102000000_stranger is applied, and no release that ended well here knows it",
      expect.stringMatching(/^20261101000000_first was applied as sha256:\w{12}, the release has sha256:\w{12}$/),
      "20261031000000_zeroth is new and sorts before 20261102000000_stranger, which is applied",
    ],
  });
});
