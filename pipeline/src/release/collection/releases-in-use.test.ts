import { describe, expect, test } from "vitest";
import {
  aGoodRun,
  anUnfinished,
  aPlan,
  aRelease,
  aStanding,
  aState,
  instantOf,
  nothingLive,
  refOf,
  shaOf,
} from "../../../test/builders.ts";
import type { Sha } from "../../identifiers.ts";
import type { GoodRun } from "../../ledger/records.ts";
import { isPinOver, releasesInUse } from "./releases-in-use.ts";

const sha = (name: string): Sha => shaOf(name.repeat(4));
const stateOf = (name: string) => aState(aRelease({ sha: sha(name) }));

/** Newest first; a star: somebody fled from it. The first one runs. */
const ran = (...names: readonly string[]): readonly GoodRun[] =>
  names.map((name, at) =>
    aGoodRun({
      sha: sha(name.slice(0, 1)),
      webSha: sha(name.slice(0, 1)),
      state: stateOf(name.slice(0, 1)),
      until: at === 0 ? null : instantOf("2026-11-02T00:00"),
      leftBy: at === 0 ? null : name.endsWith("*") ? "rolled-back" : "replaced",
    }),
  );
const kept = (good: readonly GoodRun[], window: number, quarantined: readonly string[] = []): readonly string[] => {
  const inUse = releasesInUse(aStanding({ good }), window, new Set(quarantined.map(sha)));
  return [..."abcdef"].filter((name) => inUse.has(sha(name)));
};

describe("releases that an environment may need", () => {
  test("what runs, and as many others as the window names", () => {
    expect(kept(ran("a", "b", "c", "d"), 2)).toEqual(["a", "b", "c"]);
    expect(kept(ran("a", "b"), 10)).toEqual(["a", "b"]);
    expect(kept([], 10)).toEqual([]);
  });

  test("what runs counts once, however often it ran", () => {
    expect(kept(ran("a", "b", "a", "b", "a", "c", "d"), 2)).toEqual(["a", "b", "c"]);
  });

  test("releases that nobody would go back to are kept beside those that count", () => {
    expect(kept(ran("a", "b*", "c", "d", "e"), 2)).toEqual(["a", "b", "c", "d"]);
    expect(kept(ran("a", "b", "c", "d", "e"), 2, ["b"])).toEqual(["a", "b", "c", "d"]);
  });

  test("pages that run beside services of another release are kept too, and count for nothing", () => {
    const [runs, ...earlier] = ran("a", "b", "c", "d");
    const mixed = aGoodRun({ ...runs, webSha: sha("f"), state: { ...stateOf("a"), web: stateOf("f").web } });
    expect(kept([mixed, ...earlier], 1)).toEqual(["a", "b", "f"]);
  });

  test("an unfinished promotion keeps where it came from, where it leads and what it may have left", () => {
    const plan = aPlan({
      release: refOf(sha("b")),
      webRelease: refOf(sha("c")),
      before: nothingLive,
      goal: nothingLive,
    });
    const unfinished = anUnfinished({
      plan,
      baseline: { release: refOf(sha("d")), webRelease: null, state: nothingLive },
      left: [stateOf("e")],
    });
    const inUse = releasesInUse(aStanding({ good: ran("a"), unfinished }), 1, new Set());
    expect([..."abcdef"].filter((name) => inUse.has(sha(name)))).toEqual(["a", "b", "c", "d", "e"]);
  });
});

describe("a pin may go", () => {
  test("once its epoch is settled, and not while a migration of it may run", () => {
    expect(isPinOver(aStanding({ settled: 6 }), 7)).toBe(false);
    expect(isPinOver(aStanding({ settled: 7 }), 7)).toBe(true);
    const openMigration = { epoch: 7, attempt: 1, key: "k" };
    expect(isPinOver(aStanding({ settled: 9, openMigration }), 7)).toBe(false);
    expect(isPinOver(aStanding({ settled: 9, openMigration }), 8)).toBe(false);
    expect(isPinOver(aStanding({ settled: 9, openMigration }), 6)).toBe(true);
  });
});
