import { expect, test } from "vitest";
import type { Instant } from "../../pipeline/src/identifiers.ts";
import { MemoryObjectStore } from "../../pipeline/test/memory-store.ts";
import { CountingStore } from "./counting-store.ts";

test("each call is counted by kind and passed on, also one that fails", async () => {
  const store = new CountingStore(new MemoryObjectStore(() => "2026-11-19T12:00:00.000Z" as Instant));
  const put = await store.putIfAbsent("environments/dev/history/1.json", new Uint8Array([1]));
  expect(put.status).toBe("written");
  await store.get("environments/dev/history/1.json");
  expect(await store.list("environments/")).toEqual(["environments/dev/history/1.json"]);
  await expect(store.get("../outside")).rejects.toThrow();
  const calls = store.take();
  expect(String(calls)).toBe("get 2, list 1, putIfAbsent 1");
  expect(calls).toMatchObject({ total: 4, writes: 1 });
  expect(calls.count("putIfAbsent", "/history/")).toBe(1);
  expect(store.take().total).toBe(0);
});
