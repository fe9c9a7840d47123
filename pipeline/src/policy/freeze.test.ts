import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clearOf, freezesAt, freezesBetween, nextFreeze } from "./freeze.ts";
import type { FreezeWindow } from "./policy.ts";
import { wallTimeAt } from "./zone.ts";

const weekly = (from: [number, number], until: [number, number], zone = "Europe/Berlin"): FreezeWindow => ({
  kind: "weekly",
  name: "weekend",
  from: { weekday: from[0], minute: from[1] },
  until: { weekday: until[0], minute: until[1] },
  zone,
  line: 23,
});
const once = (from: string, until: string, zone = "Europe/Berlin"): FreezeWindow => ({
  kind: "once",
  name: "quarter close",
  from,
  until,
  zone,
  line: 24,
});
/** Fri 16:00 to Mon 08:00. */
const weekend = weekly([5, 960], [1, 480]);
const quarter = once("2026-11-18T18:00", "2026-11-20T12:00");
const at = (text: string) => Date.parse(`${text}Z`);
const utc = (moment: number | null) => (moment === null ? null : new Date(moment).toISOString().slice(0, 16));

describe("freezesAt", () => {
  test.each([
    ["before the week's end", weekend, "2026-11-20T14:59", false],
    ["from its first minute", weekend, "2026-11-20T15:00", true],
    ["over the turn of the week", weekend, "2026-11-22T23:30", true],
    ["to its last minute", weekend, "2026-11-23T06:59", true],
    ["and no longer", weekend, "2026-11-23T07:00", false],
    ["in summer an hour earlier by UTC", weekend, "2026-07-17T14:00", true],
    ["a date, before", quarter, "2026-11-18T16:59", false],
    ["a date, within", quarter, "2026-11-18T17:00", true],
    ["a date, after", quarter, "2026-11-20T11:00", false],
    ["from spring's missing hour on", once("2026-03-29T02:30", "2026-03-29T04:00"), "2026-03-29T01:00", true],
    ["until the repeated hour is over", once("2026-10-25T01:00", "2026-10-25T02:30"), "2026-10-25T01:29", true],
    ["and not longer than that", once("2026-10-25T01:00", "2026-10-25T02:30"), "2026-10-25T01:30", false],
  ])("%s", (_, window, moment, covered) => {
    expect(freezesAt([window], at(moment)).length > 0).toBe(covered);
  });
});

describe("clearOf", () => {
  test.each([
    ["nothing covers it", [weekend], "2026-11-19T13:16", "2026-11-19T13:16"],
    ["one window", [quarter, weekend], "2026-11-19T13:16", "2026-11-20T11:00"],
    [
      "through windows that overlap",
      [once("2026-11-19T00:00", "2026-11-20T17:00"), weekend],
      "2026-11-19T13:16",
      "2026-11-23T07:00",
    ],
    [
      "through windows that touch",
      [once("2026-11-19T00:00", "2026-11-20T16:00"), weekend],
      "2026-11-19T13:16",
      "2026-11-23T07:00",
    ],
    ["across the change to winter time", [weekend], "2026-10-24T12:00", "2026-10-26T07:00"],
    ["two halves of a week never clear", [weekly([1, 0], [4, 0]), weekly([4, 0], [1, 0])], "2026-11-19T13:16", null],
  ])("%s", (_, windows, moment, clear) => {
    expect(utc(clearOf(windows, at(moment)))).toBe(clear);
  });
});

test("the next freeze is the one that begins first", () => {
  const next = nextFreeze([weekend, once("2026-12-24T00:00", "2026-12-27T00:00")], at("2026-11-20T11:00"));
  expect([next?.window.name, utc(next?.from ?? null)]).toEqual(["weekend", "2026-11-20T15:00"]);
});
test("what has begun is not next, and what is over never is", () => {
  expect(nextFreeze([quarter], at("2026-11-19T13:16"))).toBeNull();
});
test("a zone that nobody knows is a RangeError", () => {
  expect(() => freezesAt([once("2026-11-18T18:00", "2026-11-20T12:00", "Mars/Olympus")], 0)).toThrow(RangeError);
});

