import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instantsOf, spellWallTime, wallTimeAt } from "./zone.ts";

const zones = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"];
const wall = (text: string) => Date.parse(`${text}Z`);
const utc = (at: number) => new Date(at).toISOString();

describe("wallTimeAt", () => {
  test.each([
    ["winter in Berlin", "Europe/Berlin", "2026-01-15T11:00:00.000Z", "2026-01-15T12:00"],
    ["summer in Berlin", "Europe/Berlin", "2026-07-15T10:00:00.000Z", "2026-07-15T12:00"],
    ["a quarter of an hour", "Asia/Kathmandu", "2026-01-15T00:00:00.000Z", "2026-01-15T05:45"],
    ["half an hour of summer", "Australia/Lord_Howe", "2026-01-15T00:00:00.000Z", "2026-01-15T11:00"],
    ["its winter", "Australia/Lord_Howe", "2026-07-15T00:00:00.000Z", "2026-07-15T10:30"],
    ["midnight is 00, not 24", "America/New_York", "2026-01-15T05:00:00.000Z", "2026-01-15T00:00"],
  ])("%s", (_, zone, at, expected) => {
    expect(utc(wallTimeAt(zone, Date.parse(at)))).toBe(utc(wall(expected)));
  });

  test("an unknown zone is a RangeError", () => {
    expect(() => wallTimeAt("Europe/Atlantis", 0)).toThrow(RangeError);
  });
});

describe("instantsOf", () => {
  test.each([
    ["an ordinary time", "Europe/Berlin", "2026-11-20T12:00", "2026-11-20T11:00", "2026-11-20T11:00"],
    ["a time that spring leaves out", "Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00", "2026-03-29T01:00"],
    ["a time that autumn repeats", "Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30", "2026-10-25T01:30"],
    ["New York, spring", "America/New_York", "2026-03-08T02:30", "2026-03-08T07:00", "2026-03-08T07:00"],
    ["New York, autumn", "America/New_York", "2026-11-01T01:30", "2026-11-01T05:30", "2026-11-01T06:30"],
    ["Lord Howe skips half an hour", "Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30", "2026-10-03T15:30"],
    [
      "Lord Howe repeats half an hour",
      "Australia/Lord_Howe",
      "2026-04-05T01:45",
      "2026-04-04T14:45",
      "2026-04-04T15:15",
    ],
    ["a zone without summer time", "Asia/Kathmandu", "2026-03-29T02:30", "2026-03-28T20:45", "2026-03-28T20:45"],
    ["a day that Samoa left out", "Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00", "2011-12-30T10:00"],
  ])("%s", (_, zone, local, first, last) => {
    const found = instantsOf(zone, wall(local));
    expect([utc(found.first), utc(found.last)]).toEqual([utc(wall(first)), utc(wall(last))]);
  });

  const instants = fc.integer({ min: Date.parse("2015-01-01Z") / 60_000, max: Date.parse("2035-01-01Z") / 60_000 });

  test("the reading of any minute leads back to it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, minutes) => {
        const at = minutes * 60_000;
        const { first, last } = instantsOf(zone, wallTimeAt(zone, at));
        expect([first, last]).toContain(at);
        expect(last - first).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 2000 },
    );
  }, 30_000);

  test("later readings never begin earlier", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, fc.integer({ min: 1, max: 300 }), (zone, minutes, later) => {
        const reading = minutes * 60_000;
        const [a, b] = [instantsOf(zone, reading), instantsOf(zone, reading + later * 60_000)];
        expect(b.last).toBeGreaterThanOrEqual(a.last);
        expect(b.first).toBeGreaterThanOrEqual(a.first);
      }),
      { numRuns: 2000 },
    );
  }, 30_000);
});

test("a weekday is enough when it is near, and stands beside the date when it is not", () => {
  expect(spellWallTime(wall("2026-11-20T12:00"), false)).toBe("Fri 12:00");
  expect(spellWallTime(wall("2026-11-23T08:00"), true)).toBe("Mon 2026-11-23 08:00");
});
