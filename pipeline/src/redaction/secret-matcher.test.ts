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
