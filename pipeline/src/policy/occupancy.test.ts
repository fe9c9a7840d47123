import { describe, expect, test } from "vitest";
import { aGoodRun, anUnfinished, aStanding, instantOf, refOf, releaseDigestOf, shas } from "../../test/builders.ts";
import type { GoodRun } from "../ledger/records.ts";
import { longestOf, newestRunOf, staysOf } from "./occupancy.ts";

const now = instantOf("2026-11-19T12:00");
const run = (sha: GoodRun["sha"], from: string, until: string | null, more: Partial<GoodRun> = {}) =>
  aGoodRun({
    sha,
    from: instantOf(from),
    until: until === null ? null : instantOf(until),
    leftBy: until === null ? null : "replaced",
    ...more,
  });
const hoursOf = (good: readonly GoodRun[], more: Partial<Parameters<typeof aStanding>[0]> = {}, disturbed = false) =>
  staysOf(aStanding({ good, ...more }), releaseDigestOf(shas.new), { now, disturbed }).map(
    (stay) => stay.seconds / 3600,
  );

describe("staysOf", () => {
  test.each<[string, readonly GoodRun[], readonly number[]]>([
    ["never ran", [run(shas.old, "2026-11-18T12:00", null)], []],
    ["runs", [run(shas.new, "2026-11-19T09:00", null)], [3]],
    ["ran", [run(shas.old, "2026-11-18T12:00", null), run(shas.new, "2026-11-16T12:00", "2026-11-18T12:00")], [48]],
    [
      "came back: two stays, not their sum",
      [
        run(shas.new, "2026-11-19T10:00", null),
        run(shas.old, "2026-11-18T12:00", "2026-11-19T10:00"),
        run(shas.new, "2026-11-18T02:00", "2026-11-18T12:00"),
      ],
      [2, 10],
    ],
    [
      "promoted again without a gap: one stay",
      [run(shas.new, "2026-11-19T10:00", null), run(shas.new, "2026-11-19T02:00", "2026-11-19T10:00")],
      [10],
    ],
    [
      "disturbed in between: two stays",
      [
        run(shas.new, "2026-11-19T10:00", null),
        run(shas.new, "2026-11-19T02:00", "2026-11-19T10:00", { leftBy: "disturbed" }),
      ],
      [2, 8],
    ],
    [
      "found not to be there any more: it counts for nothing",
      [
        run(shas.new, "2026-11-19T10:00", null),
        run(shas.new, "2026-11-19T02:00", "2026-11-19T10:00", { leftBy: "drifted" }),
        run(shas.new, "2026-11-18T22:00", "2026-11-19T02:00"),
      ],
      [2, 4],
    ],
    [
      "with the pages of another release it is not this release",
      [
        run(shas.new, "2026-11-19T10:00", null, { webSha: shas.old, webDigest: releaseDigestOf(shas.old) }),
        run(shas.new, "2026-11-19T02:00", "2026-11-19T10:00", { leftBy: "rolled-back" }),
      ],
      [8],
    ],
    [
      "other bytes under the same SHA",
      [run(shas.new, "2026-11-19T09:00", null, { digest: releaseDigestOf(shas.old) })],
      [],
    ],
  ])("%s", (_, good, hours) => {
    expect(hoursOf(good)).toEqual(hours);
  });

  const good = [run(shas.new, "2026-11-19T02:00", null)];
  test("a promotion under way ends what can be vouched for", () => {
    const unfinished = anUnfinished({ at: instantOf("2026-11-19T08:00"), disturbed: true });
    expect(hoursOf(good, { unfinished })).toEqual([6]);
  });
  test("one that changes nothing visible does not", () => {
    const unfinished = anUnfinished({ at: instantOf("2026-11-19T08:00"), disturbed: false });
    expect(hoursOf(good, { unfinished })).toEqual([10]);
  });
  test("one that found it gone leaves nothing of the stay", () => {
    const unfinished = anUnfinished({ at: instantOf("2026-11-19T08:00"), disturbed: true, drifted: true });
    expect(hoursOf(good, { unfinished })).toEqual([]);
  });
  test("a stay that is disturbed now counts for nothing, an earlier one does", () => {
    const earlier = run(shas.new, "2026-11-10T00:00", "2026-11-11T00:00");
    const other = run(shas.old, "2026-11-11T00:00", "2026-11-19T02:00");
    expect(hoursOf([...good, other, earlier], {}, true)).toEqual([24]);
  });
  test("a clock that was set back makes no negative stay", () => {
    expect(hoursOf([run(shas.new, "2026-11-19T13:00", null)])).toEqual([0]);
  });
});

test("the longest stay wins, the newer of equals", () => {
  const stay = (epoch: number, seconds: number) => ({ from: now, until: null, epoch, seconds });
  expect(longestOf([])).toBeNull();
  expect(longestOf([stay(3, 5), stay(2, 9), stay(1, 9)])?.epoch).toBe(2);
});

test("the newest run of a release is one that was whole", () => {
  const mixed = run(shas.new, "2026-11-19T10:00", null, { epoch: 9, webSha: shas.old });
  const whole = run(shas.new, "2026-11-19T02:00", "2026-11-19T10:00", { epoch: 8 });
  expect(newestRunOf(aStanding({ good: [mixed, whole] }), refOf(shas.new).digest)?.epoch).toBe(8);
});
