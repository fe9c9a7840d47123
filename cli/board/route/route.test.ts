import { expect, test } from "vitest";
import { hrefOf, parseRoute, type Route, samePanel } from "./route.ts";

const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924";
const routes: readonly Route[] = [
  { panel: null, days: 7 },
  { panel: null, days: 90 },
  { panel: { kind: "releases" }, days: 30 },
  { panel: { kind: "release", sha }, days: 7 },
  { panel: { kind: "why", env: "prod", sha: null, asOf: null }, days: 7 },
  { panel: { kind: "why", env: "prod", sha, asOf: "2026-11-20T15:30:00.000Z" }, days: 90 },
  { panel: { kind: "epoch", env: "eu-prod", epoch: 43, log: null }, days: 7 },
  { panel: { kind: "epoch", env: "prod", epoch: 43, log: { n: 5, back: false } }, days: 30 },
  { panel: { kind: "epoch", env: "prod", epoch: 43, log: { n: 1, back: true } }, days: 7 },
  { panel: { kind: "figure", figure: "lead-time", days: 90 }, days: 7 },
];

test.each(routes.map((route) => ({ href: hrefOf(route), route })))("$href names its view", ({ href, route }) => {
  expect(parseRoute(href)).toEqual(route);
});

test.each([
  "",
  "#",
  "#/nothing",
  "#/release/1f6ac3d",
  "#/why/PROD",
  "#/why/../api",
  "#/epoch/prod/0",
  "#/epoch/prod/x",
  "#/figure/lead-time/7",
  "#/figure/people/30",
])("%j is the page without a panel", (hash) => {
  expect(parseRoute(hash)).toEqual({ panel: null, days: 7 });
});

test("what a query asks wrongly is left out", () => {
  expect(parseRoute("#/why/prod?sha=x&as-of=soon&days=8")).toEqual({
    panel: { kind: "why", env: "prod", sha: null, asOf: null },
    days: 7,
  });
});

test("another time or log is the same panel, another epoch is not", () => {
  const why = { kind: "why", env: "prod", sha: null } as const;
  expect(samePanel({ ...why, asOf: null }, { ...why, asOf: "2026-11-20T15:30:00.000Z" })).toBe(true);
  expect(
    samePanel({ kind: "epoch", env: "prod", epoch: 1, log: null }, { kind: "epoch", env: "prod", epoch: 2, log: null }),
  ).toBe(false);
});
