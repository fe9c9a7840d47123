import { expect, test } from "vitest";
import { parseChallenges } from "./challenge.ts";

const told = (header: string) =>
  parseChallenges(header).map(({ scheme, fields }) => [scheme, Object.fromEntries(fields)]);

test.each([
  {
    name: "one",
    header: 'Bearer realm="https://a/token",service="r"',
    is: [["bearer", { realm: "https://a/token", service: "r" }]],
  },
  { name: "no fields", header: "Negotiate", is: [["negotiate", {}]] },
  {
    name: "two",
    header: 'Basic realm="x", Bearer realm="https://a"',
    is: [
      ["basic", { realm: "x" }],
      ["bearer", { realm: "https://a" }],
    ],
  },
  {
    name: "no quotes, other letters",
    header: "BEARER Realm=https://a, Service=r",
    is: [["bearer", { realm: "https://a", service: "r" }]],
  },
  {
    name: "commas and escapes in quotes",
    header: 'Bearer scope="a,b",realm="q\\"q"',
    is: [["bearer", { scope: "a,b", realm: 'q"q' }]],
  },
  { name: "nothing", header: "", is: [] },
])("a header with $name", ({ header, is }) => {
  expect(told(header)).toEqual(is);
});
