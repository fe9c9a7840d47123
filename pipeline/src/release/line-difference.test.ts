import { expect, test } from "vitest";
import { firstLineDifference } from "./line-difference.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["a value", `{"a":1,"builtAt":"08:58"}`, `{"a":1,"builtAt":"09:31"}`, 1, `"builtAt":"08:58"`, `"builtAt":"09:31"`],
  ["a later line", "same\none two\n", "same\none three\n", 2, "two", "three"],
  ["a line more", "a\n", "a\nb\n", 2, "", "b"],
  ["a prefix", "abc", "abcabc", 1, "abc", "abcabc"],
  ["a long line", "x".repeat(500), "y".repeat(500), 1, `${"x".repeat(57)}...`, `${"y".repeat(57)}...`],
])("shows %s", (_name, a, b, line, before, after) => {
  expect(firstLineDifference(bytesOf(a), bytesOf(b))).toEqual({ line, before, after });
});

test.each([
  ["equal texts", bytesOf("a"), bytesOf("a")],
  ["a zero byte", new Uint8Array([0]), bytesOf("a")],
  ["what is not UTF-8", bytesOf("a"), new Uint8Array([0xff])],
])("shows nothing of %s", (_name, a, b) => {
  expect(firstLineDifference(a, b)).toBeNull();
});
