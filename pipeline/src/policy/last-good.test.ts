import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  aGoodRun,
  anUnfinished,
  aPlan,
  aRelease,
  aStanding,
  instantOf,
  refOf,
  releaseDigestOf,
  shaOf,
  shas,
} from "../../test/builders.ts";
import type { GoodRun, Standing } from "../ledger/records.ts";
import { releasesInUse } from "../release/collection/releases-in-use.ts";
import { chooseRollback, type RollbackChoice } from "./last-good.ts";

type Move = [sha: GoodRun["sha"], how: "promote" | "rollback" | "web"];

/** The runs that these moves leave, newest first, as the ledger records them. `web`: the pages of that release alone. */
function after(...moves: Move[]): Standing {
  let good: readonly GoodRun[] = [];
  moves.forEach(([sha, how], index) => {
    const at = instantOf(`2026-11-01T${String(index).padStart(2, "0")}:00`);
    const leftBy = how === "promote" ? "replaced" : "rolled-back";
    const runs = good[0];
    const run =
      how === "web" && runs
        ? {
            ...runs,
            webSha: sha,
            webDigest: releaseDigestOf(sha),
            until: null,
            leftBy: null,
            action: "rollback" as const,
          }
        : aGoodRun({ sha, action: how === "rollback" ? "rollback" : "promote" });
    const left = good.map((one) => (one.until === null ? ({ ...one, until: at, leftBy } as const) : one));
    good = [{ ...run, epoch: index + 1, from: at }, ...left];
  });
  return aStanding({ good });
}
const short = (choice: RollbackChoice) => {
  switch (choice.status) {
    case "to":
    case "already":
      return `${choice.status} ${choice.run.sha.slice(0, 7)}`;
    case "finish":
      return `${choice.status} ${choice.how}`;
    default:
      return choice.status;
  }
};
const { older, old, new: fresh, newest } = shas;

describe("a rollback that names no release", () => {
  test.each<[string, Standing, string]>([
    ["nothing ran yet", aStanding({ good: [] }), "nowhere"],
    ["one release only", after([old, "promote"]), "nowhere"],
    ["the one before", after([old, "promote"], [fresh, "promote"]), "to 8c41f07"],
    ["again: already", after([old, "promote"], [fresh, "promote"], [old, "rollback"]), "already 8c41f07"],
    [
      "never one further, whatever is older",
      after([older, "promote"], [old, "promote"], [fresh, "promote"], [old, "rollback"]),
      "already 8c41f07",
    ],
    [
      "not to what people fled from",
      after([old, "promote"], [fresh, "promote"], [old, "rollback"], [newest, "promote"]),
      "to 8c41f07",
    ],
    [
      "to what they fled from once and then kept",
      after([old, "promote"], [fresh, "promote"], [old, "rollback"], [fresh, "promote"], [newest, "promote"]),
      "to 1f6ac3d",
    ],
    ["never to itself", after([old, "promote"], [fresh, "promote"], [fresh, "promote"]), "to 8c41f07"],
    [
      "after a rollback of pages alone: services too",
      after([old, "promote"], [fresh, "promote"], [old, "web"]),
      "to 8c41f07",
    ],
    [
      "after a rollback, and one of its pages",
      after([older, "promote"], [old, "promote"], [fresh, "promote"], [old, "rollback"], [older, "web"]),
      "already 8c41f07",
    ],
  ])("%s", (_, standing, expected) => {
    expect(short(chooseRollback(standing, null, null))).toBe(expected);
  });

  test("leaves out quarantined releases", () => {
    const standing = after([older, "promote"], [old, "promote"], [fresh, "promote"]);
    expect(short(chooseRollback(standing, null, null, new Set([old])))).toBe("to 6fa2d90");
    expect(short(chooseRollback(standing, null, null, new Set([old, older])))).toBe("nowhere");
  });
  test("goes on from a release that was quarantined after a rollback led to it", () => {
    const standing = after([older, "promote"], [old, "promote"], [fresh, "promote"], [old, "rollback"]);
    expect(short(chooseRollback(standing, null, null, new Set([old])))).toBe("to 6fa2d90");
  });

  test("the same command twice is the same, whatever happened before", () => {
    const move = fc.tuple(fc.constantFrom(...Object.values(shas)), fc.constantFrom<Move[1]>("promote", "rollback"));
    fc.assert(
      fc.property(fc.array(move, { maxLength: 8 }), (moves) => {
        const first = chooseRollback(after(...moves), null, null);
        if (first.status !== "to") return;
        const second = chooseRollback(after(...moves, [first.run.sha, "rollback"]), null, null);
        expect(short(second)).toBe(`already ${first.run.sha.slice(0, 7)}`);
      }),
    );
  });
});

