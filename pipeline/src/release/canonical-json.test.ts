import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalBytes, canonicalJson, digestOf, sha256 } from "./canonical-json.ts";

/** The same value with its members inserted in the opposite order, all the way down. */
function turnedAround(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turnedAround);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, turnedAround(member)]),
  );
}
const anyJson = fc.jsonValue({ stringUnit: "grapheme" }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe("canonicalJson", () => {
  test("reads back as the value it was made from", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  test("is one text for equal values, whatever order their members were written in", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalJson(turnedAround(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test("stays the same when it is parsed and written again", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  test("writes the example of RFC 8785 section 3.2.2 byte by byte", () => {
    const example = {
      // biome-ignore lint/correctness/noPrecisionLoss: the RFC's own literals, chosen for their loss
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test("sorts by UTF-16 code units, as RFC 8785 section 3.2.3 shows", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(Object.keys(JSON.parse(text) as object).filter((key) => key !== "1")).toEqual([
      "\r",
      "\u0080",
      "\u00f6",
      "\u20ac",
      "\ud83d\ude00",
      "\ufb33",
    ]);
  });

  test("leaves out members that are undefined", () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  test.each([
    ["not a number", Number.NaN],
    ["infinity", { a: Number.POSITIVE_INFINITY }],
    ["a lone surrogate", ["\ud800"]],
    ["a lone surrogate as a key", { "\udc00": 1 }],
    ["a bigint", 1n],
    ["undefined in a list", [undefined]],
    ["a function", () => 0],
    ["an instance", new Date(0)],
  ])("refuses %s", (_name, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe("digests", () => {
  test("are of the stored bytes", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(digestOf(value)).toBe(sha256(canonicalBytes(value)));
      }),
    );
  });

  test("know the empty text", () => {
    expect(sha256("")).toBe("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});
