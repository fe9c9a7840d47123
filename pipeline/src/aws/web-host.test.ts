import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ArbitraryRelease, arbitraryRelease } from "../../test/web/arbitrary-releases.ts";
import { changedFiles, playPair } from "../../test/web/play-pair.ts";
import { asPage, fileOf, permitOf, releaseOf, type SampleFile, WebWorld } from "../../test/web/web-world.ts";
import { LeaseLostError } from "../errors.ts";
import { sha256 } from "../release/canonical-json.ts";

const modes = ["pointer", "sync"] as const;

/** A site of pages that share some assets; `version` changes each `every`th page and one asset. */
function aSite(pages: number, version: number, every = 1): ArbitraryRelease {
  const page = (index: number): SampleFile => ({
    path: `docs/chapter-${index % 17}/page-${index}.html`,
    role: "entry",
    content: `page ${index} ${index % every === 0 ? version : 0}`,
  });
  const asset = (name: string): SampleFile => ({ path: `assets/${name}.js`, role: "asset", content: name });
  const files = [...Array.from({ length: pages }, (_, index) => page(index)), asset("shared"), asset(`app-${version}`)];
  return { files, release: releaseOf(files, null) };
}

async function openWith(mode: (typeof modes)[number], ...releases: readonly ArbitraryRelease[]): Promise<WebWorld> {
  const world = new WebWorld(mode);
  for (const { files, release } of releases) await world.publish(files, release);
  return world;
}

