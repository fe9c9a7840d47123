import { expect, test } from "vitest";
import { instantOf, shas } from "../../test/builders.ts";
import { memoryStore } from "../../test/still-store.ts";
import { PortError } from "../errors.ts";
import { liftQuarantine, listQuarantined, quarantineRelease, readQuarantine } from "./quarantine.ts";

const at = instantOf("2026-11-19T12:00");
const later = instantOf("2026-11-19T13:00");
const mark = { reason: "loses minutes", by: "octocat", at };

test("nothing is marked at first", async () => {
  const store = memoryStore(at);
  expect(await readQuarantine(store, shas.new)).toBeNull();
  expect(await liftQuarantine(store, shas.new, { by: "hubot", at })).toBe("none");
  expect(await listQuarantined(store)).toEqual(new Set());
});

test("a mark is read back, and the first reason stays", async () => {
  const store = memoryStore(at);
  expect(await quarantineRelease(store, shas.new, mark)).toBe("quarantined");
  expect(await quarantineRelease(store, shas.new, { ...mark, reason: "other", by: "hubot" })).toBe("already");
  expect(await readQuarantine(store, shas.new)).toEqual({ ...mark, lifted: null });
  expect(await listQuarantined(store)).toEqual(new Set([shas.new]));
});

test("a lifted mark stays on record and no longer counts; the release can be marked again", async () => {
  const store = memoryStore(at);
  await quarantineRelease(store, shas.new, mark);
  expect(await liftQuarantine(store, shas.new, { by: "hubot", at: later })).toBe("lifted");
  expect(await readQuarantine(store, shas.new)).toEqual({ ...mark, lifted: { by: "hubot", at: later } });
  expect(await listQuarantined(store)).toEqual(new Set());
  expect(await quarantineRelease(store, shas.new, { ...mark, at: later })).toBe("quarantined");
  expect(await readQuarantine(store, shas.new)).toEqual({ ...mark, at: later, lifted: null });
});

test("two who mark and lift at once lose nothing", async () => {
  const store = memoryStore(at);
  await Promise.all(["a", "b", "c"].map((by) => quarantineRelease(store, shas.new, { ...mark, by })));
  expect(await liftQuarantine(store, shas.new, { by: "hubot", at: later })).toBe("lifted");
  expect(await liftQuarantine(store, shas.new, { by: "hubot", at: later })).toBe("none");
});

test.each([
  ["not JSON", "{"],
  ["no marks", `{"marks":[],"sha":"${shas.new}","version":1}`],
  [
    "of another release",
    `{"marks":[{"at":"${at}","by":"x","lifted":null,"reason":"y"}],"sha":"${shas.old}","version":1}`,
  ],
])("a file that is %s is no answer, rather than no quarantine", async (_, text) => {
  const store = memoryStore(at);
  store.plant(`quarantine/${shas.new}.json`, text);
  await expect(readQuarantine(store, shas.new)).rejects.toThrow(PortError);
  await expect(listQuarantined(store)).rejects.toThrow(PortError);
  await expect(quarantineRelease(store, shas.new, mark)).rejects.toThrow(PortError);
});

test.each([
  ["empty", ""],
  ["with a control character", "a\u0007"],
  ["too long", "x".repeat(501)],
])("a reason that is %s is refused before anything is written", async (_, reason) => {
  const store = memoryStore(at);
  await expect(quarantineRelease(store, shas.new, { ...mark, reason })).rejects.toThrow();
  expect(await store.list("")).toEqual([]);
});
