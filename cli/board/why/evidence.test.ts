import { expect, test } from "vitest";
import { evidenceOf } from "./evidence.ts";

test("lines stand for themselves, fields by their names, what is not known is left out", () => {
  const evidence = {
    env: "staging",
    requiredSeconds: 86_400,
    by: ["octocat", "hubot"],
    until: null,
    at: { line: 24 },
    lines: ["a"],
  };
  expect(evidenceOf(evidence)).toEqual({
    lines: ["a"],
    facts: [
      { name: "env", value: "staging" },
      { name: "requiredSeconds", value: "86400" },
      { name: "by", value: "octocat, hubot" },
      { name: "at", value: '{"line":24}' },
    ],
  });
});

test("evidence without lines has none", () => {
  expect(evidenceOf({})).toEqual({ lines: [], facts: [] });
});
