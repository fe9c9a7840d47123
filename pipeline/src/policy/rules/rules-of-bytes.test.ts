import { describe, expect, test } from "vitest";
import { ask, asTable, context } from "../../../test/ask-rule.ts";
import {
  aGoodRun,
  aRelease,
  aServiceLook,
  aStanding,
  aTarget,
  digestOf,
  environmentOf,
  found,
  imageOf,
  instantOf,
  releaseDigestOf,
  shas,
} from "../../../test/builders.ts";
import { known } from "../../promotion/facts.ts";
import { drifted } from "./drifted.ts";
import { images } from "./images.ts";
import { quarantined } from "./quarantined.ts";
import { release } from "./release.ts";
import { running } from "./running.ts";
import { target } from "./target.ts";
import { webCollision } from "./web-collision.ts";

const unread = { status: "unknown", because: "timed out" } as const;
const rollback = { action: "rollback", sha: null } as const;
const missing = known({ status: "missing" } as const);

test("drift names a file that was changed", () => {
  const edited = { image: imageOf(shas.old), path: "data/cache.txt" };
  const tasks = [{ id: "1", image: digestOf("x"), health: "healthy", edited }] as const;
  const verdict = drifted(context({ facts: { services: { api: known(aServiceLook({ tasks })) } } }));
  expect(verdict).toMatchObject({
    evidence: [expect.stringMatching(/^api runs sha256:.*: data\/cache.txt is not the image's$/)],
  });
});

describe.each(
  asTable([
    [
      release,
      [
        ["is there", {}, `passed: complete; 1 image and 2 web files of ${releaseDigestOf(shas.new).slice(0, 19)}`],
        [
          "is not there",
          { facts: { release: missing } },
          "no release-missing: the store has no release.json for 1f6ac3d",
        ],
        [
          "was collected",
          { facts: { release: known({ status: "retired" }) } },
          "no release-missing: 1f6ac3d was collected; a collected release never returns",
        ],
        [
          "has a changed byte",
          { facts: { release: known({ status: "corrupt", because: "index.html: other bytes" }) } },
          "no release-corrupt: what is stored is not what was published: index.html: other bytes",
        ],
        [
          "is of another app",
          { facts: { release: found(aRelease({ app: "orders" as never })) } },
          "no release-foreign: the manifest is of orders, this store is of chronoledger",
        ],
        [
          "is named where a rollback leads to it",
          { facts: { release: known({ status: "missing" }) }, request: { ...rollback, sha: null } },
          "no release-missing: the store has no release.json for 1f6ac3d",
        ],
        [
          "names another commit",
          { facts: { release: found(aRelease({ sha: shas.old })) } },
          "no release-corrupt: the manifest of 1f6ac3d names 8c41f07",
        ],
        [
          "ran here with another manifest",
          {
            facts: { standing: aStanding({ good: [aGoodRun({ sha: shas.new, digest: releaseDigestOf(shas.old) })] }) },
          },
          "no release-corrupt: 1f6ac3d ran here with another release.json, which is never written twice",
        ],
        [
          "was not read",
          { facts: { release: unread } },
          "unknown release-missing: could not read the release: timed out",
        ],
        ["was not looked up", { facts: { release: null } }, "unknown release-missing: 1f6ac3d was not looked up"],
        ["back to nothing", { facts: { release: null }, request: rollback }, "not asked"],
      ],
    ],
    [
      quarantined,
      [
        ["no mark", {}, "passed: none"],
        [
          "a mark",
          {
            facts: {
              quarantine: known({
                reason: "loses minutes",
                by: "octocat",
                at: instantOf("2026-11-19T12:00"),
                lifted: null,
              }),
            },
          },
          'no quarantined: octocat marked it as bad: "loses minutes"',
        ],
        [
          "a lifted mark",
          {
            facts: {
              quarantine: known({
                reason: "x",
                by: "octocat",
                at: instantOf("2026-11-19T12:00"),
                lifted: { by: "hubot", at: instantOf("2026-11-19T12:30") },
              }),
            },
          },
          "passed: lifted by hubot, 2026-11-19T12:30:00Z",
        ],
        [
          "unread",
          { facts: { quarantine: unread } },
          "unknown quarantined: could not read whether it is quarantined: timed out",
        ],
      ],
    ],
    [
      target,
      [
        ["has a place for all", {}, "passed: 1 service, web"],
        ["is missing", { facts: { target: known(null) } }, "no target-missing: prod has no target.json"],
        [
          "unread",
          { facts: { target: unread } },
          "unknown target-missing: could not read target.json of prod: timed out",
        ],
        [
          "lacks a service, the web and a place for migrations",
          { facts: { target: known(aTarget({ services: {}, web: null, migrations: null })) } },
          "no target-mismatch: the target of prod has no place for 3 parts",
        ],
        [
          "is of another environment",
          { facts: { target: known(aTarget({ environment: environmentOf("dev") })) } },
          "no target-mismatch: the target of prod has no place for 1 part",
        ],
        [
          "a rollback runs no migrations",
          { facts: { target: known(aTarget({ migrations: null })) }, request: rollback },
          "passed: 1 service, web",
        ],
        [
          "pages alone need no service",
          { facts: { target: known(aTarget({ services: {} })) }, request: { ...rollback, only: "web" } },
          "passed: 0 services, web",
        ],
      ],
    ],
    [
      images,
      [
        ["can be pulled", {}, "passed: 1 image can be pulled"],
        [
          "is not there",
          { facts: { images: { [imageOf(shas.new)]: known(null) } } },
          "no image-unavailable: 1 of 1 image cannot be pulled",
        ],
        [
          "is archived",
          { facts: { images: { [imageOf(shas.new)]: known({ pullable: false, because: "is archived" }) } } },
          "no image-unavailable: 1 of 1 image cannot be pulled",
        ],
        [
          "unread",
          { facts: { images: { [imageOf(shas.new)]: unread } } },
          "unknown image-unavailable: could not look at 1 of 1 image",
        ],
        ["not looked at", { facts: { images: {} } }, "unknown image-unavailable: could not look at 1 of 1 image"],
        ["pages alone", { facts: { images: {} }, request: { ...rollback, only: "web" } }, "not asked"],
        ["no release", { facts: { release: missing } }, "not asked"],
      ],
    ],
    [
      webCollision,
      [
        [
          "no clash",
          { facts: { pool: known({ missing: ["a.js"], clashing: [] }) } },
          "passed: 1 new asset, none under a name in use",
        ],
        [
          "a clash",
          { facts: { pool: known({ missing: [], clashing: ["a.js", "b.js"] }) } },
          "no web-collision: 2 assets would change bytes under a name in use",
        ],
        [
          "unread",
          { facts: { pool: unread } },
          "unknown web-collision: could not look at the assets of prod: timed out",
        ],
        ["no web", { facts: { release: found(aRelease({ web: null })) } }, "not asked"],
      ],
    ],
    [
      running,
      [
        ["was read", {}, "passed: what runs could be read"],
        [
          "a service was not",
          { facts: { services: { api: unread } } },
          "unknown drifted: could not read what runs in prod",
        ],
        ["the web was not", { facts: { web: unread } }, "unknown drifted: could not read what runs in prod"],
        [
          "pages alone need no service",
          { facts: { services: { api: unread } }, request: { ...rollback, only: "web" } },
          "passed: what runs could be read",
        ],
        ["there is nothing", { facts: { services: {}, web: null } }, "not asked"],
      ],
    ],
    [
      drifted,
      [
        ["as recorded", {}, "passed: every service runs bytes of a release"],
        [
          "another one of ours",
          { facts: { services: { api: known(aServiceLook({ sha: shas.older })) } } },
          "passed: every service runs bytes of a release",
        ],
        [
          "nothing yet",
          { facts: { services: { api: known(aServiceLook({ wanted: null, tasks: [] })) } } },
          "passed: every service runs bytes of a release",
        ],
        [
          "somebody else's revision",
          { facts: { services: { api: known(aServiceLook({ wanted: "unknown-revision" })) } } },
          "no drifted: api of prod runs what no release has",
        ],
        [
          "a task with other bytes",
          {
            facts: {
              services: { api: known(aServiceLook({ tasks: [{ id: "1", image: digestOf("x"), health: "healthy" }] })) },
            },
          },
          "no drifted: api of prod runs what no release has",
        ],
        [
          "the last task of a release that failed",
          {
            facts: {
              services: {
                api: known(aServiceLook({ tasks: [{ id: "1", image: digestOf("x"), health: "draining" }] })),
              },
            },
          },
          "passed: every service runs bytes of a release",
        ],
        ["unread is not drift", { facts: { services: { api: unread } } }, "not asked"],
      ],
    ],
  ]),
)("%s", (_, rule, rows) => {
  test.each(rows)("%s", (__, world, answer) => {
    expect(ask(rule, world)).toBe(answer);
  });
});
