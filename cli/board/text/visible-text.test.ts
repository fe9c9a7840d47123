import { expect, test } from "vitest";
import { visibleLine, visibleParts, visibleText } from "./visible-text.ts";

test.each([
  { name: "plain text stays", text: "Add project colour", seen: "Add project colour" },
  { name: "other scripts stay", text: "žluťoučký 東京 שלום", seen: "žluťoučký 東京 שלום" },
  { name: "pictures stay whole", text: "ship it 🚢", seen: "ship it 🚢" },
  { name: "an override of direction", text: "a\u202egpj.exe", seen: "a\\u202egpj.exe" },
  { name: "an isolate", text: "a\u2066b\u2069", seen: "a\\u2066b\\u2069" },
  { name: "a colour code", text: "\u001b[31mred", seen: "\\u001b[31mred" },
  { name: "ends of lines", text: "a\nb\rc", seen: "a\\u000ab\\u000dc" },
  { name: "no width", text: "pro\u200bd", seen: "pro\\u200bd" },
  { name: "a tag character", text: "x\u{e0041}", seen: "x\\u{e0041}" },
  { name: "half of a pair", text: "x\ud83d", seen: "x\\ud83d" },
])("$name", ({ text, seen }) => {
  expect(visibleText(text)).toBe(seen);
  expect(
    visibleParts(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(seen);
});

test("parts say which of them are spelled out", () => {
  expect(visibleParts("a\u202eb")).toEqual([
    { text: "a", isEscape: false },
    { text: "\\u202e", isEscape: true },
    { text: "b", isEscape: false },
  ]);
});

test("a tabulator in a log is room", () => {
  expect(visibleLine("at\tfoo\u0007")).toBe("at    foo\\u0007");
});
