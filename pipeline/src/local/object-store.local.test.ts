import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { effectOfError } from "./file-error.ts";
import { FileObjectStore } from "./object-store.ts";

const contender = fileURLToPath(new URL("../../test/store-contender.ts", import.meta.url));
const key = "environments/prod/counter.json";
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-contention-"));
});
afterAll(() => rm(folder, { recursive: true }));
const aFolder = () => mkdtemp(join(folder, "store-"));

interface Contender {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly written: readonly number[]; readonly unknown: number }>;
}
function startContender(root: string, increments: number): Contender {
  const child = spawn(process.execPath, [contender, root, String(increments)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = text(child.stdout).then((output) => JSON.parse(output) as Awaited<Contender["ended"]>);
  return { process: child, ended };
}
async function countIn(root: string): Promise<number> {
  const stored = await new FileObjectStore(root).get(key);
  return stored ? (JSON.parse(new TextDecoder().decode(stored.body)) as { count: number }).count : 0;
}

describe("processes that count up one object together", () => {
  test("lose no update, and no two are told that they wrote the same one", async () => {
    const root = await aFolder();
    const ends = await Promise.all(Array.from({ length: 4 }, () => startContender(root, 500).ended));
    const written = ends.flatMap((end) => end.written);
    const unknown = ends.reduce((sum, end) => sum + end.unknown, 0);
    expect(written).toHaveLength(2_000);
    expect(new Set(written).size).toBe(2_000);
    const count = await countIn(root);
    expect(count).toBeGreaterThanOrEqual(2_000);
    expect(count).toBeLessThanOrEqual(2_000 + unknown);
    // Two for ever, the newest 64, and what the last writers had not yet removed.
    expect((await readdir(join(root, "environments/prod"))).length).toBeLessThan(75);
  });

  test("lose no update while some of them are stopped in the middle and go on much later", async () => {
    const root = await aFolder();
    const contenders = Array.from({ length: 3 }, () => startContender(root, 400));
    let isOver = false;
    const freezing = (async () => {
      for (let round = 0; !isOver; round += 1) {
        const frozen = contenders[round % contenders.length]?.process;
        frozen?.kill("SIGSTOP");
        await sleep(40);
        frozen?.kill("SIGCONT");
        await sleep(5);
      }
    })();
    const ends = await Promise.all(contenders.map(({ ended }) => ended));
    isOver = true;
    await freezing;
    const written = ends.flatMap((end) => end.written);
    expect(new Set(written).size).toBe(1_200);
    expect(await countIn(root)).toBeGreaterThanOrEqual(1_200);
  });

  test("leave a whole object behind when one of them is killed, and the others go on", async () => {
    const root = await aFolder();
    const killed = startContender(root, 1_000_000);
    const survivor = startContender(root, 300);
    killed.ended.catch(() => undefined);
    while ((await countIn(root)) < 20) await sleep(5);
    killed.process.kill("SIGKILL");
    await once(killed.process, "exit");
    const { written } = await survivor.ended;
    expect(new Set(written).size).toBe(300);
    expect(await countIn(root)).toBeGreaterThanOrEqual(300);
    expect(await new FileObjectStore(root).list("")).toEqual([key]);
  });
});

/** Milliseconds of the best of five, since other work on the machine only adds. */
async function fastest(read: () => Promise<readonly unknown[]>, length: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    expect(await read()).toHaveLength(length);
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

describe("a folder of objects", () => {
  test("shows nothing of writes that were never finished, and clears away those of an hour ago", async () => {
    const root = await aFolder();
    await mkdir(join(root, ".tmp"));
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    await writeFile(join(root, ".tmp/1-torn"), "half of an obj");
    await writeFile(join(root, ".tmp/2-torn"), "half of an obj");
    await utimes(join(root, ".tmp/2-torn"), longAgo, longAgo);
    const store = new FileObjectStore(root);
    expect(await store.list("")).toEqual([]);
    await store.putIfAbsent("a", bytes("a"));
    expect(await readdir(join(root, ".tmp"))).toEqual(["1-torn"]);
    expect(await store.list("")).toEqual(["a"]);
  });

  test("reads one object or one environment's history without walking ten thousand blobs", async () => {
    const root = await aFolder();
    const store = new FileObjectStore(root, { durable: false });
    await mkdir(join(root, "blobs"));
    const names = Array.from({ length: 10_000 }, (_, blob) => blob.toString(16).padStart(64, "0"));
    for (const name of names) writeFileSync(join(root, `blobs/${name}@1`), "");
    await store.putIfAbsent("environments/prod/history/0000000001.json", bytes("{}"));
    const history = await fastest(() => store.list("environments/prod/history/"), 1);
    const blobs = await fastest(() => store.list("blobs/"), 10_000);
    const blob = await fastest(async () => [await store.get(`blobs/${names[5_000]}`)], 1);
    expect(history).toBeLessThan(blobs / 4);
    expect(blob).toBeLessThan(blobs / 4);
  });

  test("is a folder to whoever looks while another one makes it", async () => {
    const parent = await aFolder();
    for (let round = 0; round < 500; round += 1) {
      const root = join(parent, String(round));
      const looks = Array.from({ length: 4 }, () => new FileObjectStore(root).list("releases/"));
      const [, ...found] = await Promise.all([mkdir(root), ...looks]);
      expect(found).toEqual([[], [], [], []]);
    }
  });

  test("that cannot be written says so, and that nothing has changed", async () => {
    const root = await aFolder();
    await writeFile(join(root, "file"), "no folder");
    const store = new FileObjectStore(join(root, "file/below"));
    await expect(store.putIfAbsent("a/b", bytes("x"))).rejects.toMatchObject({ name: "PortError", effect: "none" });
    // Nor does it read as a store in which nothing was ever written.
    const named = { name: "UnreadableObjectError", message: expect.stringContaining(join(root, "file")) };
    await expect(store.get("a/b")).rejects.toMatchObject(named);
    await expect(store.list("a/")).rejects.toMatchObject(named);
    expect(await readdir(root)).toEqual(["file"]);
  });

  test.for([
    { name: "a full disk", code: "ENOSPC", effect: "none" },
    { name: "a folder that may not be written", code: "EACCES", effect: "none" },
    { name: "a disk that is mounted for reading", code: "EROFS", effect: "none" },
    { name: "a disk that fails", code: "EIO", effect: "possible" },
    { name: "what nobody knows", code: undefined, effect: "possible" },
  ])("tells for $name what a put may have changed", ({ code, effect }) => {
    expect(effectOfError(Object.assign(new Error("it failed"), code && { code }))).toBe(effect);
  });

  test("is not waited for where somebody has put a named pipe in the place of an object", async () => {
    const root = await aFolder();
    await mkdir(join(root, "a"));
    execFileSync("sh", ["-c", `mkfifo '${join(root, "a/b@1")}'`]);
    await expect(new FileObjectStore(root).get("a/b")).rejects.toThrow(/it is no file where a file belongs/);
  });
});
