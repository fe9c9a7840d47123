import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WebPool } from "../../src/local/platform/web-pool.ts";
import { prepareSite } from "../../src/local/platform/web-site.ts";
import type { FoundEntry } from "../../src/release/build-ports.ts";
import { type BuiltFolder, readBuilt } from "../../src/release/built-folder.ts";
import { canonicalJson, sha256 } from "../../src/release/canonical-json.ts";
import { readRelease } from "../../src/release/read-release.ts";
import { blobKey, releaseKey } from "../../src/release/store-keys.ts";
import { judgeWebTree } from "../../src/web/list-web-files.ts";
import { aRelease, instantOf, shas } from "../builders.ts";
import { MemoryObjectStore } from "../memory-store.ts";
import { countCases } from "./count-cases.ts";
import { countingStore } from "./counting-store.ts";
import { faultsOfOutput, type HostileCase, readCases, type Told, textOf } from "./hostile-case.ts";

countCases("hostile-web", "hostile paths of pages, at each place where they are read back");

interface HostilePath extends HostileCase {
  readonly path: Told;
  /** Beside it. */
  readonly others?: readonly string[];
}

const cases = readCases<HostilePath>(new URL("cases/web-paths.json", import.meta.url));
const pathsOf = ({ path, others = [] }: HostilePath): readonly string[] => [textOf(path), ...others, "well.html"];
const entry = (path: string): FoundEntry => ({ path, kind: "file", bytes: 1, executable: false, link: null });

/** As a stranger writes it: a lone surrogate has no canonical text, and is an escape here. */
const listOf = (hostile: HostilePath): string => {
  const files = pathsOf(hostile).map((path) => ({ bytes: 1, path, role: "entry", sha256: sha256("x") }));
  return JSON.stringify({ fallback: null, files, version: 1 });
};

test("a path that is well is taken", () => {
  expect(judgeWebTree("dist", [entry("a/b-1.2_x~@+().js")])).toHaveLength(1);
});

test.for(cases)("a built tree with a path that is $name is refused before a byte is read", (hostile) => {
  // An empty path stands for the folder itself, and is a link then.
  const entries = pathsOf(hostile).map((path) => (path === "" ? { ...entry(""), kind: "link" as const } : entry(path)));
  let thrown: unknown = null;
  try {
    judgeWebTree("dist", entries);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: hostile.code });
  const evidence = (thrown as { readonly evidence: readonly string[] }).evidence;
  expect(evidence.flatMap(faultsOfOutput)).toEqual([]);
  expect(evidence.join("").length).toBeLessThan(5_000);
});

test.for(cases)("a stored list with a path that is $name is corrupt", async (hostile) => {
  const list = listOf(hostile);
  const { manifest } = aRelease({ web: { digest: sha256(list), entries: 1, assets: 0, bytes: 1 } });
  const memory = new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
  memory.plant(blobKey(sha256(list)), list);
  memory.plant(releaseKey(shas.new), canonicalJson(manifest));
  const { store, mutations } = countingStore(memory);
  expect(await readRelease(store, shas.new)).toMatchObject({ status: "corrupt" });
  expect(mutations()).toBe(0);
});

test.for(cases)("a built folder with a path that is $name is not published", async (hostile) => {
  const list = listOf(hostile);
  const { manifest } = aRelease({ web: { digest: sha256(list), entries: 1, assets: 0, bytes: 1 } });
  const { publisher, ...built } = manifest;
  const body = canonicalJson(built);
  const files = new Map([
    ["build.json", body],
    [`blobs/${sha256(list).slice(7)}`, list],
  ]);
  const read = async (name: string) => (files.has(name) ? new TextEncoder().encode(files.get(name)) : null);
  const folder: Pick<BuiltFolder, "read"> = { read };
  const error = await readBuilt(folder as BuiltFolder, sha256(body), publisher).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "release-corrupt" });
});

// That two paths are not one is asked by whoever reads the release.
test.for(cases.filter(({ others }) => others === undefined))(
  "the platform switches to no site with a path that is $name",
  async (hostile) => {
    const memory = new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
    const list = listOf(hostile);
    memory.plant(blobKey(sha256(list)), list);
    memory.plant(blobKey(sha256("x")), "x");
    const folder = mkdtempSync(join(tmpdir(), "slipway-site-"));
    try {
      const pool = await WebPool.open(folder, memory);
      await expect(prepareSite({ sha: shas.new, digest: sha256(list) }, pool, memory)).rejects.toThrow();
      expect(readdirSync(join(folder, "files"))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
