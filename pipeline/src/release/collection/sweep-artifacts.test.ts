import { describe, expect, test } from "vitest";
import { shas } from "../../../test/builders.ts";
import { aDraft } from "../../../test/draft-builder.ts";
import { StoreOverTime, shelfOfAll } from "../../../test/store-over-time.ts";
import { readManifest } from "../read-release.ts";
import { blobPrefix, releaseKey } from "../store-keys.ts";
import { verifyRelease } from "../verify-release.ts";
import { days } from "./ages.ts";

/** The store of a collector that stands still at its nth listing of releases: after it, or before. */
function slow(world: StoreOverTime, nth: number, when: "after" | "before", meanwhile: () => Promise<unknown>) {
  let lists = 0;
  return world.through({
    list: async (prefix, after) => {
      if (prefix === "releases/") lists += 1;
      const isThen = prefix === "releases/" && lists === nth;
      if (isThen && when === "before") await meanwhile();
      const keys = await world.store.list(prefix, after);
      if (isThen && when === "after") await meanwhile();
      return keys;
    },
  });
}
const [older, old, newest] = [
  aDraft({ sha: shas.older, page: "one page" }),
  aDraft({ sha: shas.old, page: "another page" }),
  aDraft({ sha: shas.new, page: "one page" }),
];

test.each([1, 2, 3, 4, 5])(
  "what a publisher writes again after look number %i at a blob is not removed",
  async (nth) => {
    const world = new StoreOverTime();
    await world.publish(older);
    world.pass(days(1));
    await world.publish(old);
    world.pass(days(31));
    let looks = 0;
    const frozen = world.through({
      get: async (key) => {
        const found = await world.store.get(key);
        looks += key.startsWith(blobPrefix) ? 1 : 0;
        if (key.startsWith(blobPrefix) && looks === nth) await world.publish(newest);
        return found;
      },
    });
    await world.collect(frozen);
    expect(looks).toBeGreaterThanOrEqual(nth);
    expect(await verifyRelease(world.store, shelfOfAll, shas.new)).toMatchObject({ status: "whole" });
  },
);

describe.each([1, 2, 3, 4])("a collector that stands still at its listing number %i of releases", (nth) => {
  test.each(["before", "after"] as const)(
    "(%s it) leaves what a release was published upon whose base another one retired meanwhile",
    async (when) => {
      const world = new StoreOverTime();
      await world.publish(older);
      world.pass(days(31));
      const frozen = slow(world, nth, when, async () => {
        expect(await world.publish(newest)).toMatchObject({ status: "published", written: 1 });
        await world.collect();
      });
      await world.collect(frozen);
      expect(await readManifest(world.store, shas.older)).toEqual({ status: "retired" });
      expect(await verifyRelease(world.store, shelfOfAll, shas.new)).toMatchObject({ status: "whole" });
    },
  );

  test("leaves what a publication rests on that stood still for longer than its base is kept for it", async () => {
    const world = new StoreOverTime();
    await world.publish(older);
    world.pass(days(25));
    const [arrived, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const sleeper = world.through({
      putIfAbsent: async (key, body) => {
        if (key === releaseKey(shas.new)) {
          arrived.resolve();
          await awake.promise;
        }
        return world.store.putIfAbsent(key, body);
      },
    });
    let publishing: Promise<unknown> = Promise.resolve();
    const frozen = slow(world, nth, "before", async () => {
      publishing = world.publish(newest, sleeper);
      await arrived.promise;
      world.pass(days(3));
      await world.publish(old);
      world.pass(days(5));
      const dying = world.through({
        list: (prefix, after) =>
          prefix === "blobs/" ? Promise.reject(new Error("killed")) : world.store.list(prefix, after),
      });
      await expect(world.collect(dying)).rejects.toThrow("killed");
    });
    await world.collect(frozen);
    awake.resolve();
    expect(await publishing).toMatchObject({ status: "published" });
    expect(await verifyRelease(world.store, shelfOfAll, shas.new)).toMatchObject({ status: "whole" });
  });
});
