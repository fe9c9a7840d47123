import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Place, SecretMatcher } from "./secret-matcher.ts";

test("a text of many lines without a blank is read once, and not once a line", () => {
  const matcher = new SecretMatcher(["a-secret-of-some-length"]);
  const text = `${"word\n".repeat(1_000)}t-of-some-length`;
  const searches = vi.spyOn(String.prototype, "indexOf");
  onTestFinished(() => searches.mockRestore());
  const found: Place[] = [];
  matcher.find(text, found);
  const forBlanks = searches.mock.calls.filter(([what]) => what === " ").length;
  searches.mockRestore();
  expect(forBlanks).toBeLessThan(5);
  expect(found.map(([from, to]) => text.slice(from, to))).toEqual(["t-of-some-length"]);
});

/** A text of the places where nothing was found; each place is one dot. */
function without(text: string, patterns: readonly string[]): string {
  const found: Place[] = [];
  new SecretMatcher(patterns).find(text, found);
  const shown = [...text];
  for (const [from, to] of found) shown.fill(".", from, to);
  return shown.join("");
}

test.each([4, 5, 6, 7, 8, 9, 30])("a pattern of %i characters is found wherever it begins", (length) => {
  const pattern = "abcdefghijklmnopqrstuvwxyz0123456789".slice(0, length);
  for (let before = 0; before < 20; before += 1)
    expect(without(`${"-".repeat(before)}${pattern}-`, [pattern])).toBe(`${"-".repeat(before)}${".".repeat(length)}-`);
});

test("a pattern is found wherever a part of a long text ends in it", () => {
  const pattern = "a-secret-of-some-length";
  const others = ["short1", "another-of-them"];
  for (let at = (1 << 14) - 30; at < (1 << 14) + 10; at += 1) {
    const text = `${"x".repeat(at)}${pattern}${"y".repeat(40)}`;
    expect(without(text, [...others, pattern])).toBe(text.replace(pattern, ".".repeat(pattern.length)));
  }
});

test("of patterns that begin alike the longest is taken, and both of two that overlap", () => {
  expect(without("x abcdefgh-1234 y", ["abcdefgh", "abcdefgh-1234", "abcdefgh-9999"])).toBe("x ............. y");
  expect(without("x abcdefghijklmn y", ["abcdefghij", "ghijklmn"])).toBe("x .............. y");
});

test("every occurrence of every pattern is found, whatever they are made of", () => {
  const character = fc.constantFrom("a", "b", "é", "\u0161", "\u2603", " ", "\n", "%", "=");
  const pattern = fc.string({ unit: character, minLength: 4, maxLength: 20 });
  const text = fc.string({ unit: character, maxLength: 120 });
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 30 }), fc.array(text), (patterns, texts) => {
      const whole = texts.map((part, at) => part + patterns[at % patterns.length]).join("");
      const found: Place[] = [];
      new SecretMatcher(patterns).find(whole, found);
      const covered = new Set(found.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at)));
      for (const one of patterns)
        for (let at = whole.indexOf(one); at !== -1; at = whole.indexOf(one, at + 1))
          for (let inside = at; inside < at + one.length; inside += 1) expect(covered).toContain(inside);
    }),
  );
});

test("hundreds of secrets are looked for in a line in hardly more comparisons than one", () => {
  const secrets = Array.from({ length: 400 }, (_, at) => createHash("sha256").update(`${at}`).digest("base64"));
  const matcher = new SecretMatcher(secrets);
  const comparisons = vi.spyOn(String.prototype, "startsWith");
  onTestFinished(() => comparisons.mockRestore());
  for (let at = 0; at < 100; at += 1) matcher.find(`10:00:${at} info GET /api/time-entries?project=${at} in 13 ms`, []);
  expect(comparisons.mock.calls.length).toBeLessThan(100);
});
