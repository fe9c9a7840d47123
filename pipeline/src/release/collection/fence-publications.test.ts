import { describe, expect, test } from "vitest";
import { instantOf, shas } from "../../../test/builders.ts";
import { aDraft } from "../../../test/draft-builder.ts";
import { StoreOverTime, shelfOfAll } from "../../../test/store-over-time.ts";
import { PortError } from "../../errors.ts";
import type { ObjectStore } from "../../ports.ts";
import { readManifest } from "../read-release.ts";
import { releaseKey } from "../store-keys.ts";
import { verifyRelease } from "../verify-release.ts";
import { days } from "./ages.ts";
import { readRetention } from "./retention.ts";

/** Publications of one commit, and machines that stand still. */
class Weeks extends StoreOverTime {
  publishPage(page: string, store: ObjectStore = this.store) {
    return this.publish(aDraft({ page }), store);
  }
  /** The store as one machine sees it: something happens right before its last request leaves, after it has looked at the time. */
  asleep(meanwhile: () => Promise<void>, calls: Partial<ObjectStore> = {}): ObjectStore {
    const { store } = this;
    let slept = false;
    const sleepBefore = async (key: string): Promise<void> => {
      if (key !== releaseKey(shas.new) || slept) return;
      slept = true;
      await meanwhile();
    };
    return this.through({
      putIfAbsent: (key, body) => sleepBefore(key).then(() => store.putIfAbsent(key, body)),
      putIfMatch: (key, body, etag) => sleepBefore(key).then(() => store.putIfMatch(key, body, etag)),
      ...calls,
    });
  }
}
const killed = (): Promise<never> => Promise.reject(new Error("killed"));
const expectWhole = async (store: ObjectStore): Promise<void> =>
  expect(await verifyRelease(store, shelfOfAll, shas.new)).toMatchObject({ status: "whole" });

describe("a publication that stands still right before release.json", () => {
  test("for two weeks, while collectors come, begins again: what it had sent is gone", async () => {
    const weeks = new Weeks();
    const { store } = weeks;
    const asleep = weeks.asleep(async () => {
      weeks.pass(days(14));
      await weeks.collect();
      expect(await store.list("blobs/")).toEqual([]);
    });
    expect(await weeks.publishPage("first", asleep)).toMatchObject({ status: "published", written: 5 });
    await expectWhole(store);
    expect(await readRetention(store, shas.new)).toMatchObject({ publishing: null });
  });

  test("is refused where a release has meanwhile given its assets other bytes", async () => {
    const weeks = new Weeks();
    const asleep = weeks.asleep(async () => {
      weeks.pass(days(14));
      await weeks.collect();
      await weeks.publish(aDraft({ sha: shas.newest, asset: "2" }));
    });
    const late = weeks.publish(aDraft({ asset: "1" }), asleep);
    await expect(late).rejects.toMatchObject({ code: "web-collision" });
    expect(await readManifest(weeks.store, shas.new)).toEqual({ status: "missing" });
  });

  test("is fenced off though another publication of the commit took the place of its mark, and failed", async () => {
    const weeks = new Weeks();
    const { store } = weeks;
    const asleep = weeks.asleep(async () => {
      for (let day = 0; day < 8; day += 1) {
        weeks.pass(days(0.9));
        const broken = weeks.asleep(killed);
        await expect(weeks.publishPage(`try ${day}`, broken)).rejects.toThrow("killed");
      }
      await weeks.collect();
    });
    await weeks.publishPage("first", asleep);
    await expectWhole(store);
  });

  test("after a fence came in its way while it had not looked at the place yet, is fenced off again", async () => {
    const weeks = new Weeks();
    const { store } = weeks;
    // Somebody died here two days ago.
    await expect(weeks.publishPage("dead", weeks.asleep(killed))).rejects.toThrow();
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
    // Between the mark, which keeps the place of the dead one's, and the look at release.json.
    let marked = false;
    const get: ObjectStore["get"] = async (key) => {
      const publishing = (await readRetention(store, shas.new)).publishing;
      if (!marked && key === releaseKey(shas.new) && publishing?.by === "ci@github") {
        marked = true;
        await weeks.collect();
      }
      return store.get(key);
    };
    const asleep = async (): Promise<void> => {
      weeks.pass(days(12));
      await weeks.collect();
      await weeks.collect();
    };
    const racing = weeks.asleep(asleep, { get });
    await weeks.publishPage("first", racing);
    expect(marked).toBe(true);
    await expectWhole(store);
  });
});

test("a commit that was fenced off is not retired: it counts as never published, and is published by whoever builds it", async () => {
  const weeks = new Weeks();
  const { store } = weeks;
  const lost = weeks.through({
    putIfAbsent: async (key, body) => {
      if (key === releaseKey(shas.new)) throw new PortError(`put ${key}`, "possible", "no answer");
      return store.putIfAbsent(key, body);
    },
  });
  await expect(weeks.publishPage("first", lost)).rejects.toThrow("no answer");
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
  expect(await weeks.publishPage("second")).toMatchObject({ status: "published" });
  await expectWhole(store);
});

test("a collector that stands still for a week removes nothing that somebody publishes meanwhile", async () => {
  const weeks = new Weeks();
  const { store } = weeks;
  // Sent by a publication that died; not a day old when the next one finds it.
  await expect(weeks.publishPage("first", weeks.asleep(killed))).rejects.toThrow();
  weeks.pass(days(0.5));
  let slept = false;
  const frozen = weeks.through({
    get: async (key) => {
      // It reads blobs once it knows what is needed.
      if (key.startsWith("blobs/") && !slept) {
        slept = true;
        await weeks.publishPage("first");
        weeks.pass(days(8));
      }
      return store.get(key);
    },
  });
  await weeks.collect(frozen);
  expect(slept).toBe(true);
  await expectWhole(store);
});
