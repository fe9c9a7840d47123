import { expect, test } from "vitest";
import type { BoardDocument } from "../../src/board/documents.ts";
import { boardNow, isLaneStale, isStale, type Seen, seenWords, stateWords } from "./seen.ts";

const at = Date.parse("2026-11-20T10:58:00Z");
const seen: Seen<BoardDocument> = {
  at,
  document: {
    kind: "board",
    version: 1,
    environments: [],
    status: {
      kind: "status",
      version: 1,
      app: "chronoledger",
      at: "2026-11-20T10:58:10Z",
      store: ".slipway",
      newest: null,
      environments: [],
      exit: 0,
    },
  },
};
const silent = { kind: "silent" } as const;

test("what is older than 15 s is not current", () => {
  expect(isStale({ seen }, at + 15_000)).toBe(false);
  expect(isStale({ seen }, at + 15_001)).toBe(true);
  expect(isStale({ seen: null }, at)).toBe(true);
});

test("after a clock was set back nobody knows how old it is", () => {
  expect(isStale({ seen }, at - 500)).toBe(false);
  expect(isStale({ seen }, at - 3_600_000)).toBe(true);
  expect(isLaneStale(seen, "2026-11-20T10:58:10Z", at - 3_600_000)).toBe(true);
  expect(seenWords({ seen, problem: null }, at - 3_600_000)).toBe("seen some time ago; the board does not answer");
});

test("a fresh answer about an old look is old", () => {
  expect(isLaneStale(seen, "2026-11-20T10:58:09Z", at)).toBe(false);
  expect(isLaneStale(seen, "2026-11-20T10:57:54Z", at)).toBe(true);
  expect(isLaneStale(seen, "2026-11-20T10:57:59Z", at + 5_000)).toBe(true);
});

test.each([
  { name: "fresh", state: { seen, problem: null }, after: 2_000, words: "seen 2 s ago" },
  { name: "old", state: { seen, problem: null }, after: 22_000, words: "seen 22 s ago; the board does not answer" },
  { name: "silent", state: { seen, problem: silent }, after: 6_000, words: "seen 6 s ago; the board does not answer" },
  { name: "nothing yet", state: { seen: null, problem: null }, after: 0, words: "asking the board" },
  { name: "never", state: { seen: null, problem: silent }, after: 0, words: "the board does not answer" },
])("says how old it is: $name", ({ state, after, words }) => {
  expect(seenWords(state, at + after)).toBe(words);
});

test("what is told aloud changes only when currency does", () => {
  const words = [0, 5_000, 14_000, 16_000, 60_000].map((after) => stateWords({ seen, problem: null }, at + after));
  expect(new Set(words).size).toBe(2);
  expect(words[4]).toBe("what is shown is old; the board does not answer");
});

test("time goes on by the board's clock", () => {
  expect(boardNow(seen, at + 5_000)).toBe(Date.parse("2026-11-20T10:58:15Z"));
});
