import { afterAll, beforeAll, expect, test } from "vitest";
import { ticksBetween } from "./ticks.ts";

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = "Europe/Berlin";
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const until = Date.parse("2026-11-20T10:58:00Z");
const daysBefore = (days: number): number => until - days * 86_400_000;

test("a week has a name for each day", () => {
  const words = ticksBetween(daysBefore(7), until, 900).map((tick) => tick.words);
  expect(words).toEqual(["Sat 14", "Sun 15", "Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20"]);
});

test("where there is little room, Mondays have one", () => {
  expect(ticksBetween(daysBefore(7), until, 280).map((tick) => tick.words)).toEqual(["11-16"]);
  expect(ticksBetween(daysBefore(30), until, 900).map((tick) => tick.words)).toEqual([
    "10-26",
    "11-02",
    "11-09",
    "11-16",
  ]);
});

test("with less room still, some Mondays, the newest among them", () => {
  const words = ticksBetween(daysBefore(90), until, 280).map((tick) => tick.words);
  expect(words.length).toBeLessThanOrEqual(5);
  expect(words.at(-1)).toBe("11-16");
});

test("each is a midnight of the reader, on both sides of a change of clocks", () => {
  const ticks = ticksBetween(Date.parse("2026-10-23T10:00:00Z"), Date.parse("2026-10-28T10:00:00Z"), 900);
  expect(ticks.map(({ at }) => new Date(at).toISOString())).toEqual([
    "2026-10-23T22:00:00.000Z",
    "2026-10-24T22:00:00.000Z",
    "2026-10-25T23:00:00.000Z",
    "2026-10-26T23:00:00.000Z",
    "2026-10-27T23:00:00.000Z",
  ]);
});

test("an hour has round minutes, a day round hours and its midnight, by the reader's clock", () => {
  const words = (hours: number, width = 900) =>
    ticksBetween(until - hours * 3_600_000, until, width).map((tick) => tick.words);
  expect(words(1)).toEqual([
    "11:00",
    "11:05",
    "11:10",
    "11:15",
    "11:20",
    "11:25",
    "11:30",
    "11:35",
    "11:40",
    "11:45",
    "11:50",
    "11:55",
  ]);
  expect(words(1, 280)).toEqual(["11:00", "11:15", "11:30", "11:45"]);
  expect(words(24)).toEqual([
    "12:00",
    "14:00",
    "16:00",
    "18:00",
    "20:00",
    "22:00",
    "Fri 20",
    "02:00",
    "04:00",
    "06:00",
    "08:00",
    "10:00",
  ]);
});

test("times of day stay round across a change of clocks", () => {
  const [from, to] = [Date.parse("2026-10-24T20:00:00Z"), Date.parse("2026-10-25T11:00:00Z")];
  expect(ticksBetween(from, to, 500).map((tick) => tick.words)).toEqual([
    "22:00",
    "Sun 25",
    "02:00",
    "04:00",
    "06:00",
    "08:00",
    "10:00",
    "12:00",
  ]);
});
