import { expect, test } from "vitest";
import { type SyncFile, syncFolder } from "./size-and-time-sync.ts";

const page = (content: string, time: number): SyncFile => ({
  path: "index.html",
  bytes: content.length,
  time,
  content,
});
const nothing = new Map<string, SyncFile>();

test("a same-size older file is skipped by the rule of the upload's time, and the newer page stays live", () => {
  const first = syncFolder([page("app-1a", 10)], nothing, "newer", 20);
  const second = syncFolder([page("app-2b", 30)], first.bucket, "newer", 40);
  expect(second).toMatchObject({ puts: 1, wrong: [] });
  const back = syncFolder([page("app-1a", 10)], second.bucket, "newer", 50);
  expect(back).toMatchObject({ lists: 1, heads: 0, puts: 0, wrong: ["index.html"] });
  expect(back.bucket.get("index.html")?.content).toBe("app-2b");
});

test("a file of another size is copied back whatever its time is", () => {
  const live = syncFolder([page("longer", 30)], nothing, "newer", 40);
  expect(syncFolder([page("short", 10)], live.bucket, "newer", 50)).toMatchObject({ puts: 1, wrong: [] });
});

test("the rule of the kept time sees the difference, for one question an object of equal size", () => {
  const live = syncFolder([page("app-2b", 30)], nothing, "kept-time", 40);
  expect(syncFolder([page("app-1a", 10)], live.bucket, "kept-time", 50)).toMatchObject({
    heads: 1,
    puts: 1,
    wrong: [],
  });
  expect(syncFolder([page("app-2b", 30)], live.bucket, "kept-time", 50)).toMatchObject({ heads: 1, puts: 0 });
});

test("a bucket is listed a thousand keys at a time", () => {
  const files = Array.from({ length: 2_001 }, (_, n) => ({ ...page("x", 1), path: `${n}.html` }));
  const first = syncFolder(files, nothing, "newer", 2);
  expect(first).toMatchObject({ lists: 1, puts: 2_001 });
  expect(syncFolder(files, first.bucket, "newer", 3)).toMatchObject({ lists: 3, puts: 0 });
});
