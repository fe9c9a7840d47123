import { expect, test } from "vitest";
import { judge } from "./ask.ts";

const error = { kind: "error", version: 1, code: "could-not-tell", exit: 7, message: "m", where: null, next: [] };

test.each([
  { name: "a document", text: '{"kind":"board","version":1}', status: 200, seen: "answered" },
  { name: "an error document", text: JSON.stringify(error), status: 503, seen: "error" },
  { name: "an error document that calls itself well", text: JSON.stringify(error), status: 200, seen: "error" },
  { name: "another kind", text: '{"kind":"why","version":1}', status: 200, seen: "foreign" },
  { name: "another version", text: '{"kind":"board","version":2}', status: 200, seen: "foreign" },
  { name: "a failure that looks like a document", text: '{"kind":"board","version":1}', status: 500, seen: "foreign" },
  { name: "a page", text: "<!doctype html>", status: 200, seen: "foreign" },
  { name: "nothing", text: "", status: 200, seen: "foreign" },
  { name: "null", text: "null", status: 200, seen: "foreign" },
])("$name is $seen", ({ text, status, seen }) => {
  const answer = judge(text, "board", status);
  expect(answer.status === "answered" ? "answered" : answer.problem.kind).toBe(seen);
});
