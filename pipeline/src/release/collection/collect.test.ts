import { describe, expect, test } from "vitest";
import { environmentOf, instantOf, shas } from "../../../test/builders.ts";
import { aDraft, aShelf } from "../../../test/draft-builder.ts";
import { MemoryObjectStore } from "../../../test/memory-store.ts";
import { Cellar } from "../../../test/simulation/collection/cellar.ts";
import { Gate } from "../../../test/simulation/gate.ts";
import { VirtualClock } from "../../../test/virtual-clock.ts";
import type { Digest, Instant, Sha } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { publishRelease } from "../publish-release.ts";
import { readManifest } from "../read-release.ts";
import type { ReleaseDraft } from "../release-draft.ts";
import { blobKey, releaseKey } from "../store-keys.ts";
import { days } from "./ages.ts";
import { collect } from "./collect.ts";
import { changeRetention, pinRelease, readRetention } from "./retention.ts";

const servers = ["old", "new", "newest"];
const shelf = aShelf(...servers);

/** A store with one release a month, the last of them published today. */
class Month {
  #day = 0;
  readonly store = new MemoryObjectStore(() => this.now());
  readonly cellar = new Cellar(() => days(this.#day));
  #nonces = 0;

  now(): Instant {
    return new Date(Date.parse(instantOf("2026-01-01T00:00")) + days(this.#day)).toISOString() as Instant;
  }
  pass(days: number): void {
    this.#day += days;
  }
  async publish(draft: ReleaseDraft, store: ObjectStore = this.store) {
    this.#nonces += 1;
    const nonce = String(this.#nonces).padStart(32, "0");
    for (const { digest } of Object.values(draft.manifest.images)) this.cellar.keep(digest);
    const clock = Object.assign(new VirtualClock(), { now: () => this.now() });
    const random = { nonce: () => nonce, fraction: () => 0.5 };
    return await publishRelease({ store, shelf, clock, random, redact: (text) => text }, draft, 1);
  }
  async collect(store: ObjectStore = this.store) {
    const gate = new Gate({ faults: [], elapse: async () => undefined, afterCall: () => undefined });
    return await collect({ store, images: this.cellar.ports(gate), window: 1 });
  }
}

const drafts = [shas.older, shas.old, shas.new].map((sha, at) =>
  aDraft({ sha, server: servers[at] ?? "", page: `<h1>${at}</h1>` }),
) as [ReleaseDraft, ReleaseDraft, ReleaseDraft];
async function threeMonths(): Promise<Month> {
  const month = new Month();
  for (const draft of drafts) {
    month.pass(40);
    await month.publish(draft);
  }
  return month;
}
const statusOf = async (store: ObjectStore, sha: Sha) => (await readManifest(store, sha)).status;
const blobsOf = ({ blobs }: ReleaseDraft): readonly Digest[] => blobs.map(({ digest }) => digest);

describe("a collection", () => {
  test("retires old releases that nothing needs, and removes what no other lists", async () => {
    const month = await threeMonths();
    const { store, cellar } = month;
    const { releases, swept } = await month.collect();
    expect(Object.fromEntries(releases.map(({ sha, end }) => [sha, end]))).toEqual({
      [shas.older]: "retired",
      [shas.old]: "retired",
      [shas.new]: "kept",
    });
    // Of each its page, its list of pages and the list of its image's files; all share the script.
    expect(swept).toMatchObject({ status: "swept", blobs: 6, images: 2 });
    expect(await statusOf(store, shas.older)).toBe("retired");
    expect(await readRetention(store, shas.older)).toMatchObject({ retired: true, pins: {} });
    expect(await store.list("blobs/")).toEqual(blobsOf(drafts[2]).map(blobKey).toSorted());
    expect(cellar.kept.size).toBe(1);
    expect(await month.collect()).toMatchObject({ swept: { blobs: 0, images: 0 } });
  });

  test("keeps what is young, though nothing needs it", async () => {
    const month = new Month();
    for (const draft of drafts) await month.publish(draft);
    month.pass(29);
    const { releases, swept } = await month.collect();
    expect(releases.map(({ because }) => because)).toEqual(["it is young", "it is young", "it is young"]);
    expect(swept).toMatchObject({ blobs: 0, images: 0 });
  });

  test("keeps what an environment without a ledger here has pinned", async () => {
    const month = await threeMonths();
    await pinRelease(month.store, shas.older, environmentOf("prod"), 7);
    const { releases } = await month.collect();
    expect(releases.find(({ sha }) => sha === shas.older)).toMatchObject({
      end: "kept",
      because: "epoch 7 of prod is not settled",
    });
  });

  test("keeps what somebody is publishing on top of, and passes over marks of the dead", async () => {
    const month = await threeMonths();
    const { store } = month;
    const mark = (sha: Sha) =>
      changeRetention(store, sha, (retention) => ({ ...retention, bases: { ["0".repeat(32)]: month.now() } }));
    await mark(shas.older);
    expect((await month.collect()).releases.find(({ sha }) => sha === shas.older)?.end).toBe("kept");
    month.pass(8);
    expect((await month.collect()).releases.find(({ sha }) => sha === shas.older)?.end).toBe("retired");
  });

  test("a pin that comes between the look and the swap wins", async () => {
    const month = await threeMonths();
    const { store } = month;
    let pinned = false;
    const late: ObjectStore = Object.assign(Object.create(store) as ObjectStore, {
      list: async (prefix: string, after?: string) => {
        if (prefix === "quarantine/" && !pinned) {
          pinned = true;
          await pinRelease(store, shas.older, environmentOf("prod"), 7);
        }
        return store.list(prefix, after);
      },
      get: (key: string) => store.get(key),
      putIfMatch: (key: string, body: Uint8Array, etag: string) => store.putIfMatch(key, body, etag),
      putIfAbsent: (key: string, body: Uint8Array) => store.putIfAbsent(key, body),
      deleteIfMatch: (key: string, write: string) => store.deleteIfMatch(key, write),
    });
    const { releases } = await month.collect(late);
    expect(releases.find(({ sha }) => sha === shas.older)).toMatchObject({
      because: "somebody asked for it meanwhile",
    });
    expect(await statusOf(store, shas.older)).toBe("found");
  });

  test("the pins are read before the ledgers: a run that pins in between stands in one of the two", async () => {
    const month = await threeMonths();
    const { store } = month;
    const read: string[] = [];
    const watched: ObjectStore = Object.assign(Object.create(store) as ObjectStore, {
      list: (prefix: string, after?: string) => {
        if (prefix.startsWith("environments/")) read.push("ledgers");
        return store.list(prefix, after);
      },
      get: (key: string) => {
        if (key.endsWith("/retention.json")) read.push("pins");
        return store.get(key);
      },
      putIfMatch: (key: string, body: Uint8Array, etag: string) => store.putIfMatch(key, body, etag),
      putIfAbsent: (key: string, body: Uint8Array) => store.putIfAbsent(key, body),
      deleteIfMatch: (key: string, write: string) => store.deleteIfMatch(key, write),
    });
    await month.collect(watched);
    // The sweep reads marks of publications afterwards, from the same objects.
    const pins = read.slice(0, read.lastIndexOf("ledgers")).lastIndexOf("pins");
    expect(pins).toBeGreaterThan(-1);
    expect(pins).toBeLessThan(read.indexOf("ledgers"));
  });

  test("one that was damaged after it was retired ends as a tombstone, and no longer keeps the sweep away", async () => {
    const month = await threeMonths();
    await changeRetention(month.store, shas.older, (retention) => ({ ...retention, retired: true }));
    month.store.plant(releaseKey(shas.older), "{");
    expect((await month.collect()).swept).toMatchObject({ status: "swept" });
    expect(await statusOf(month.store, shas.older)).toBe("retired");
  });

  test("goes on where another one was killed: retired, and no tombstone yet", async () => {
    const month = await threeMonths();
    await changeRetention(month.store, shas.older, (retention) => ({ ...retention, retired: true }));
    await pinRelease(month.store, shas.older, environmentOf("prod"), 7);
    await month.collect();
    expect(await statusOf(month.store, shas.older)).toBe("retired");
  });

  test("a commit that was collected never comes back", async () => {
    const month = await threeMonths();
    await month.collect();
    await expect(month.publish(drafts[0])).rejects.toMatchObject({ code: "release-missing" });
    expect(await statusOf(month.store, shas.older)).toBe("retired");
  });

  test("what a publisher finds and nothing keeps for him is written again, so that it stays", async () => {
    const month = await threeMonths();
    await month.collect();
    // Its page is left over from a publication that was killed long ago.
    const page = drafts[0].blobs.at(-2);
    month.store.plant(blobKey(page?.digest as Digest), (await page?.read()) ?? "");
    month.pass(40);
    const again = aDraft({ sha: shas.newest, server: "newest", page: "<h1>0</h1>" });
    let swept = false;
    const { store } = month;
    const busy: ObjectStore = {
      address: store.address,
      get: (key) => store.get(key),
      list: (prefix, after) => store.list(prefix, after),
      putIfMatch: (key, body, etag) => store.putIfMatch(key, body, etag),
      deleteIfMatch: (key, write) => store.deleteIfMatch(key, write),
      putIfAbsent: async (key, body) => {
        if (key === releaseKey(shas.newest) && !swept) {
          swept = true;
          await month.collect();
        }
        return store.putIfAbsent(key, body);
      },
    };
    await month.publish(again, busy);
    expect(swept).toBe(true);
    for (const digest of blobsOf(again)) expect(await store.get(blobKey(digest)), digest).not.toBeNull();
  });

  test("a publication that ends while the sweep looks around loses nothing", async () => {
    const month = await threeMonths();
    await month.collect();
    const { store } = month;
    const page = drafts[0].blobs.at(-2);
    store.plant(blobKey(page?.digest as Digest), (await page?.read()) ?? "");
    month.pass(40);
    const again = aDraft({ sha: shas.newest, server: "newest", page: "<h1>0</h1>" });
    const listed: string[] = [];
    const busy: ObjectStore = {
      address: store.address,
      get: (key) => store.get(key),
      list: async (prefix, after) => {
        // The last listing before anything goes: whatever is published now may be in neither of the two.
        listed.push(prefix);
        if (listed.length === 7) await month.publish(again);
        const keys = await store.list(prefix, after);
        if (listed.length === 7) month.pass(8);
        return keys;
      },
      putIfMatch: (key, body, etag) => store.putIfMatch(key, body, etag),
      putIfAbsent: (key, body) => store.putIfAbsent(key, body),
      deleteIfMatch: (key, write) => store.deleteIfMatch(key, write),
    };
    await month.collect(busy);
    expect(listed).toEqual(["releases/", "environments/", "quarantine/", "blobs/", ...Array(3).fill("releases/")]);
    for (const digest of blobsOf(again)) expect(await store.get(blobKey(digest)), digest).not.toBeNull();
  });

  test("removes nothing while a release does not tell what it needs", async () => {
    const month = await threeMonths();
    month.store.plant(releaseKey(shas.newest), "{");
    const before = await month.store.list("blobs/");
    expect((await month.collect()).swept).toMatchObject({
      status: "left",
      because: [expect.stringMatching(/^c2b8f60: /)],
    });
    expect(await month.store.list("blobs/")).toEqual(before);
  });

  test("leaves alone what is no blob's name", async () => {
    const month = await threeMonths();
    month.store.plant("blobs/notes.txt", "mine");
    month.pass(100);
    await month.collect();
    expect(await month.store.get("blobs/notes.txt")).not.toBeNull();
  });
});
