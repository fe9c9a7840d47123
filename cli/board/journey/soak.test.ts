import { expect, test } from "vitest";
import { soakBar } from "./soak.ts";

test.each([
  { name: "begun", seconds: 3600.7, words: "1 h of 1 d", isDone: false, value: 3600 },
  { name: "one second short", seconds: 86_399, words: "23 h 59 min of 1 d", isDone: false, value: 86_399 },
  { name: "over", seconds: 90_000, words: "1 d 1 h of 1 d", isDone: true, value: 86_400 },
])("a soak is a bar that is never more than full: $name", ({ seconds, words, isDone, value }) => {
  expect(soakBar({ soak: { seconds, requiredSeconds: 86_400 } })).toEqual({ words, isDone, value, max: 86_400 });
});

test("without a required time there is no bar", () => {
  expect(soakBar({ soak: null })).toBeNull();
  expect(soakBar({ soak: { seconds: 5, requiredSeconds: 0 } })).toBeNull();
});
