import { describe, expect, test } from "vitest";
import { millisecondsBetween } from "../../src/ledger/instants.ts";
import type { ObjectStore, PutAnswer } from "../../src/ports.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (stored: { readonly body: Uint8Array } | null): string | null =>
  stored && new TextDecoder().decode(stored.body);

const writeOf = async (store: ObjectStore, key: string): Promise<string> => (await store.get(key))?.write ?? "none";

function etagOf(answer: PutAnswer): string {
  if (answer.status !== "written") throw new Error("a conflict where none was expected");
  return answer.etag;
}

/** What every object store has to do; `open` gives an empty one. Keys of different tests never meet. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStore>): void {
  describe(`${name} as an object store`, () => {
    test("answers null for what is not there", async () => {
      const store = await open();
      expect(await store.get("environments/prod/lease.json")).toBeNull();
    });

    test.for([
      { name: "some bytes", body: bytes("hello") },
      { name: "nothing", body: new Uint8Array() },
      { name: "bytes that are no text", body: new Uint8Array([0, 255, 254, 10, 13, 0]) },
      { name: "a megabyte", body: new Uint8Array(1_048_576).fill(7) },
    ])("gives back $name as they were put", async ({ body }) => {
      const store = await open();
      const etag = etagOf(await store.putIfAbsent("blobs/abc", body));
      const stored = await store.get("blobs/abc");
      expect(stored && Buffer.compare(stored.body, body)).toBe(0);
      expect(stored?.etag).toBe(etag);
    });

    test("puts where nothing is, and only there", async () => {
      const store = await open();
      await store.putIfAbsent("a/b.json", bytes("first"));
      expect(await store.putIfAbsent("a/b.json", bytes("second"))).toEqual({ status: "conflict" });
      expect(text(await store.get("a/b.json"))).toBe("first");
    });

    test("answers written when the same bytes are put again, since the first reply may have been lost", async () => {
      const store = await open();
      const first = etagOf(await store.putIfAbsent("a/b.json", bytes("nonce 1")));
      expect(etagOf(await store.putIfAbsent("a/b.json", bytes("nonce 1")))).toBe(first);
      const second = etagOf(await store.putIfMatch("a/b.json", bytes("nonce 2"), first));
      expect(etagOf(await store.putIfMatch("a/b.json", bytes("nonce 2"), first))).toBe(second);
    });

    test("replaces only what has the etag that is named", async () => {
      const store = await open();
      const first = etagOf(await store.putIfAbsent("lease.json", bytes("1")));
      const second = etagOf(await store.putIfMatch("lease.json", bytes("2"), first));
      expect(await store.putIfMatch("lease.json", bytes("3"), first)).toEqual({ status: "conflict" });
      expect(await store.get("lease.json")).toMatchObject({ etag: second });
      expect(text(await store.get("lease.json"))).toBe("2");
    });

    test("replaces nothing that is not there", async () => {
      const store = await open();
      const etag = etagOf(await store.putIfAbsent("a.json", bytes("a")));
      expect(await store.putIfMatch("b.json", bytes("b"), etag)).toEqual({ status: "conflict" });
      expect(await store.get("b.json")).toBeNull();
    });

    test("lets one of many who replace the same version win", async () => {
      const store = await open();
      const etag = etagOf(await store.putIfAbsent("lease.json", bytes("none")));
      const bodies = Array.from({ length: 20 }, (_, index) => `taker ${index}`);
      const answers = await Promise.all(bodies.map((body) => store.putIfMatch("lease.json", bytes(body), etag)));
      const winners = bodies.filter((_, index) => answers[index]?.status === "written");
      expect(winners).toEqual([text(await store.get("lease.json"))]);
    });

    test("lets one of many who create the same key win", async () => {
      const store = await open();
      const bodies = Array.from({ length: 20 }, (_, index) => `writer ${index}`);
      const answers = await Promise.all(
        bodies.map((body) => store.putIfAbsent("history/0000000001.json", bytes(body))),
      );
      const winners = bodies.filter((_, index) => answers[index]?.status === "written");
      expect(winners).toEqual([text(await store.get("history/0000000001.json"))]);
    });

    test("keeps the newest of hundreds of versions", async () => {
      const store = await open();
      let etag = etagOf(await store.putIfAbsent("lease.json", bytes("beat 0")));
      const first = etag;
      for (let beat = 1; beat <= 200; beat += 1) {
        etag = etagOf(await store.putIfMatch("lease.json", bytes(`beat ${beat}`), etag));
      }
      expect(text(await store.get("lease.json"))).toBe("beat 200");
      expect(await store.putIfMatch("lease.json", bytes("late"), first)).toEqual({ status: "conflict" });
      expect(await store.putIfAbsent("lease.json", bytes("late"))).toEqual({ status: "conflict" });
      expect(await store.list("")).toEqual(["lease.json"]);
    });

    test("tells both times by its own clock, and a new one for a new version", async () => {
      const store = await open();
      const answer = await store.putIfAbsent("lease.json", bytes("1"));
      const stored = await store.get("lease.json");
      if (answer.status !== "written" || !stored) throw new Error("it was not written");
      expect(millisecondsBetween(stored.writtenAt, stored.serverTime)).toBeGreaterThanOrEqual(0);
      expect(millisecondsBetween(stored.writtenAt, answer.serverTime)).toBeGreaterThanOrEqual(0);
      expect(millisecondsBetween(stored.writtenAt, stored.serverTime)).toBeLessThan(10_000);
      await store.putIfMatch("lease.json", bytes("2"), answer.etag);
      const later = await store.get("lease.json");
      expect(later && later.writtenAt >= stored.writtenAt).toBe(true);
    });

    test("lists every key under a prefix in lexical order, wherever the prefix ends", async () => {
      const store = await open();
      const keys = ["a/b/c.json", "a/b.json", "a-b", "a/b/d", "b", "a/B.json", "a/b/c", "a/ba/x"];
      for (const key of keys) await store.putIfAbsent(key, bytes(key));
      const sorted = keys.toSorted((a, b) => (a < b ? -1 : 1));
      expect(await store.list("")).toEqual(sorted);
      expect(await store.list("a/b")).toEqual(sorted.filter((key) => key.startsWith("a/b")));
      expect(await store.list("a/b/")).toEqual(["a/b/c", "a/b/c.json", "a/b/d"]);
      expect(await store.list("a/b/c")).toEqual(["a/b/c", "a/b/c.json"]);
      expect(await store.list("c")).toEqual([]);
      expect(await store.list("a/b.json/")).toEqual([]);
    });

    test("lists what comes after a key, whether or not that key is there", async () => {
      const store = await open();
      for (const key of ["h/1", "h/2", "h/4", "h/5"]) await store.putIfAbsent(key, bytes(key));
      expect(await store.list("h/", "h/2")).toEqual(["h/4", "h/5"]);
      expect(await store.list("h/", "h/3")).toEqual(["h/4", "h/5"]);
      expect(await store.list("h/", "h/5")).toEqual([]);
    });

    test("tells keys apart that differ only in case, or in what file systems take for special", async () => {
      const store = await open();
      const keys = ["a/Key", "a/key", "a/KEY", "a/.key", "a/key@1", "a/key+", "a/key~", "a/k%ey".replace("%", "'")];
      for (const key of keys) await store.putIfAbsent(key, bytes(key));
      expect(await store.list("a/")).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)));
      for (const key of keys) expect(text(await store.get(key))).toBe(key);
    });

    test("takes a key that is also the beginning of another, and keys of 512 characters", async () => {
      const store = await open();
      const long = `a/${"X".repeat(400)}${"y".repeat(110)}`;
      for (const key of ["a", long, "a/b"]) await store.putIfAbsent(key, bytes(key));
      expect(await store.list("")).toEqual(["a", long, "a/b"]);
      expect(await store.list(`a/${"X".repeat(300)}`)).toEqual([long]);
      expect(text(await store.get(long))).toBe(long);
    });

    test.for([
      { name: "nothing", key: "" },
      { name: "a way out", key: "../outside" },
      { name: "a way out in the middle", key: "a/../../outside" },
      { name: "a dot", key: "a/./b" },
      { name: "an absolute path", key: "/etc/passwd" },
      { name: "an empty segment", key: "a//b" },
      { name: "a slash at the end", key: "a/" },
      { name: "a backslash", key: "a\\b" },
      { name: "a NUL", key: "a\0b" },
      { name: "a line break", key: "a\nb" },
      { name: "what is no ASCII", key: "a/ü" },
      { name: "513 characters", key: "a".repeat(513) },
    ])("refuses $name as a key", async ({ key }) => {
      const store = await open();
      await expect(store.get(key)).rejects.toThrow(RangeError);
      await expect(store.putIfAbsent(key, bytes("x"))).rejects.toThrow(RangeError);
      await expect(store.putIfMatch(key, bytes("x"), '"1"')).rejects.toThrow(RangeError);
      await expect(store.deleteIfMatch(key, '"1"')).rejects.toThrow(RangeError);
      expect(await store.list("")).toEqual([]);
    });

    test("deletes only the write that is named; the key is then free, and old etags stay old", async () => {
      const store = await open();
      const first = etagOf(await store.putIfAbsent("blobs/x", bytes("1")));
      const seen = await writeOf(store, "blobs/x");
      const second = etagOf(await store.putIfMatch("blobs/x", bytes("2"), first));
      expect(await store.deleteIfMatch("blobs/x", seen)).toBe("conflict");
      const newest = await writeOf(store, "blobs/x");
      expect(await store.deleteIfMatch("blobs/x", newest)).toBe("deleted");
      expect(await store.get("blobs/x")).toBeNull();
      expect(await store.list("")).toEqual([]);
      expect(await store.deleteIfMatch("blobs/x", newest)).toBe("conflict");
      expect(await store.putIfMatch("blobs/x", bytes("3"), second)).toEqual({ status: "conflict" });
      etagOf(await store.putIfAbsent("blobs/x", bytes("4")));
      expect(text(await store.get("blobs/x"))).toBe("4");
      expect(await store.list("blobs/")).toEqual(["blobs/x"]);
    });

    test("does not delete equal bytes that were written again since they were seen", async () => {
      const store = await open();
      const etag = etagOf(await store.putIfAbsent("blobs/x", bytes("1")));
      const seen = await writeOf(store, "blobs/x");
      etagOf(await store.putIfMatch("blobs/x", bytes("1"), etag));
      expect(await store.deleteIfMatch("blobs/x", seen)).toBe("conflict");
      expect(await store.deleteIfMatch("blobs/x", await writeOf(store, "blobs/x"))).toBe("deleted");
      // And not what was put there anew either.
      etagOf(await store.putIfAbsent("blobs/x", bytes("1")));
      expect(await store.deleteIfMatch("blobs/x", seen)).toBe("conflict");
      expect(text(await store.get("blobs/x"))).toBe("1");
    });
  });
}
