import { describe, expect, test } from "vitest";
import { instantOf, shas } from "../../../test/builders.ts";
import { aDraft, aShelf } from "../../../test/draft-builder.ts";
import { MemoryObjectStore } from "../../../test/memory-store.ts";
import { VirtualClock } from "../../../test/virtual-clock.ts";
import type { Instant, Sha } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { publishRelease } from "../publish-release.ts";
import { readManifest } from "../read-release.ts";
import { releaseKey } from "../store-keys.ts";
import { verifyRelease } from "../verify-release.ts";
import { days } from "./ages.ts";
import { collect } from "./collect.ts";

const shelf = aShelf("// server\n", "// other\n");
const noImages = { list: async () => [], remove: async () => "conflict" as const };

class World {
  #at = Date.parse(instantOf("2026-01-01T00:00"));
  #nonces = 0;
  readonly store = new MemoryObjectStore(() => new Date(this.#at).toISOString() as Instant);

  pass(howMany: number): void {
    this.#at += days(howMany);
  }
  async publish(sha: Sha, page: string, store: ObjectStore = this.store) {
    const nonce = (): string => {
      this.#nonces += 1;
      return String(this.#nonces).padStart(32, "0");
    };
    const clock = Object.assign(new VirtualClock(), { now: () => new Date(this.#at).toISOString() as Instant });
    const ports = { store, shelf, clock, random: { nonce, fraction: () => 0.5 }, redact: (text: string) => text };
    return await publishRelease(ports, aDraft({ sha, page }), 1);
  }
  collect(store: ObjectStore = this.store) {
    return collect({ store, images: noImages, window: 1 });
  }
  with(calls: Partial<ObjectStore>): ObjectStore {
    const { store } = this;
    return {
      address: store.address,
      get: (key) => store.get(key),
      list: (prefix, after) => store.list(prefix, after),
      putIfAbsent: (key, body) => store.putIfAbsent(key, body),
      putIfMatch: (key, body, etag) => store.putIfMatch(key, body, etag),
      deleteIfMatch: (key, write) => store.deleteIfMatch(key, write),
      ...calls,
    };
  }
  /** The store of a collector that stands still at its nth listing of releases: after it, or before. */
  slow(nth: number, when: "after" | "before", meanwhile: () => Promise<unknown>): ObjectStore {
    let lists = 0;
    return this.with({
      list: async (prefix, after) => {
        if (prefix === "releases/") lists += 1;
        const isThen = prefix === "releases/" && lists === nth;
        if (isThen && when === "before") await meanwhile();
        const keys = await this.store.list(prefix, after);
        if (isThen && when === "after") await meanwhile();
        return keys;
      },
    });
  }
}

describe.each([1, 2, 3, 4])("a collector that stands still at its listing number %i of releases", (nth) => {
  test.each(["before", "after"] as const)(
    "(%s it) leaves what a release was published upon whose base another one retired meanwhile",
    async (when) => {
      const world = new World();
      await world.publish(shas.older, "one page");
      world.pass(31);
      const slow = world.slow(nth, when, async () => {
        expect(await world.publish(shas.new, "one page")).toMatchObject({ status: "published", written: 1 });
        await world.collect();
      });
      await world.collect(slow);
      expect(await readManifest(world.store, shas.older)).toEqual({ status: "retired" });
      expect(await verifyRelease(world.store, shelf, shas.new)).toMatchObject({ status: "whole" });
    },
  );

  test("leaves what a publication rests on that stood still for longer than its base is kept for it", async () => {
    const world = new World();
    await world.publish(shas.older, "one page");
    world.pass(25);
    const [arrived, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const sleeper = world.with({
      putIfAbsent: async (key, body) => {
        if (key === releaseKey(shas.new)) {
          arrived.resolve();
          await awake.promise;
        }
        return world.store.putIfAbsent(key, body);
      },
    });
    let publishing: Promise<unknown> = Promise.resolve();
    const slow = world.slow(nth, "before", async () => {
      publishing = world.publish(shas.new, "one page", sleeper);
      await arrived.promise;
      world.pass(3);
      await world.publish(shas.old, "another page");
      world.pass(5);
      const dying = world.with({
        list: (prefix, after) =>
          prefix === "blobs/" ? Promise.reject(new Error("killed")) : world.store.list(prefix, after),
      });
      await expect(world.collect(dying)).rejects.toThrow("killed");
    });
    await world.collect(slow);
    awake.resolve();
    expect(await publishing).toMatchObject({ status: "published" });
    expect(await verifyRelease(world.store, shelf, shas.new)).toMatchObject({ status: "whole" });
  });
});
