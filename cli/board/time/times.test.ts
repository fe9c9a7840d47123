import { afterAll, beforeAll, expect, test } from "vitest";
import { fieldOfInstant, instantOfField, spellNearTime, spellSince, spellTime, spellWait } from "./times.ts";

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = "Europe/Berlin";
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const now = Date.parse("2026-11-20T10:58:00Z");

test("a time is in the reader's zone, with its offset", () => {
  expect(spellTime("2026-11-19T10:04:04Z")).toBe("Thu 2026-11-19 11:04 +01:00");
  expect(spellTime("2026-07-01T10:04:04Z")).toBe("Wed 2026-07-01 12:04 +02:00");
});

test.each([
  { name: "near", instant: "2026-11-20T09:41:00Z", words: "Fri 10:41" },
  { name: "some days away", instant: "2026-11-16T08:12:44Z", words: "Mon 11-16 09:12" },
  { name: "another year", instant: "2025-11-16T08:12:44Z", words: "Sun 2025-11-16 09:12" },
])("a time of this kind is short: $name", ({ instant, words }) => {
  expect(spellNearTime(instant, now)).toBe(words);
});

test.each([
  { instant: "2026-11-20T10:57:46Z", words: "14 s" },
  { instant: "2026-11-20T10:56:46Z", words: "1 min 14 s" },
  { instant: "2026-11-20T07:46:00Z", words: "3 h 12 min" },
  { instant: "2026-11-19T07:58:00Z", words: "1 d 3 h" },
  { instant: "2026-11-20T11:00:00Z", words: "0 s" },
])("an age has at most two units: $words", ({ instant, words }) => {
  expect(spellSince(instant, now)).toBe(words);
});

test.each([
  { instant: "2026-11-20T11:00:00Z", words: "in 2 min" },
  { instant: "2026-11-20T10:59:01Z", words: "in 2 min" },
  { instant: "2026-11-20T10:58:30Z", words: "in 30 s" },
  { instant: "2026-11-21T13:58:00Z", words: "in 1 d 3 h" },
  { instant: "2026-11-20T10:58:00Z", words: "now" },
])("a wait is never said to be shorter than it is: $words", ({ instant, words }) => {
  expect(spellWait(instant, now)).toBe(words);
});

test("a field holds the reader's own time, and gives the instant back", () => {
  expect(fieldOfInstant("2026-11-20T15:30:00.000Z")).toBe("2026-11-20T16:30");
  expect(instantOfField("2026-11-20T16:30")).toBe("2026-11-20T15:30:00.000Z");
  expect(instantOfField("")).toBeNull();
  expect(instantOfField("2026-11-20")).toBeNull();
  expect(instantOfField("2026-19-20T16:30")).toBeNull();
});
