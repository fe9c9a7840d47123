import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Header, pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Sha } from "../identifiers.ts";
import type { Checkout } from "../release/build-ports.ts";
import { sha256 } from "../release/canonical-json.ts";
import { checkoutIn } from "./checkout.ts";
import { createImageBuilder } from "./image-builder.ts";
import { createImageStore } from "./image-store.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-images-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function aTree(files: Readonly<Record<string, string>>): Checkout {
  const root = join(folder, "tree");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkoutIn(root, 0, { variables: {}, redact: (text) => text });
}
const aStore = () => createImageStore(join(folder, "images"));
const order = (checkout: Checkout, files: readonly string[]) =>
  ({
    service: "api" as never,
    from: { checkout, files },
    dockerfile: null,
    added: [],
    commit: { sha: "1f6ac3dc1626e53a13043b026c48bbf33feff924" as Sha, committedAt: 1_790_000_000 },
    onLine: () => undefined,
    signal: new AbortController().signal,
  }) as const;

describe("an image", () => {
  test("has the same digest however, wherever and whenever its files were written", async () => {
    const checkout = aTree({ "dist/b.js": "b", "dist/a.js": "a", "package.json": "{}" });
    const builder = createImageBuilder(aStore(), "linux/amd64");
    const first = await builder.build(order(checkout, ["dist", "package.json"]));
    utimesSync(join(checkout.folder, "dist/a.js"), 1, 1);
    chmodSync(join(checkout.folder, "dist/a.js"), 0o600);
    const second = await builder.build(order(checkout, ["package.json", "./dist/", "dist/a.js"]));
    expect(second).toEqual(first);
    expect(await aStore().list()).toEqual([first.image.digest]);
    chmodSync(join(checkout.folder, "dist/a.js"), 0o700);
    expect((await builder.build(order(checkout, ["dist", "package.json"]))).image.digest).not.toBe(first.image.digest);
  });

  test("comes back as it went in: names of any length, modes, links inside, empty and large files", async () => {
    const long = `${"deep/".repeat(40)}${"n".repeat(120)}.js`;
    const large = "x".repeat(3_000_000);
    const checkout = aTree({ [`app/${long}`]: "long", "app/empty": "", "app/large": large, "app/grüße.txt": "hi" });
    chmodSync(join(checkout.folder, "app/empty"), 0o755);
    mkdirSync(join(checkout.folder, "app/.bin"));
    symlinkSync("../large", join(checkout.folder, "app/.bin/large"));
    const { image, files } = await createImageBuilder(aStore(), "linux/amd64").build(order(checkout, ["app"]));
    await aStore().unpack(image.digest, join(folder, "out"));
    const out = (path: string) => join(folder, "out", "app", path);
    expect(readFileSync(out(long), "utf8")).toBe("long");
    expect(readFileSync(out("large"), "utf8")).toBe(large);
    expect(readFileSync(out("grüße.txt"), "utf8")).toBe("hi");
    expect(lstatSync(out("empty")).mode & 0o777).toBe(0o755);
    expect(readlinkSync(out(".bin/large"))).toBe("../large");
    expect(files?.files.map((file) => file.path)).toEqual([
      "app/.bin/large",
      `app/${long}`,
      "app/empty",
      "app/grüße.txt",
      "app/large",
    ]);
    expect(await aStore().readFile(image, "app/grüße.txt")).toEqual(Buffer.from("hi"));
    expect(await aStore().readFile(image, "app/large")).toBeNull();
    expect(await aStore().readFile(image, "nowhere")).toBeNull();
  });

  test("is verified as same, missing, or different in one byte", async () => {
    const checkout = aTree({ "a.js": "a" });
    const { image } = await createImageBuilder(aStore(), "linux/amd64").build(order(checkout, ["a.js"]));
    expect(await aStore().verify(image)).toEqual({ status: "same", bytes: image.bytes });
    expect(await aStore().verify({ ...image, digest: sha256("other") })).toEqual({ status: "missing" });
    const tar = join(folder, "images", `${image.digest.slice(7)}.tar`);
    const whole = readFileSync(tar);
    // A byte of the file, and one of the padding that no entry covers.
    for (const at of [whole.indexOf("a", 512), whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = 1;
      writeFileSync(tar, damaged);
      expect(await aStore().verify(image)).toMatchObject({ status: "differs" });
      await expect(aStore().unpack(image.digest, join(folder, "out"))).rejects.toThrow(/other bytes|Invalid tar/);
    }
    expect(readdirSync(folder)).not.toContain("out");
  });

  test("takes the place of a damaged one, which is kept aside", async () => {
    const checkout = aTree({ "a.js": "a" });
    const build = () => createImageBuilder(aStore(), "linux/amd64").build(order(checkout, ["a.js"]));
    const { image } = await build();
    const tar = join(folder, "images", `${image.digest.slice(7)}.tar`);
    const harms = [() => writeFileSync(tar, "damaged"), () => mkdirSync(tar)];
    for (const [at, harm] of harms.entries()) {
      rmSync(tar);
      harm();
      expect(await aStore().verify(image)).toMatchObject({ status: "differs" });
      await build();
      expect(await aStore().verify(image)).toMatchObject({ status: "same" });
      expect(readdirSync(join(folder, "images")).filter((name) => name.endsWith(".damaged"))).toHaveLength(at + 1);
    }
  });

  test("is made of files also where a dockerfile stands beside them, which is for AWS", async () => {
    const checkout = aTree({ "a.js": "a" });
    const builder = createImageBuilder(aStore(), "linux/amd64");
    const beside = await builder.build({ ...order(checkout, ["a.js"]), dockerfile: "Dockerfile" });
    expect(beside).toEqual(await builder.build(order(checkout, ["a.js"])));
  });

  test("leaves nothing behind when it is refused", async () => {
    const checkout = aTree({ "a.js": "a" });
    const builder = createImageBuilder(aStore(), "linux/amd64");
    await expect(builder.build(order(checkout, ["a.js", "gone"]))).rejects.toMatchObject({ code: "build-failed" });
    await expect(builder.build(order(checkout, ["../.."]))).rejects.toMatchObject({ code: "config-invalid" });
    await expect(builder.build({ ...order(checkout, []), dockerfile: "Dockerfile" })).rejects.toMatchObject({
      code: "config-invalid",
    });
    expect(await aStore().list()).toEqual([]);
  });
});

describe("a tar that somebody else made", () => {
  /** Puts a tar into the store under its true digest. */
  async function plant(entries: readonly (Partial<Header> & { readonly name: string; readonly text?: string })[]) {
    const writer = pack();
    for (const { text, ...header } of entries) writer.entry({ mtime: new Date(0), ...header } as Header, text ?? "");
    writer.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of writer as AsyncIterable<Buffer>) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const digest = sha256(bytes);
    mkdirSync(join(folder, "images"), { recursive: true });
    writeFileSync(join(folder, "images", `${digest.slice(7)}.tar`), bytes);
    return digest;
  }

  test.each([
    ["leads out", [{ name: "../evil" }]],
    ["is absolute", [{ name: "/evil" }]],
    ["has a backslash", [{ name: "a\\b" }]],
    ["has a line end", [{ name: "a\nb" }]],
    ["is there twice", [{ name: "a" }, { name: "a" }]],
    ["is a link out", [{ name: "a", type: "symlink", linkname: "../../evil" }]],
    ["is an absolute link", [{ name: "a", type: "symlink", linkname: "/etc/passwd" }]],
    ["writes through a link", [{ name: "a", type: "symlink", linkname: "b" }, { name: "b/x" }, { name: "a/evil" }]],
    ["is a hard link", [{ name: "a", type: "link", linkname: "/etc/passwd" }]],
    ["is a device", [{ name: "a", type: "character-device" }]],
    ["is a pipe", [{ name: "a", type: "fifo" }]],
    ["is a folder", [{ name: "a", type: "directory" }]],
  ] as const)("is refused when a path %s, and nothing of it stays", async (_name, entries) => {
    const digest = await plant(entries);
    await expect(aStore().unpack(digest, join(folder, "out"))).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(["images"]);
  });

  test("gives no file more than the right to be run", async () => {
    const digest = await plant([{ name: "a", mode: 0o6777, text: "x" }]);
    await aStore().unpack(digest, join(folder, "out"));
    expect(lstatSync(join(folder, "out", "a")).mode & 0o7777).toBe(0o755);
  });
});
