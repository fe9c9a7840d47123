import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileObjectStore } from "./object-store.ts";

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-stray-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const aFolder = (): string => mkdtempSync(join(folder, "store-"));

describe("what lies in the place of an object, and is none of the store's making", () => {
  const strange = [
    { name: "a link that leads nowhere", what: "a link", put: (path: string) => symlinkSync("nowhere", path) },
    { name: "a link to what was there", what: "a link", put: (path: string) => symlinkSync("../was", path) },
    {
      name: "a link to another file that says deleted",
      what: "a link",
      put: (path: string) => symlinkSync("./deleted", path),
    },
    { name: "a folder", what: "a folder", put: (path: string) => mkdirSync(path) },
  ];
  test.for([1, 2].flatMap((versions) => strange.map((one) => ({ ...one, versions }))))(
    "$name is named by all that asks for it, after $versions writes",
    async ({ what, put, versions }) => {
      const root = aFolder();
      const store = new FileObjectStore(root, { durable: false });
      await store.putIfAbsent("a/b", bytes("first"));
      const etag = (await store.get("a/b"))?.etag ?? "";
      if (versions === 2) await store.putIfMatch("a/b", bytes("second"), etag);
      const path = join(root, `a/b@${versions}`);
      renameSync(path, join(root, "was"));
      put(path);
      const asked = [
        store.get("a/b"),
        store.putIfAbsent("a/b", bytes("x")),
        store.putIfMatch("a/b", bytes("x"), etag),
        store.deleteIfMatch("a/b", etag),
      ];
      for (const end of await Promise.allSettled(asked)) {
        expect(end).toMatchObject({ reason: { name: "UnreadableObjectError", key: "a/b", effect: "none" } });
        expect(end).toHaveProperty("reason.message", `get a/b: it is ${what} where a file belongs: ${path}`);
      }
      expect(await store.list("a/")).toEqual(["a/b"]);
      expect(await readdir(join(root, "a"))).toHaveLength(versions);
    },
  );

  test("a deletion of the store's own is still one, also for a listing", async () => {
    const store = new FileObjectStore(aFolder(), { durable: false });
    await store.putIfAbsent("a/b", bytes("first"));
    expect(await store.deleteIfMatch("a/b", (await store.get("a/b"))?.write ?? "")).toBe("deleted");
    expect([await store.get("a/b"), await store.list("a/")]).toEqual([null, []]);
  });

  test.for([
    { name: "a link that leads nowhere", put: (path: string) => symlinkSync("nowhere", path), what: "a link" },
    { name: "a link to another folder", put: (path: string) => symlinkSync(".tmp", path), what: "a link" },
    { name: "a file", put: (path: string) => writeFileSync(path, ""), what: "no folder" },
  ])("$name in the place of a folder does not make what was in it unwritten", async ({ put, what }) => {
    const root = aFolder();
    const store = new FileObjectStore(root, { durable: false });
    await store.putIfAbsent("a/b/c", bytes("first"));
    renameSync(join(root, "a"), join(root, "was"));
    put(join(root, "a"));
    for (const end of await Promise.allSettled([store.get("a/b/c"), store.list("a/"), store.list("a/b/")]))
      expect(end).toHaveProperty("reason.message", expect.stringMatching(`is ${what} where a folder belongs: .*/a$`));
  });

  test("a link in the place of the store itself is followed, and named where it leads nowhere", async () => {
    const root = aFolder();
    await new FileObjectStore(join(root, "real"), { durable: false }).putIfAbsent("a/b", bytes("first"));
    symlinkSync("real", join(root, "linked"));
    const linked = new FileObjectStore(join(root, "linked"), { durable: false });
    expect([(await linked.get("a/b")) === null, await linked.get("a/c"), await linked.list("c/")]).toEqual([
      false,
      null,
      [],
    ]);
    rmSync(join(root, "real"), { recursive: true });
    const below = new FileObjectStore(join(root, "linked/objects"), { durable: false });
    for (const end of await Promise.allSettled([linked.get("a/b"), linked.list("a/"), below.get("a/b")]))
      expect(end).toHaveProperty(
        "reason.message",
        expect.stringMatching(/is a link where a folder belongs: .*\/linked$/),
      );
    expect(await new FileObjectStore(join(root, "never/made")).get("a/b")).toBeNull();
  });
});