describe("over changes of the clock", () => {
  const zones = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"];
  const aMoment = fc
    .integer({ min: Date.parse("2024-01-01Z") / 60_000, max: Date.parse("2030-01-01Z") / 60_000 })
    .map((minutes) => minutes * 60_000);
  const end = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 1439 }));
  const aWindow = fc
    .tuple(end, end, fc.constantFrom(...zones))
    .filter(([from, until]) => from[0] !== until[0] || from[1] !== until[1])
    .map(([from, until, zone]) => weekly(from, until, zone));

  /** The week's minute that the wall clock shows. */
  const weekMinute = (zone: string, moment: number) => {
    const wall = wallTimeAt(zone, moment);
    return ((new Date(wall).getUTCDay() + 6) % 7) * 1440 + Math.floor((wall % 86_400_000) / 60_000);
  };
  const isWithin = (window: Extract<FreezeWindow, { kind: "weekly" }>, minute: number) => {
    const [from, until] = [window.from, window.until].map((end) => (end.weekday - 1) * 1440 + end.minute) as [
      number,
      number,
    ];
    return from < until ? minute >= from && minute < until : minute >= from || minute < until;
  };

  test("a moment is frozen whenever the zone's clock reads a time within the window", () => {
    fc.assert(
      fc.property(aWindow, aMoment, (window, moment) => {
        if (window.kind !== "weekly") return;
        if (isWithin(window, weekMinute(window.zone, moment))) expect(freezesAt([window], moment)).toHaveLength(1);
      }),
      { numRuns: 1500 },
    );
  }, 30_000);

  test("and only then, but for the hour that a change of the clock repeats", () => {
    fc.assert(
      fc.property(aWindow, aMoment, (window, moment) => {
        if (window.kind !== "weekly" || freezesAt([window], moment).length === 0) return;
        const near = [-60, 0, 60].map((minutes) => weekMinute(window.zone, moment + minutes * 60_000));
        expect(near.some((minute) => isWithin(window, minute))).toBe(true);
      }),
      { numRuns: 1500 },
    );
  }, 30_000);

  test("the moment of clearing is not frozen, and the one before it is", () => {
    fc.assert(
      fc.property(fc.array(aWindow, { minLength: 1, maxLength: 3 }), aMoment, (windows, moment) => {
        const clear = clearOf(windows, moment);
        if (clear === null) return;
        expect(freezesAt(windows, clear)).toEqual([]);
        if (clear > moment) expect(freezesAt(windows, clear - 1).length).toBeGreaterThan(0);
        const next = nextFreeze(windows, clear);
        if (next) expect(freezesAt(windows, next.from).length).toBeGreaterThan(0);
        if (next && next.from > clear) expect(freezesAt(windows, next.from - 1)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  }, 30_000);
});

describe("freezesBetween", () => {
  const spans = (from: string, until: string) =>
    freezesBetween([quarter, weekend], at(from), at(until)).map(({ window, from: a, until: b }) => [
      window.name,
      utc(a),
      utc(b),
    ]);

  test("names each once, as they begin, also those that are cut off at either end", () => {
    expect(spans("2026-11-08T12:00", "2026-11-22T00:00")).toEqual([
      ["weekend", "2026-11-06T15:00", "2026-11-09T07:00"],
      ["weekend", "2026-11-13T15:00", "2026-11-16T07:00"],
      ["quarter close", "2026-11-18T17:00", "2026-11-20T11:00"],
      ["weekend", "2026-11-20T15:00", "2026-11-23T07:00"],
    ]);
  });

  test("leaves out what ended or begins at the edge", () => {
    expect(spans("2026-11-09T07:00", "2026-11-13T15:00")).toEqual([]);
  });

  test("covers exactly the moments that freezesAt covers", () => {
    const moment = fc.integer({ min: at("2026-01-01T00:00"), max: at("2026-12-31T00:00") });
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 1, max: 40 * 86_400_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (from, length, share) => {
          const asked = Math.floor(from + share * (length - 1));
          const covering = freezesBetween([weekend, quarter], from, from + length).filter(
            (span) => span.from <= asked && asked < span.until,
          );
          expect(covering.length > 0).toBe(freezesAt([weekend, quarter], asked).length > 0);
        },
      ),
    );
  });
});
