import { expect, test } from "vitest";
import { hrefOf, parseRoute, type Route, samePanel } from "./route.ts";

const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924";
const routes: readonly Route[] = [
  { panel: null, hours: null },
  { panel: null, hours: 1 },
  { panel: null, hours: 24 },
  { panel: null, hours: 168 },
  { panel: null, hours: 2160 },
  { panel: { kind: "releases" }, hours: 720 },
  { panel: { kind: "release", sha }, hours: null },
  { panel: { kind: "why", env: "prod", sha: null, asOf: null }, hours: null },
  { panel: { kind: "why", env: "prod", sha, asOf: "2026-11-20T15:30:00.000Z" }, hours: 2160 },
  { panel: { kind: "epoch", env: "eu-prod", epoch: 43, log: null }, hours: null },
  { panel: { kind: "epoch", env: "prod", epoch: 43, log: { n: 5, back: false } }, hours: 720 },
  { panel: { kind: "epoch", env: "prod", epoch: 43, log: { n: 1, back: true } }, hours: null },
  { panel: { kind: "figure", figure: "lead-time", days: 90 }, hours: null },
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
  expect(parseRoute(hash)).toEqual({ panel: null, hours: null });
});

test("what a query asks wrongly is left out", () => {
  expect(parseRoute("#/why/prod?sha=x&as-of=soon&days=8&hours=2")).toEqual({
    panel: { kind: "why", env: "prod", sha: null, asOf: null },
    hours: null,
  });
});

test("another time or log is the same panel, another epoch is not", () => {
  const why = { kind: "why", env: "prod", sha: null } as const;
  expect(samePanel({ ...why, asOf: null }, { ...why, asOf: "2026-11-20T15:30:00.000Z" })).toBe(true);
  expect(
    samePanel({ kind: "epoch", env: "prod", epoch: 1, log: null }, { kind: "epoch", env: "prod", epoch: 2, log: null }),
  ).toBe(false);
});
