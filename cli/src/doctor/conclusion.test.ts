import type { EnvironmentName, Examination, Finding } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { conclusionOf } from "./conclusion.ts";

const finding = (verdict: Finding["verdict"], about: string, text: string): Finding => ({
  about,
  verdict,
  text,
  next: [],
});
const of = (environment: string | null, ...findings: readonly Finding[]): Examination => ({
  environment: environment as EnvironmentName | null,
  findings,
});
const nameOf = (name: string): string => `${name} (local)`;
const long = `rollback leads to ${"x".repeat(60)}`;

test.each<{ name: string; examinations: readonly Examination[]; says: ReturnType<typeof conclusionOf> }>([
  { name: "nothing is wrong", examinations: [of(null, finding("ok", "disk", "fine"))], says: null },
  {
    name: "one thing, whole",
    examinations: [of("dev", finding("no", "rollback", long))],
    says: { verdict: "1 NO", text: `dev (local) rollback: ${long}` },
  },
  {
    name: "several, each cut, what is wrong before what could not be told",
    examinations: [
      of(null, finding("unknown", "database", "is down"), finding("no", "disk", "0 MiB free")),
      of("prod", finding("no", "rollback", long)),
    ],
    says: {
      verdict: "2 NO, 1 could not tell",
      text: `disk: 0 MiB free; prod (local) rollback: ${long.slice(0, 57)}...; database: is down`,
    },
  },
  {
    name: "many: five, and how many more",
    examinations: [of(null, ...["a", "b", "c", "d", "e", "f", "g"].map((about) => finding("no", about, "x")))],
    says: { verdict: "7 NO", text: "a: x; b: x; c: x; d: x; e: x; and 2 more" },
  },
])("doctor ends by naming all that is wrong: $name", ({ examinations, says }) => {
  expect(conclusionOf(examinations, nameOf)).toEqual(says);
});
