import { describe, expect, test } from "vitest";
import { instantOf, shas } from "../../../test/builders.ts";
import { aDraft, aShelf } from "../../../test/draft-builder.ts";
import { MemoryObjectStore } from "../../../test/memory-store.ts";
import { VirtualClock } from "../../../test/virtual-clock.ts";
import { PortError } from "../../errors.ts";
import type { Instant } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { publishRelease } from "../publish-release.ts";
import { readManifest } from "../read-release.ts";
import { releaseKey } from "../store-keys.ts";
import { verifyRelease } from "../verify-release.ts";
import { days } from "./ages.ts";
import { collect } from "./collect.ts";
import { readRetention } from "./retention.ts";

const shelf = aShelf("// server\n", "// other\n");
const noImages = { list: async () => [], remove: async () => "conflict" as const };

/** A store whose time passes when it is told to; machines have clocks of their own. */
class Weeks {
  #at = Date.parse(instantOf("2026-11-01T00:00"));
  #nonces = 0;
  readonly store = new MemoryObjectStore(() => new Date(this.#at).toISOString() as Instant);

  pass(milliseconds: number): void {
    this.#at += milliseconds;
  }
  async publish(page: string, store: ObjectStore = this.store) {
    const nonce = (): string => {
      this.#nonces += 1;
      return String(this.#nonces).padStart(32, "0");
    };
    const random = { nonce, fraction: () => 0.5 };
    const ports = { store, shelf, clock: new VirtualClock(), random, redact: (text: string) => text };
    return await publishRelease(ports, aDraft({ page }), 1);
  }
  async collect(times = 1): Promise<void> {
    for (let time = 0; time < times; time += 1) await collect({ store: this.store, images: noImages, window: 1 });
  }
  /** The store as one machine sees it: something happens right before its last request leaves, after it has looked at the time. */
  asleep(meanwhile: () => Promise<void>): ObjectStore {
    const { store } = this;
    let slept = false;
    const sleepBefore = async (key: string): Promise<void> => {
      if (key !== releaseKey(shas.new) || slept) return;
      slept = true;
      await meanwhile();
    };
    return {
      address: store.address,
      get: (key) => store.get(key),
      list: (prefix, after) => store.list(prefix, after),
      putIfAbsent: (key, body) => sleepBefore(key).then(() => store.putIfAbsent(key, body)),
      putIfMatch: (key, body, etag) => sleepBefore(key).then(() => store.putIfMatch(key, body, etag)),
      deleteIfMatch: (key, write) => store.deleteIfMatch(key, write),
    };
  }
}
const expectWhole = async (store: ObjectStore): Promise<void> =>
  expect(await verifyRelease(store, shelf, shas.new)).toMatchObject({ status: "whole" });

describe("a publication that stands still right before release.json", () => {
  test("for two weeks, while collectors come, begins again: what it had sent is gone", async () => {
    const weeks = new Weeks();
    const { store } = weeks;
    const asleep = weeks.asleep(async () => {
      weeks.pass(days(14));
      await weeks.collect();
      expect(await store.list("blobs/")).toEqual([]);
    });
    expect(await weeks.publish("first", asleep)).toMatchObject({ status: "published", written: 5 });
    await expectWhole(store);
    expect(await readRetention(store, shas.new)).toMatchObject({ publishing: null });
  });

  test("is fenced off though another publication of the commit took the place of its mark, and failed", async () => {
    const weeks = new Weeks();
    const { store } = weeks;
    const asleep = weeks.asleep(async () => {
      for (let day = 0; day < 8; day += 1) {
        weeks.pass(days(0.9));
        const broken = weeks.asleep(() => Promise.reject(new Error("killed")));
        await expect(weeks.publish(`try ${day}`, broken)).rejects.toThrow("killed");
      }
      await weeks.collect();
    });
    await weeks.publish("first", asleep);
    await expectWhole(store);
  });

  test("after a fence came in its way while it had not looked at the place yet, is fenced off again", async () => {
    const weeks = new Weeks();
    const { store } = weeks;
    // Somebody died here two days ago.
    await expect(
      weeks.publish(
        "dead",
        weeks.asleep(() => Promise.reject(new Error("killed"))),
      ),
    ).rejects.toThrow();
    await store.putIfMatch(
      `releases/${shas.new}/retention.json`,
      new TextEncoder().encode(
        JSON.stringify({
          bases: {},
          pins: {},
          publishing: { at: instantOf("2026-11-01T00:00"), by: "dead", nonce: "dead" },
          retired: false,
          version: 1,
        }),
      ),
      (await store.get(`releases/${shas.new}/retention.json`))?.etag ?? "",
    );
    weeks.pass(days(3));
    const asleep = weeks.asleep(async () => {
      weeks.pass(days(12));
      await weeks.collect(2);
    });
    // Between the mark, which keeps the place of the dead one's, and the look at release.json.
    let marked = false;
    const racing: ObjectStore = Object.assign(Object.create(asleep) as ObjectStore, asleep, {
      get: async (key: string) => {
        const publishing = (await readRetention(store, shas.new)).publishing;
        if (!marked && key === releaseKey(shas.new) && publishing?.by === "ci@github") {
          marked = true;
          await weeks.collect();
        }
        return store.get(key);
      },
    });
    await weeks.publish("first", racing);
    expect(marked).toBe(true);
    await expectWhole(store);
  });
});

test("a commit that was fenced off is not retired: it counts as never published, and is published by whoever builds it", async () => {
  const weeks = new Weeks();
  const { store } = weeks;
  const lost: ObjectStore = Object.assign(
    Object.create(store) as ObjectStore,
    weeks.asleep(async () => undefined),
    {
      putIfAbsent: async (key: string, body: Uint8Array) => {
        if (key === releaseKey(shas.new)) throw new PortError(`put ${key}`, "possible", "no answer");
        return store.putIfAbsent(key, body);
      },
    },
  );
  await expect(weeks.publish("first", lost)).rejects.toThrow("no answer");
  weeks.pass(days(9));
  await weeks.collect();
  expect(await readManifest(store, shas.new)).toEqual({ status: "missing" });
  expect(await readRetention(store, shas.new)).toMatchObject({ retired: false });
  expect(await store.list("blobs/")).toEqual([]);
  // The request without an answer lands now: nothing it needs is there any more.
  expect(await store.putIfAbsent(releaseKey(shas.new), new TextEncoder().encode("late"))).toEqual({
    status: "conflict",
  });
  weeks.pass(days(3));
  await weeks.collect();
  expect(await readRetention(store, shas.new)).toMatchObject({ publishing: null });
  expect(await weeks.publish("second")).toMatchObject({ status: "published" });
  await expectWhole(store);
});

test("a collector that stands still for a week removes nothing that somebody publishes meanwhile", async () => {
  const weeks = new Weeks();
  const { store } = weeks;
  // Sent by a publication that died; not a day old when the next one finds it.
  await expect(
    weeks.publish(
      "first",
      weeks.asleep(() => Promise.reject(new Error("killed"))),
    ),
  ).rejects.toThrow();
  weeks.pass(days(0.5));
  let slept = false;
  const frozen: ObjectStore = Object.assign(
    Object.create(store) as ObjectStore,
    weeks.asleep(async () => undefined),
    {
      get: async (key: string) => {
        // After it has read what is needed: each blob is looked at then.
        if (key.startsWith("blobs/") && slept === false && reads > 1) {
          slept = true;
          await weeks.publish("first");
          weeks.pass(days(8));
        }
        if (key.startsWith("blobs/")) reads += 1;
        return store.get(key);
      },
    },
  );
  let reads = 1;
  await collect({ store: frozen, images: noImages, window: 1 });
  expect(slept).toBe(true);
  await expectWhole(store);
});
