import { describe, expect, test } from "vitest";
import type { Permit, WebHost, WebRevision } from "../../src/ports.ts";
import type { WebFile } from "../../src/web/file-list.ts";

interface StoredWeb {
  readonly revision: WebRevision;
  readonly files: readonly WebFile[];
}
export interface WebWorld {
  readonly web: WebHost;
  /** A lease of this epoch; later worlds begin where earlier ones ended. */
  permit(step: number): Permit;
  /** Two web releases of one entry `index.html` and one asset each; their assets have different names. */
  readonly one: StoredWeb;
  readonly two: StoredWeb;
  /** The same name as the asset of `one`, with other bytes. */
  readonly clash: WebFile;
}

const assetsOf = (web: StoredWeb): readonly WebFile[] => web.files.filter(({ role }) => role === "asset");

/** What every host of pages has to do. Worlds may share one environment: each test brings its own epochs. */
export function webHostContract(name: string, open: () => Promise<WebWorld>): void {
  describe(`${name} as a host of pages`, () => {
    test("names what its pool lacks, until it was added", async () => {
      const { web, permit, one } = await open();
      const before = await web.missing(assetsOf(one));
      expect(before).toEqual({ missing: assetsOf(one).map(({ path }) => path), clashing: [] });
      await web.addAssets(assetsOf(one), permit(1));
      await web.addAssets(assetsOf(one), permit(1));
      expect(await web.missing(assetsOf(one))).toEqual({ missing: [], clashing: [] });
    });

    test("never puts other bytes under a name that it holds", async () => {
      const { web, permit, one, clash } = await open();
      await web.addAssets(assetsOf(one), permit(1));
      expect((await web.missing([clash])).clashing).toEqual([clash.path]);
      await expect(web.addAssets([clash], permit(1))).rejects.toThrow(clash.path);
      expect(await web.missing(assetsOf(one))).toEqual({ missing: [], clashing: [] });
    });

    test("switches, and tells what is live with the epoch that wrote it", async () => {
      const { web, permit, one } = await open();
      await web.addAssets(assetsOf(one), permit(1));
      expect(await web.switchTo(one.revision, permit(1))).toBe("switched");
      expect(await web.readLive()).toMatchObject({ web: one.revision, epoch: permit(1).epoch });
    });

    test("writes the epoch even when the pages are live already", async () => {
      const { web, permit, one } = await open();
      await web.addAssets(assetsOf(one), permit(1));
      await web.switchTo(one.revision, permit(1));
      const before = await web.readLive();
      await web.switchTo(one.revision, permit(2));
      const after = await web.readLive();
      expect(after).toMatchObject({ web: one.revision, epoch: permit(2).epoch });
      expect(after.etag).not.toBe(before.etag);
    });

    test("tells an earlier epoch that it has been moved, and stays as it is", async () => {
      const { web, permit, one, two } = await open();
      await web.addAssets([...assetsOf(one), ...assetsOf(two)], permit(1));
      await web.switchTo(one.revision, permit(2));
      const before = await web.readLive();
      expect(await web.switchTo(two.revision, permit(1))).toBe("moved");
      expect(await web.raiseFence(permit(1))).toBe("moved");
      expect(await web.readLive()).toEqual(before);
    });

    test("keeps the pages when the fence is raised, and refuses whoever held it", async () => {
      const { web, permit, one, two } = await open();
      await web.addAssets([...assetsOf(one), ...assetsOf(two)], permit(1));
      await web.switchTo(one.revision, permit(1));
      expect(await web.raiseFence(permit(2))).toBe("raised");
      expect(await web.readLive()).toMatchObject({ web: one.revision, epoch: permit(2).epoch });
      expect(await web.switchTo(two.revision, permit(1))).toBe("moved");
    });

    test("goes back to no pages at all", async () => {
      const { web, permit, one } = await open();
      await web.addAssets(assetsOf(one), permit(1));
      await web.switchTo(one.revision, permit(1));
      expect(await web.switchTo(null, permit(1))).toBe("switched");
      expect((await web.readLive()).web).toBeNull();
    });

    test("knows an invalidation by its key", async () => {
      const { web, permit } = await open();
      const key = `invalidation-${permit(1).epoch}`;
      expect(await web.isInvalidated(key)).toBe(false);
      await web.invalidate(["/", "/index.html"], key, permit(1));
      await web.invalidate(["/", "/index.html"], key, permit(1));
      expect(await web.isInvalidated(key)).toBe(true);
    });
  });
}
