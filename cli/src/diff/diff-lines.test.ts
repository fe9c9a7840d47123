import { nothingYet, type Sha } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { digestOf, environmentOf, instantOf } from "../../../pipeline/test/builders.ts";
import type { EnvironmentRuns } from "../status/observe-environment.ts";
import type { Style } from "../terminal/style.ts";
import { diffLines } from "./diff-lines.ts";
import { type Difference, isSame } from "./difference.ts";

const terminal: Style = {
  isTerminal: true,
  hasUnicode: true,
  hasColour: false,
  redraws: true,
  columns: () => 100,
  rows: () => 40,
};
const [older, newer] = ["8c41f07", "1f6ac3d"].map((start) => start.padEnd(40, "0") as Sha) as [Sha, Sha];
const [before, after] = [digestOf("before"), digestOf("after")];
const short = (digest: string): string => digest.slice(7, 19);

function look(env: string, sha: Sha | null, fields: Partial<EnvironmentRuns> = {}): EnvironmentRuns {
  const by = { id: "github-1", name: "octocat" };
  const at = instantOf("2026-11-19T10:00");
  return {
    env: environmentOf(env),
    target: "local",
    url: null,
    observedAt: at,
    runs: sha && {
      sha,
      digest: digestOf(sha),
      webSha: sha,
      webDigest: digestOf(sha),
      epoch: 1,
      from: at,
      until: null,
      by,
      action: "promote",
      leftBy: null,
      targetDigest: digestOf("target"),
      runUrl: null,
      state: { services: {}, web: null },
    },
    state: sha ? "as-recorded" : "empty",
    asRecorded: "yes",
    because: null,
    drift: [],
    hold: null,
    lease: null,
    standing: nothingYet,
    unreadable: null,
    ...fields,
  };
}
const noMigrations = { onlyFrom: [], onlyTo: [], edited: [], certain: true };
const samePages = { status: "known" as const, entries: [], assets: [], same: 3, fallbackDiffers: false };
const difference = (fields: Partial<Difference> = {}): Difference => ({
  from: look("prod", older),
  to: look("staging", newer),
  commits: {
    added: [
      { sha: "e7d2b9a".padEnd(40, "0") as Sha, subject: "Cache project totals" },
      { sha: newer, subject: "Add project colour" },
    ],
    lost: [],
  },
  images: [
    { service: "api", from: before, to: after },
    { service: "mailer", from: null, to: after },
  ],
  migrations: { onlyFrom: [], onlyTo: ["20261118101500_project_colour"], edited: [], certain: true },
  pages: {
    status: "known",
    entries: ["a.html", "index.html"],
    assets: ["1.js", "2.js", "3.js"],
    same: 33,
    fallbackDiffers: false,
  },
  url: `https://github.com/acme/chronoledger/compare/${older}...${newer}`,
  ...fields,
});
const lines = (one: Difference, style = terminal): readonly string[] =>
  diffLines(one, { nameOf: (name) => name, style, redact: (text) => text.replaceAll("open sesame", "***") });

test("two environments are set side by side, part by part", () => {
  expect(lines(difference())).toEqual([
    "prod 8c41f07 → staging 1f6ac3d, 2 commits: e7d2b9a Cache project totals, 1f6ac3d Add project colour",
    `  images       api ${short(before)} → ${short(after)}, mailer none → ${short(after)}`,
    "  migrations   + 20261118101500_project_colour",
    "  web          2 entries and 3 assets differ, 33 are the same",
    `  https://github.com/acme/chronoledger/compare/${older}...${newer}`,
  ]);
});

test("off a terminal SHAs are whole, and in a C locale arrows are ASCII", () => {
  const [head] = lines(difference(), { ...terminal, isTerminal: false, hasUnicode: false });
  expect(head).toContain(`prod ${older} -> staging ${newer}, 2 commits: `);
});

test("where one runs nothing that is said", () => {
  const [head] = lines(difference({ from: look("prod", null), commits: { added: null, lost: null }, url: null }));
  expect(head).toBe("prod nothing → staging 1f6ac3d");
});

test("of many commits the newest are named, and the number of the others", () => {
  const many = Array.from({ length: 9 }, (_, at) => ({ sha: `${at}`.repeat(40) as Sha, subject: `No ${at}` }));
  const text = lines(difference({ commits: { added: many, lost: [] } })).join(" ");
  expect(text).toContain("9 commits: 4 more, 4444444 No 4,");
});

test("what the clone does not know is not counted", () => {
  const [head] = lines(difference({ commits: { added: null, lost: null } }));
  expect(head).toContain("the commits between them are not known here");
});

test("an environment that is not as recorded says so, and so does a part that could not be read", () => {
  const drift = [{ part: "service" as const, name: "worker", expected: null, found: "is 1f6ac3d" }];
  const told = lines(
    difference({
      to: look("staging", newer, { state: "drift", drift }),
      pages: { status: "unknown", because: "web file list 12 is missing" },
    }),
  );
  expect(told).toContain("  web          ? could not tell: web file list 12 is missing");
  expect(told).toContain("  staging: ! drift: worker is 1f6ac3d");
});

test("a secret in a subject is taken out before a line is broken", () => {
  const subject = `Say ${"open sesame ".repeat(4).trim()}`;
  const text = lines(difference({ commits: { added: [{ sha: newer, subject }], lost: [] } })).join("\n");
  expect(text).not.toMatch(/open|sesame/);
});

test("more commits than are counted are said to be more", () => {
  const many = Array.from({ length: 1_000 }, () => ({ sha: newer, subject: "One" }));
  expect(lines(difference({ commits: { added: many, lost: [] } })).join(" ")).toContain("at least 1000 commits: ");
});

test.each<{ name: string; fields: Partial<Difference>; same: boolean | null }>([
  { name: "nothing", fields: {}, same: true },
  { name: "an image", fields: { images: [{ service: "api", from: before, to: after }] }, same: false },
  { name: "an edited migration", fields: { migrations: { ...noMigrations, edited: ["1"] } }, same: false },
  { name: "a migration that never reported", fields: { migrations: { ...noMigrations, certain: false } }, same: null },
  { name: "an asset", fields: { pages: { ...samePages, assets: ["1.js"] } }, same: false },
  { name: "another fallback", fields: { pages: { ...samePages, fallbackDiffers: true } }, same: false },
  { name: "an environment that drifts", fields: { from: look("prod", older, { state: "drift" }) }, same: null },
  { name: "what could not be read", fields: { pages: { status: "unknown", because: "missing" } }, same: null },
])("with $name the same is $same", ({ fields, same }) => {
  const equal: Partial<Difference> = {
    images: [],
    migrations: noMigrations,
    pages: samePages,
  };
  expect(isSame(difference({ ...equal, ...fields }))).toBe(same);
});
