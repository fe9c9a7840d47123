import { describe, expect, test } from "vitest";
import { digestOf, shas } from "../../test/builders.ts";
import { sha256 } from "../release/canonical-json.ts";
import { listWebFiles } from "../web/list-web-files.ts";
import { differingImages, differingMigrations, differingPages, type EnvironmentHas } from "./difference.ts";

const revision = (image: string, template = "t") => ({
  sha: shas.old,
  image: digestOf(image),
  template: digestOf(template),
});
const nothing: EnvironmentHas = { state: null, schema: { applied: [], certain: true } };
const services = (all: Readonly<Record<string, ReturnType<typeof revision> | null>>): EnvironmentHas => ({
  ...nothing,
  state: { services: all, web: null },
});
const applied = (...names: readonly (string | [name: string, text: string])[]): EnvironmentHas => ({
  ...nothing,
  schema: {
    certain: true,
    applied: names.map((one) =>
      typeof one === "string" ? { name: one, sha256: null } : { name: one[0], sha256: digestOf(one[1]) },
    ),
  },
});

describe("images of two environments", () => {
  test("differ by their bytes, not by their templates", () => {
    const prod = services({ worker: revision("w1"), api: revision("a1", "of prod") });
    const staging = services({ worker: revision("w2"), api: revision("a1", "of staging") });
    expect(differingImages(prod, staging)).toEqual([{ service: "worker", from: digestOf("w1"), to: digestOf("w2") }]);
  });

  test("are all told where one environment runs nothing, has another service, or has stopped one", () => {
    const one = services({ api: revision("a1"), worker: revision("w1") });
    const other = services({ api: revision("a1"), mailer: revision("m1"), worker: null });
    expect(differingImages(one, other)).toEqual([
      { service: "mailer", from: null, to: digestOf("m1") },
      { service: "worker", from: digestOf("w1"), to: null },
    ]);
    expect(differingImages(nothing, one).map(({ service }) => service)).toEqual(["api", "worker"]);
    expect(differingImages(nothing, nothing)).toEqual([]);
  });
});

describe("migrations of two environments", () => {
  test("differ by name and, where both hashes are known, by bytes", () => {
    const prod = applied(["1", "a"], ["2", "b"], "3", "9_by_hand");
    const staging = applied(["1", "a"], ["2", "other"], ["3", "c"], "4", "5");
    expect(differingMigrations(prod, staging)).toEqual({
      onlyFrom: ["9_by_hand"],
      onlyTo: ["4", "5"],
      edited: ["2"],
      certain: true,
    });
  });

  test("are not certain where one of them is not", () => {
    const open: EnvironmentHas = { ...nothing, schema: { applied: [], certain: false } };
    expect(differingMigrations(open, nothing).certain).toBe(false);
    expect(differingMigrations(nothing, open).certain).toBe(false);
  });
});

describe("pages of two environments", () => {
  const listOf = (files: Readonly<Record<string, string>>) =>
    listWebFiles(
      Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text), bytes: text.length })),
      ["assets/**"],
      null,
    );
  const first = listOf({
    "index.html": "1",
    "about.html": "1",
    "old.html": "1",
    "assets/a.js": "1",
    "assets/b.js": "1",
  });
  const second = listOf({ "index.html": "2", "about.html": "1", "assets/b.js": "1", "assets/c.js": "1" });

  test("differ in what either has alone, and the same way from both sides", () => {
    const difference = {
      entries: ["index.html", "old.html"],
      assets: ["assets/a.js", "assets/c.js"],
      same: 2,
      fallbackDiffers: false,
    };
    expect(differingPages(first, second)).toEqual(difference);
    expect(differingPages(second, first)).toEqual(difference);
  });

  test("are all other ones where one serves none", () => {
    expect(differingPages(null, second)).toEqual({
      entries: ["about.html", "index.html"],
      assets: ["assets/b.js", "assets/c.js"],
      same: 0,
      fallbackDiffers: false,
    });
  });

  test("differ where another page answers for what is not there", () => {
    expect(differingPages(first, { ...first, fallback: "index.html" })).toMatchObject({
      entries: [],
      fallbackDiffers: true,
    });
  });
});
