import { expect, test } from "vitest";
import { routeOf } from "./routes.ts";

const routes = [
  { pattern: "/api/*", to: "api" },
  { pattern: "/api/reports/*", to: "reports" },
  { pattern: "/version", to: "api" },
  { pattern: "/api/reports/status", to: "status" },
];

test.for([
  { path: "/api/projects", to: "api" },
  { path: "/api/reports/7", to: "reports" },
  { path: "/api/reports/status", to: "status" },
  { path: "/version", to: "api" },
  { path: "/version/", to: null },
  { path: "/versions", to: null },
  { path: "/api", to: null },
  { path: "/apis/x", to: null },
  { path: "/", to: null },
])("$path goes to $to", ({ path, to }) => {
  expect(routeOf(routes, path)).toBe(to);
  expect(routeOf(routes.toReversed(), path)).toBe(to);
});

test("a prefix of everything takes what nobody else does", () => {
  const all = [{ pattern: "/*", to: "site" }, ...routes];
  expect(routeOf(all, "/anything")).toBe("site");
  expect(routeOf(all, "/version")).toBe("api");
});