describe("pages alone", () => {
  const two = after([old, "promote"], [fresh, "promote"]);
  test.each<[string, Standing, GoodRun["sha"] | null, string]>([
    ["of the one before", two, null, "to 8c41f07"],
    ["again", after([old, "promote"], [fresh, "promote"], [old, "web"]), null, "already 8c41f07"],
    ["of a named one", after([older, "promote"], [old, "promote"], [fresh, "promote"]), older, "to 6fa2d90"],
    ["named and there", after([old, "promote"], [fresh, "promote"], [old, "web"]), old, "already 8c41f07"],
    ["never there", two, newest, "never-ran"],
    ["after a whole rollback", after([old, "promote"], [fresh, "promote"], [old, "rollback"]), null, "already 8c41f07"],
  ])("%s", (_, standing, to, expected) => {
    const choice = chooseRollback(standing, to, "web");
    if (choice.status === "already") expect(choice.run.webSha).toBe(old);
    else expect(short(choice)).toBe(expected);
    expect(choice.status).toBe(expected.split(" ")[0]);
  });

  test("not to a release that has none", () => {
    const bare = aGoodRun({ sha: old, webSha: null, webDigest: null, state: { services: {}, web: null } });
    const left = { ...bare, until: instantOf("2026-11-10T00:00"), leftBy: "replaced" } as const;
    expect(chooseRollback(aStanding({ good: [aGoodRun({ sha: fresh }), left] }), null, "web").status).toBe("nowhere");
  });
});

describe("a rollback that names a release", () => {
  const standing = after([older, "promote"], [old, "promote"], [fresh, "promote"]);
  test.each<[string, GoodRun["sha"], string]>([
    ["ran before", older, "to 6fa2d90"],
    ["runs", fresh, "already 1f6ac3d"],
    ["never ran here", newest, "never-ran"],
  ])("that %s", (_, to, expected) => {
    expect(short(chooseRollback(standing, to, null))).toBe(expected);
  });
  test("may lead to what people fled from", () => {
    const fled = after([old, "promote"], [fresh, "promote"], [old, "rollback"]);
    expect(short(chooseRollback(fled, fresh, null))).toBe("to 1f6ac3d");
  });
});

describe("while a promotion is open", () => {
  const rollback = aPlan({ action: "rollback", to: aRelease({ sha: older }) });
  const open = (fields: Parameters<typeof anUnfinished>[0] = {}) => ({
    ...after([older, "promote"], [old, "promote"]),
    unfinished: anUnfinished(fields),
  });
  const partial = { failure: null, notBack: ["worker"] };
  test.each<[string, Standing, GoodRun["sha"] | null, string]>([
    ["an interrupted promotion is turned", open(), null, "finish turn"],
    [
      "also the first one, back to nothing",
      {
        ...aStanding({ good: [] }),
        unfinished: anUnfinished({ baseline: { release: null, webRelease: null, state: { services: {}, web: null } } }),
      },
      null,
      "finish turn",
    ],
    ["also by the name of what ran before it", open(), old, "finish turn"],
    ["or left for an older one", open(), older, "to 6fa2d90"],
    ["an interrupted rollback is finished", open({ plan: rollback }), null, "finish rollback"],
    ["also by its name", open({ plan: rollback }), older, "finish rollback"],
    ["or turned by the name of what ran before it", open({ plan: rollback }), old, "finish turn"],
    ["a partial promotion goes back to what ran before it", open({ partial }), null, "to 8c41f07"],
    ["also by name", open({ partial }), old, "to 8c41f07"],
    ["a partial rollback goes where it was going", open({ partial, plan: rollback }), null, "to 6fa2d90"],
  ])("%s", (_, standing, to, expected) => {
    expect(short(chooseRollback(standing, to, null))).toBe(expected);
  });
  test("its baseline is what ran by record", () => {
    expect(open().unfinished.baseline.release).toEqual(refOf(old));
  });
});

test("wherever a rollback may lead, again and again, is among the releases that are kept for it", () => {
  const names = ["aaaa", "bbbb", "cccc", "dddd"].map(shaOf);
  const move = fc.tuple(fc.constantFrom(...names), fc.constantFrom("promote" as const, "rollback" as const));
  fc.assert(
    fc.property(fc.array(move, { maxLength: 12 }), fc.subarray(names), (moves, bad) => {
      const standing = after(...moves);
      const choice = chooseRollback(standing, null, null, new Set(bad));
      if (choice.status !== "to") return;
      expect(releasesInUse(standing, 1, new Set(bad))).toContain(choice.run.sha);
    }),
    { numRuns: 2_000 },
  );
});