describe.each(modes)("a web release, switched by %s", (mode) => {
  test("costs no more calls than files that changed and four, there and back, and is then served byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRelease, arbitraryRelease, async (a, b) => {
        expect(await playPair(mode, a, b)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("keeps to that where there are many pages, of which each 40th changes", async () => {
    const [a, b] = [aSite(2_000, 1, 40), aSite(2_000, 2, 40)];
    const world = await openWith(mode, a, b);
    await world.promote(world.host(), null, a.release, 1);
    const there = await world.promote(world.host(), a.release, b.release, 2);
    expect(changedFiles(a.release.list, b.release.list)).toBe(51);
    expect(there).toBeLessThanOrEqual(51 + 4);
    expect(await world.wrong(b.release)).toEqual([]);
    const back = await world.promote(world.host(), b.release, a.release, 3);
    expect(back).toBeLessThanOrEqual(mode === "pointer" ? 3 : 50 + 4);
    expect(await world.wrong(a.release)).toEqual([]);
  });

  test("leaves every page whole, whichever call a run dies at, and the next run ends what it began", async () => {
    const [a, b] = [aSite(8, 1), aSite(8, 2)];
    for (const moment of ["before", "after"] as const)
      for (let deadAt = 1; ; deadAt += 1) {
        const world = await openWith(mode, a, b);
        await world.promote(world.host(), null, a.release, 1);
        const begun = world.aws.calls.length;
        world.aws.interrupt = (now, call) => {
          if (now === moment && call - begun >= deadAt) throw new Error("killed");
        };
        const isDead = await world.promote(world.host(), a.release, b.release, 2).then(
          () => false,
          () => true,
        );
        world.aws.interrupt = () => undefined;
        if (!isDead) break;
        // Whoever opened a page before still finds its files, and so does whoever gets a page now.
        expect(await world.wrong(a.release, "asset")).toEqual([]);
        const [old, fresh] = [await world.wrong(a.release, "entry"), await world.wrong(b.release, "entry")];
        if (fresh.length < 8) expect(await world.wrong(b.release, "asset")).toEqual([]);
        if (mode === "pointer") expect(Math.min(old.length, fresh.length)).toBe(0);
        else expect(old.filter((path) => fresh.includes(path))).toEqual([]);
        expect(await world.host().raiseFence(permitOf(3))).toBe("raised");
        const to = deadAt % 2 === 0 ? a : b;
        await world.promote(world.host(), null, to.release, 3);
        expect(await world.wrong(to.release)).toEqual([]);
        expect((await world.host().readLive()).web).toEqual(to.release.revision);
      }
  });

  test("is not touched by a run once its lease is lost", async () => {
    const [a, b] = [aSite(3, 1), aSite(3, 2)];
    let runs = 0;
    for (let isLost = true; isLost; runs += 1) {
      const world = await openWith(mode, a, b);
      await world.promote(world.host(), null, a.release, 1);
      let checks = 0;
      let callsWhenLost = -1;
      const check = () => {
        checks += 1;
        if (checks <= runs) return;
        callsWhenLost = callsWhenLost < 0 ? world.aws.calls.length : callsWhenLost;
        throw new LeaseLostError("the beat is old");
      };
      const host = world.host();
      const assets = b.release.list.files.filter(({ role }) => role === "asset");
      isLost = await (async () => {
        await host.addAssets(assets, { ...permitOf(2), check });
        await host.switchTo(b.release.revision, { ...permitOf(2), check });
        return false;
      })().catch((error: unknown) => {
        if (error instanceof LeaseLostError) return true;
        throw error;
      });
      if (isLost) expect(world.aws.calls.slice(callsWhenLost)).toEqual([]);
      expect(await world.wrong(a.release, "asset")).toEqual([]);
      expect((await world.host().readLive()).epoch).toBeLessThanOrEqual(2);
    }
    expect(runs).toBeGreaterThan(5);
  });

  test("is left as it is when the list of what should come is missing", async () => {
    const a = aSite(3, 1);
    const world = await openWith(mode, a);
    await world.promote(world.host(), null, a.release, 1);
    const nowhere = { ...a.release.revision, digest: aSite(3, 9).release.revision.digest };
    await expect(world.host().switchTo(nowhere, permitOf(2))).rejects.toThrow("is missing");
    expect(await world.wrong(a.release)).toEqual([]);
    expect(await world.host().readLive()).toMatchObject({ web: a.release.revision, epoch: 1 });
  });

  test("stays that of a later epoch, whoever looked before it wrote", async () => {
    const [a, b] = [aSite(3, 1), aSite(3, 2)];
    const world = await openWith(mode, a, b);
    const slow = world.host();
    await world.promote(slow, null, a.release, 1);
    await slow.addAssets(
      b.release.list.files.filter(({ role }) => role === "asset"),
      permitOf(1),
    );
    await world.host().raiseFence(permitOf(2));
    expect(await slow.switchTo(b.release.revision, permitOf(1))).toBe("moved");
    expect(await slow.raiseFence(permitOf(1))).toBe("moved");
    expect(await world.wrong(a.release)).toEqual([]);
  });

  test("is not switched to while an asset of it is not in the pool", async () => {
    const a = aSite(3, 1);
    const world = await openWith(mode, a);
    await expect(world.host().switchTo(a.release.revision, permitOf(1))).rejects.toThrow("assets/app-1.js");
  });
});

describe("assets", () => {
  const a = aSite(1, 1);
  const assets = a.release.list.files.filter(({ role }) => role === "asset");
  const clash = fileOf({ path: "assets/shared.js", role: "asset", content: "page 0 1" });

  test("keep their bytes though the index of the pool was lost", async () => {
    const world = await openWith("pointer", a);
    await world.promote(world.host(), null, a.release, 1);
    world.aws.files.delete("web-bucket/apps/web/state/pool.json");
    const host = world.host();
    await expect(host.addAssets([clash], permitOf(2))).rejects.toThrow("assets/shared.js");
    expect(await world.wrong(a.release)).toEqual([]);
    await host.addAssets(assets, permitOf(2));
    expect((await host.missing(assets)).missing).toEqual([]);
  });

  test("are not put over what somebody else left under their names", async () => {
    const world = await openWith("pointer", a);
    world.aws.put("web-bucket/apps/web/pool/assets/shared.js", new TextEncoder().encode("by hand"));
    await expect(world.host().addAssets(assets, permitOf(1))).rejects.toThrow("assets/shared.js");
    expect(await world.served("assets/shared.js")).toBe(sha256("by hand"));
  });

  test("are all in the index when two runs add some at once", async () => {
    const world = await openWith("pointer", a);
    const [first, second] = [world.host(), world.host()];
    await first.missing(assets);
    await second.addAssets(assets.slice(1), permitOf(2));
    await first.addAssets(assets.slice(0, 1), permitOf(1));
    expect((await world.host().missing(assets)).missing).toEqual([]);
  });

  test("are not taken for what a damaged blob holds", async () => {
    const world = await openWith("pointer", a);
    const [asset] = assets;
    world.aws.put(`store-bucket/apps/store/blobs/${asset?.sha256.slice(7)}`, new TextEncoder().encode("other"));
    await expect(world.host().addAssets(assets, permitOf(1))).rejects.toThrow("has other bytes");
    expect((await world.host().missing(assets)).missing).toHaveLength(assets.length);
    await world.publish(a.files, a.release);
    await world.promote(world.host(), null, a.release, 2);
    expect(await world.wrong(a.release)).toEqual([]);
  });
});

describe("pages behind a pointer", () => {
  test("by the thousand come to light all at once, whichever write a run dies at", async () => {
    const [a, b] = [aSite(1_500, 1), aSite(1_500, 2)];
    for (let writes = 1, isDead = true; isDead; writes += 1) {
      const world = await openWith("pointer", a, b);
      await world.promote(world.host(), null, a.release, 1);
      const begun = world.aws.calls.length;
      world.aws.interrupt = (moment, call) => {
        const made = world.aws.calls.slice(begun, call).filter((name) => name === "UpdateKeys").length;
        if (moment === "after" && made >= writes) throw new Error("killed");
      };
      isDead = await world.promote(world.host(), a.release, b.release, 2).then(
        () => false,
        () => true,
      );
      world.aws.interrupt = () => undefined;
      const wrong = [await world.wrong(a.release), await world.wrong(b.release, "entry")].map(({ length }) => length);
      expect(Math.min(...wrong)).toBe(0);
      if (!isDead) expect(writes).toBeGreaterThan(3);
    }
  });

  test("are found among thousands, and nothing else is", async () => {
    const files: SampleFile[] = [
      ...aSite(5_000, 1).files,
      { path: "index.html", role: "entry", content: "home" },
      { path: "assets/LICENSE", role: "asset", content: "licence" },
    ];
    const release = releaseOf(files, "index.html");
    const world = await openWith("pointer", { files, release });
    await world.promote(world.host(), null, release, 1);
    expect(await world.wrong(release)).toEqual([]);
    const fallback = release.list.files.find(({ path }) => path === "index.html")?.sha256;
    expect(await world.served("docs/chapter-1/page-2.html", asPage)).toBe(fallback);
    expect(await world.served("docs/chapter-1/page-2.html")).toBe(404);
    expect(await world.served("assets/LICENSE", asPage)).not.toBe(fallback);
    expect(Math.max(...[...world.aws.values.values()].map((value) => value.length))).toBeLessThanOrEqual(1_000);
  });

  test("are found though the pool got an asset meanwhile that could be a page", async () => {
    const page: SampleFile = { path: "index.html", role: "entry", content: "home" };
    const files = [...aSite(600, 1).files, page];
    const withLicence: readonly SampleFile[] = [...files, { path: "LICENSE", role: "asset", content: "licence" }];
    const [a, b] = [files, withLicence].map((some) => ({ files: some, release: releaseOf(some, "index.html") }));
    if (!a || !b) throw new Error("two releases");
    const world = await openWith("pointer", a, b);
    await world.promote(world.host(), null, a.release, 1);
    await world.promote(world.host(), a.release, b.release, 2);
    expect(await world.wrong(b.release)).toEqual([]);
    expect(await world.served("LICENSE", asPage)).toBe(sha256("licence"));
  });

  test("are read through this process where S3 may not copy them", async () => {
    const a = aSite(20, 1);
    const world = await openWith("pointer", a);
    for (const { content } of a.files) await world.keep(content);
    world.aws.mayCopy = false;
    const calls = await world.promote(world.host(), null, a.release, 1);
    expect(await world.wrong(a.release)).toEqual([]);
    expect(calls).toBeLessThanOrEqual(22 + 4 + 16);
  });

  test("of releases long gone take up no room for ever", async () => {
    const [a, b] = [aSite(200, 1), aSite(200, 2)];
    const world = await openWith("pointer", a, b);
    await world.promote(world.host(), null, a.release, 1);
    for (let index = 0; index < 3_000; index += 1) world.aws.values.set(`files-${index}`, "x".repeat(1_000));
    const isSwept = () => !world.aws.values.has("files-2999");
    world.aws.interrupt = (moment) => {
      if (moment === "before" && isSwept()) throw new Error("killed");
    };
    await expect(world.promote(world.host(), a.release, b.release, 2)).rejects.toThrow("killed");
    world.aws.interrupt = () => undefined;
    expect(await world.wrong(a.release)).toEqual([]);
    await world.promote(world.host(), a.release, b.release, 2);
    expect([...world.aws.values.keys()].filter((key) => /^files-\d{1,4}$/.test(key))).toEqual([]);
    expect(await world.wrong(b.release)).toEqual([]);
    await world.promote(world.host(), b.release, a.release, 3);
    expect(await world.wrong(a.release)).toEqual([]);
  });
});

describe("pages that are copied over", () => {
  const page = (content: string): SampleFile => ({ path: "index.html", role: "entry", content });
  const asAsset: SampleFile = { path: "app.js", role: "asset", content: "asset" };
  const asEntry: SampleFile = { path: "app.js", role: "entry", content: "entry" };
  const all = [[asAsset, page("1")], [asEntry, page("2")], [page("3")], [asAsset, page("4")]].map((files) => ({
    files,
    release: releaseOf(files, null),
  }));

  test("give a name back to the asset that had it before it was an entry's", async () => {
    const world = await openWith("sync", ...all);
    for (const [index, { release }] of all.entries()) {
      await world.promote(world.host(), all[index - 1]?.release ?? null, release, index + 1);
      expect([index, await world.wrong(release)]).toEqual([index, []]);
    }
    expect(await world.served("app.js")).toBe(all[0]?.release.list.files[0]?.sha256);
  });
});
