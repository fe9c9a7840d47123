import { expect, test } from "vitest";
import { patternsOf } from "./invalidation-patterns.ts";

const many = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index));

test.each([
  {
    name: "plain paths are asked for as they are",
    paths: ["/", "/docs/index.html"],
    patterns: ["/", "/docs/index.html"],
  },
  { name: "a path is asked for once", paths: ["/a.html", "/a.html"], patterns: ["/a.html"] },
  {
    name: "from a character on that URLs write in two ways, whatever begins so",
    paths: ["/docs/%5Bslug%5D/", "/docs/%5Bslug%5D/index.html", "/me@home"],
    patterns: ["/docs/*", "/me*"],
  },
  { name: "all, where wildcards would be many", paths: many(11, (index) => `/${index}/a+b`), patterns: ["/*"] },
  {
    name: "all, where paths are more than a distribution takes",
    paths: many(1_001, (index) => `/${index}`),
    patterns: ["/*"],
  },
])("$name", ({ paths, patterns }) => {
  expect(patternsOf(paths)).toEqual(patterns);
});
