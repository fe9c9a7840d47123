import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FileObjectStore } from "../object-store.ts";
import { examineFiles } from "./examine-files.ts";

let root = "";
let store: FileObjectStore;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const long = "f".repeat(64);
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "slipway-files-"));
  store = new FileObjectStore(root, { durable: false });
  let etag = "";
  for (let version = 0; version < 80; version += 1) {
    const put = await (etag === ""
      ? store.putIfAbsent("a/b", bytes("0"))
      : store.putIfMatch("a/b", bytes(`${version}`), etag));
    etag = put.status === "written" ? put.etag : "";
  }
  await store.putIfAbsent(`blobs/${long}`, bytes("blob"));
  await store.putIfAbsent(`policies/${long}.json`, bytes("policy"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("the files of a store", () => {
  test("are in order after any number of writes and after the deletion of a blob", async () => {
    const stored = await store.get(`blobs/${long}`);
    await store.deleteIfMatch(`blobs/${long}`, stored?.write ?? "");
    expect(await examineFiles(root)).toMatchObject([{ verdict: "ok" }]);
    expect(await examineFiles(join(root, "nowhere"))).toMatchObject([{ verdict: "ok" }]);
  });

  test.each([
    { name: "a folder", harm: (path: string) => mkdirSync(path), text: /a\/b@80 is a folder/ },
    { name: "a link", harm: (path: string) => symlinkSync("nowhere", path), text: /a\/b@80 is a link/ },
    { name: "our own mark", harm: (path: string) => symlinkSync("deleted", path), text: /a\/b@80 says .* deleted/ },
  ])("are not, with $name in the place of one", async ({ harm, text }) => {
    rmSync(join(root, "a/b@80"));
    harm(join(root, "a/b@80"));
    expect(await examineFiles(root)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(text), next: [expect.stringMatching(/put back from a copy/)] },
    ]);
  });

  test("are not without the versions that tell that there are more", async () => {
    rmSync(join(root, "a/b@2"));
    expect(await store.get("a/b").then((stored) => stored && new TextDecoder().decode(stored.body))).toBe("0");
    expect(await examineFiles(root)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/a\/b@2 is gone/), next: [expect.stringMatching(/an empty file/)] },
    ]);
  });

  test("are not, with a link in the place of a blob or of a folder", async () => {
    rmSync(join(root, "policies"), { recursive: true });
    symlinkSync("blobs", join(root, "policies"));
    rmSync(join(root, `blobs/${long}@1`));
    symlinkSync("nowhere", join(root, `blobs/${long}@1`));
    const findings = await examineFiles(root);
    expect(findings.map(({ text }) => text.replace(long, "…")).toSorted()).toEqual([
      "blobs/…@1 is a link where a file belongs",
      "policies is a link where a folder belongs",
    ]);
  });
});
