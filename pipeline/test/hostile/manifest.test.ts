import { expect, test } from "vitest";
import { RefusalError } from "../../src/errors.ts";
import { decide } from "../../src/policy/evaluate.ts";
import { known } from "../../src/promotion/facts.ts";
import { type BuiltFolder, readBuilt } from "../../src/release/built-folder.ts";
import { canonicalJson, sha256 } from "../../src/release/canonical-json.ts";
import { readManifest, readRelease } from "../../src/release/read-release.ts";
import { blobKey, releaseKey } from "../../src/release/store-keys.ts";
import { verifyRelease } from "../../src/release/verify-release.ts";
import { aRelease, aRequest, instantOf, shas, someFacts } from "../builders.ts";
import { MemoryObjectStore } from "../memory-store.ts";
import { countCases } from "./count-cases.ts";
import { countingStore } from "./counting-store.ts";
import { type Damage, damaged, type HostileCase, readCases } from "./hostile-case.ts";

countCases("hostile-manifests", "hostile manifests, at each place where one is read back");

interface HostileManifest extends HostileCase {
  readonly damage: Damage;
  /** In a built folder it would be another well one. */
  readonly storedOnly?: boolean;
}

const list = canonicalJson({ version: 1, fallback: null, files: [] });
const { manifest } = aRelease({ web: { digest: sha256(list), entries: 0, assets: 0, bytes: 0 } });
const cases = readCases<HostileManifest>(new URL("cases/manifest.json", import.meta.url));
const nobody = { verify: async () => ({ status: "missing" }) as const, readFile: async () => null };

function storeWith(bytes: Uint8Array) {
  const memory = new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
  memory.plant(releaseKey(shas.new), bytes);
  memory.plant(blobKey(sha256(list)), list);
  return countingStore(memory);
}

test("the manifest that is made hostile is a well one", async () => {
  const { store } = storeWith(new TextEncoder().encode(canonicalJson(manifest)));
  expect(await readRelease(store, shas.new)).toMatchObject({ status: "found" });
});

test.for(cases)("release.json with $name is refused wherever it is read back", async ({ damage, code }) => {
  const { store, mutations } = storeWith(damaged(canonicalJson(manifest), damage, canonicalJson));
  const look = await readRelease(store, shas.new);
  expect(look).toMatchObject({ status: "corrupt" });
  const verified = await verifyRelease(store, nobody, shas.new);
  expect(verified).toMatchObject({ status: "differs" });
  const decision = decide({ facts: someFacts({ release: known(look) }), plan: null, request: aRequest(), mode: "new" });
  expect(decision.reasons.map((reason) => reason.code)).toContain(code);
  expect(mutations()).toBe(0);
  if (look.status === "corrupt") expect(look.because.length).toBeLessThan(500);
});

test.for(cases)("the manifest alone with $name is corrupt", async ({ damage, name }) => {
  const { store } = storeWith(damaged(canonicalJson(manifest), damage, canonicalJson));
  const look = await readManifest(store, shas.new);
  // What is wrong with the pages is not asked here.
  expect(look.status).toBe(name === "web of another digest" ? "found" : "corrupt");
});

const { publisher: _, ...built } = manifest;
const inFolder = cases.filter(({ storedOnly }) => storedOnly !== true);

test.for(inFolder)(
  "build.json with $name is refused with the digest that a stranger gave it",
  async ({ damage, code }) => {
    const body = damaged(canonicalJson(built), damage, canonicalJson);
    const files = new Map([
      ["build.json", body],
      [`blobs/${sha256(list).slice(7)}`, new TextEncoder().encode(list)],
    ]);
    const folder: Pick<BuiltFolder, "read"> = { read: async (name) => files.get(name) ?? null };
    const error = await readBuilt(folder as BuiltFolder, sha256(body), manifest.publisher).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(RefusalError);
    expect(error).toMatchObject({ code });
  },
);
