import { expect, test } from "vitest";
import { compareUrl } from "./compare-url.ts";

test.each([
  "https://github.com/acme/chronoledger.git",
  "https://github.com/acme/chronoledger",
  "https://github.com/acme/chronoledger/",
  "https://octocat:token@github.com/acme/chronoledger.git",
  "git@github.com:acme/chronoledger.git",
  "ssh://git@github.com/acme/chronoledger.git",
])("of %s the page on GitHub is known", (origin) => {
  expect(compareUrl(origin, "8c41f07", "1f6ac3d")).toBe(
    "https://github.com/acme/chronoledger/compare/8c41f07...1f6ac3d",
  );
});

test.each([
  null,
  "",
  "../elsewhere",
  "https://github.com.example/acme/chronoledger",
  "https://gitlab.com/acme/chronoledger.git",
  "https://github.com/acme",
  "https://github.com/acme/a/b",
])("of %s there is none", (origin) => {
  expect(compareUrl(origin, "8c41f07", "1f6ac3d")).toBeNull();
});
