import { createHash } from "node:crypto";
import { inspect } from "node:util";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { s3ClientsAt } from "../../test/emulators/clients.ts";
import { type Fault, openFaultyProxy, type SeenRequest } from "../../test/emulators/faulty-proxy.ts";
import { openBucket } from "../../test/emulators/open-bucket.ts";
import { PortError, UnreadableObjectError } from "../errors.ts";
import { S3ObjectStore } from "./object-store.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const large = new Uint8Array(20 * 2 ** 20).map((_, index) => (index * 31) % 251);

describe.each(["moto", "ministack"] as const)("S3 of %s", (emulator) => {
  const { records: direct } = s3ClientsAt(inject(emulator));

  /** A store behind a proxy that decides by what has passed it already. */
  async function open(decide: (seen: SeenRequest, count: number) => Fault = () => "none") {
    const Bucket = await openBucket(direct);
    let count = 0;
    const proxy = await openFaultyProxy(inject(emulator), (seen) => {
      count += 1;
      return decide(seen, count);
    });
    onTestFinished(() => proxy.close());
    const store = new S3ObjectStore({ clients: s3ClientsAt(proxy.url), bucket: Bucket, prefix: "app" });
    return { store, proxy, Bucket };
  }
  const firstPut = (fault: Fault) => {
    let puts = 0;
    return ({ method }: SeenRequest): Fault => {
      puts += method === "PUT" ? 1 : 0;
      return method === "PUT" && puts === 1 ? fault : "none";
    };
  };

  test("a write whose answer was lost is written, though S3 refuses its repetition", async () => {
    const { store, proxy } = await open(firstPut("answer-lost"));
    const put = await store.putIfAbsent("lease.json", bytes("nonce 1"));
    expect(put).toMatchObject({ status: "written", etag: (await store.get("lease.json"))?.etag });
    expect(proxy.seen.filter(({ method }) => method === "PUT")).toHaveLength(2);
  });

  test("so is a replacement whose answer was lost", async () => {
    let isArmed = false;
    const { store } = await open(({ method }) => {
      const fault = isArmed && method === "PUT" ? "answer-lost" : "none";
      if (fault !== "none") isArmed = false;
      return fault;
    });
    const first = await store.putIfAbsent("lease.json", bytes("beat 1"));
    isArmed = true;
    const second = await store.putIfMatch("lease.json", bytes("beat 2"), first.status === "written" ? first.etag : "");
    expect(second).toMatchObject({ status: "written", etag: (await store.get("lease.json"))?.etag });
    expect(await store.putIfMatch("lease.json", bytes("beat 3"), "other")).toEqual({ status: "conflict" });
  });

  test("409 is no answer: the request is made again", async () => {
    const { store, proxy } = await open(firstPut({ status: 409, code: "ConditionalRequestConflict" }));
    expect(await store.putIfAbsent("a.json", bytes("a"))).toMatchObject({ status: "written" });
    expect(proxy.seen.filter(({ method }) => method === "PUT")).toHaveLength(2);
  });

  test("409 for ever ends as no answer, with nothing done", async () => {
    const { store } = await open(({ method }) =>
      method === "PUT" ? { status: 409, code: "ConditionalRequestConflict" } : "none",
    );
    const failed = await store.putIfAbsent("a.json", bytes("a")).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PortError);
    expect(failed).toMatchObject({ effect: "none", message: expect.stringContaining("ConditionalRequestConflict") });
    expect(await store.get("a.json")).toBeNull();
  });

  test("a store that has too much to do is asked again", async () => {
    const { store } = await open((_, count) => (count <= 2 ? { status: 503, code: "SlowDown" } : "none"));
    expect(await store.putIfAbsent("a.json", bytes("a"))).toMatchObject({ status: "written" });
  });

  test("where no answer says whether it was written, it may have been", async () => {
    const { store } = await open(({ method }) => (method === "PUT" ? "answer-lost" : "none"));
    const failed = await store.putIfMatch("a.json", bytes("a"), '"x"').catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: "PortError", call: "store.putIfMatch", effect: "possible" });
  });

  test.each([
    { name: "its repetition was refused by S3 and the look at it was denied", second: "none", look: 403 },
    { name: "its repetition met another write and a later one was denied", second: 409, look: "none" },
  ] as const)("a write that landed is never told as none, although $name", async ({ second, look }) => {
    let puts = 0;
    const { store, Bucket } = await open(({ method }) => {
      if (method === "GET") return look === "none" ? "none" : { status: look, code: "AccessDenied" };
      puts += 1;
      if (puts === 1) return "answer-lost";
      if (second === "none") return "none";
      return puts === 2 ? { status: 409, code: "ConditionalRequestConflict" } : { status: 403, code: "AccessDenied" };
    });
    const failed = await store.putIfAbsent("a.json", bytes("a")).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: "PortError", effect: "possible" });
    const stored = await direct.send(new GetObjectCommand({ Bucket, Key: "app/a.json" }));
    expect(await stored.Body?.transformToString()).toBe("a");
  });

  test("what is answered in the place of S3 is no absence and no empty list", async () => {
    const { store } = await open(() => ({ status: 404, code: "NotHere" }));
    await expect(store.get("a.json")).rejects.toThrow(PortError);
    const { store: gateway } = await open(() => "answered-empty");
    await expect(gateway.list("")).rejects.toThrow("is no list of");
  });

  test("a first attempt that leads nowhere costs a beat no more than some seconds", async () => {
    let puts = 0;
    const { store } = await open(({ method }) => {
      puts += method === "PUT" ? 1 : 0;
      return method === "PUT" && puts === 1 ? "never-answered" : "none";
    });
    const began = performance.now();
    expect(await store.putIfAbsent("lease.json", bytes("beat"))).toMatchObject({ status: "written" });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("an answer that stands still in the middle is given up and asked for again", async () => {
    const { store } = await open(({ method }, count) => (method === "GET" && count === 2 ? "answer-stalled" : "none"));
    await store.putIfAbsent("a.json", bytes("a".repeat(1_000)));
    expect(await store.get("a.json")).toMatchObject({ body: bytes("a".repeat(1_000)) });
  });

  test("other bytes of an object that went in parts are noticed too", async () => {
    const { store } = await open(({ method, url }) =>
      method === "GET" && !url.includes("?uploads") ? "body-changed" : "none",
    );
    await store.putIfAbsent("blobs/large", large);
    await expect(store.get("blobs/large")).rejects.toThrow(UnreadableObjectError);
  });

  test("no token of a session is in what is thrown", async () => {
    const { store } = await open(() => ({
      status: 403,
      code: "SignatureDoesNotMatch</Code><CanonicalRequest>x-amz-security-token:canary-4711</CanonicalRequest><Code>",
    }));
    const failed = await store.get("a.json").catch((error: unknown) => error);
    expect(inspect(failed, { depth: 10, showHidden: true })).not.toContain("canary");
  });

  test("what the console makes for a folder is nobody's", async () => {
    const { store, Bucket } = await open();
    for (const Key of ["app/", "app/history/"]) await direct.send(new PutObjectCommand({ Bucket, Key }));
    await store.putIfAbsent("history/1.json", bytes("{}"));
    expect(await store.list("")).toEqual(["history/1.json"]);
  });

  test("what may not be done was not done, and says which permission", async () => {
    const { store } = await open(() => ({ status: 403, code: "AccessDenied" }));
    const put = await store.putIfAbsent("a.json", bytes("a")).catch((error: unknown) => error);
    expect(put).toMatchObject({ effect: "none", message: expect.stringContaining("AccessDenied") });
    await expect(store.get("a.json")).rejects.toThrow(PortError);
    await expect(store.list("")).rejects.toThrow("AccessDenied");
  });

  test("a bucket that is not there is an error, not an empty store", async () => {
    const store = new S3ObjectStore({
      clients: { records: direct, blobs: direct },
      bucket: "slipway-nowhere",
      prefix: "app",
    });
    await expect(store.get("a.json")).rejects.toThrow("NoSuchBucket");
    await expect(store.list("")).rejects.toThrow("NoSuchBucket");
    await expect(store.putIfMatch("a.json", bytes("a"), '"x"')).rejects.toThrow("NoSuchBucket");
  });

  test("an answer that breaks off is read again", async () => {
    const { store, proxy } = await open(({ method }, count) =>
      method === "GET" && count === 2 ? "answer-cut" : "none",
    );
    await store.putIfAbsent("a.json", bytes("a".repeat(1_000)));
    expect(await store.get("a.json")).toMatchObject({ body: bytes("a".repeat(1_000)) });
    expect(proxy.seen.filter(({ method }) => method === "GET")).toHaveLength(2);
  });

  test("bytes that are not those that were stored are told apart from none", async () => {
    const { store } = await open(({ method }) => (method === "GET" ? "body-changed" : "none"));
    await store.putIfAbsent("a.json", bytes("as it was written"));
    const failed = await store.get("a.json").catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UnreadableObjectError);
    expect(failed).toMatchObject({ key: "a.json", message: expect.stringContaining("SHA-256") });
  });

  test("every object has the SHA-256 of its bytes", async () => {
    const { store, Bucket } = await open();
    await store.putIfAbsent("a.json", bytes("a"));
    const head = await direct.send(new HeadObjectCommand({ Bucket, Key: "app/a.json", ChecksumMode: "ENABLED" }));
    expect(head.ChecksumSHA256).toBe(createHash("sha256").update("a").digest("base64"));
  });

  test("a large object goes in parts, under the same conditions", async () => {
    const { store, proxy } = await open();
    const first = await store.putIfAbsent("blobs/large", large);
    expect(proxy.seen.filter(({ url }) => url.includes("partNumber"))).toHaveLength(3);
    expect(first).toMatchObject({ status: "written", etag: expect.stringMatching(/-3"$/) });
    expect(Buffer.compare((await store.get("blobs/large"))?.body ?? Buffer.alloc(0), large)).toBe(0);
    const other = large.with(7, 99);
    expect(await store.putIfAbsent("blobs/large", other)).toEqual({ status: "conflict" });
    expect(await store.putIfAbsent("blobs/large", large)).toEqual({ ...first, serverTime: expect.any(String) });
    // moto takes no notice of If-Match there, S3 and ministack do
    // (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html).
    if (emulator === "ministack")
      expect(await store.putIfMatch("blobs/large", other, '"old"')).toEqual({ status: "conflict" });
    const etag = first.status === "written" ? first.etag : "";
    expect(await store.putIfMatch("blobs/large", other, etag)).toMatchObject({ status: "written" });
  });

  test("what was sent of a large object that could not be finished is removed", async () => {
    const { store, Bucket } = await open(({ url }) =>
      url.includes("partNumber=2") ? { status: 403, code: "AccessDenied" } : "none",
    );
    await expect(store.putIfAbsent("blobs/large", large)).rejects.toThrow("AccessDenied");
    expect((await direct.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
  });

  test("a large object whose last answer was lost is written", async () => {
    let isLost = false;
    const { store } = await open(({ method, url }) => {
      const isLast = method === "POST" && url.includes("uploadId");
      if (!isLast || isLost) return "none";
      isLost = true;
      return "answer-lost";
    });
    expect(await store.putIfAbsent("blobs/large", large)).toMatchObject({ status: "written" });
    expect(isLost).toBe(true);
  });

  test("1,050 keys are listed whole, from any of them on", async () => {
    const { store } = await open();
    const keys = Array.from({ length: 1_050 }, (_, index) => `history/${String(index).padStart(10, "0")}.json`);
    for (let from = 0; from < keys.length; from += 50)
      await Promise.all(keys.slice(from, from + 50).map((key) => store.putIfAbsent(key, bytes("{}"))));
    expect(await store.list("history/")).toEqual(keys);
    expect(await store.list("history/", keys[24])).toEqual(keys.slice(25));
  });

  test("no older version comes to light when the newest is removed", async () => {
    const { store, Bucket } = await open();
    const first = await store.putIfAbsent("blobs/x", bytes("1"));
    await store.putIfMatch("blobs/x", bytes("2"), first.status === "written" ? first.etag : "");
    await direct.send(new DeleteObjectCommand({ Bucket, Key: "app/blobs/x" }));
    expect(await store.get("blobs/x")).toBeNull();
    await store.putIfAbsent("blobs/x", bytes("3"));
    await store.putIfAbsent("blobs/xy", bytes("another that begins so"));
    expect(await store.deleteIfMatch("blobs/x", (await store.get("blobs/x"))?.write ?? "")).toBe("deleted");
    expect(await store.get("blobs/x")).toBeNull();
    const left = await direct.send(new ListObjectVersionsCommand({ Bucket, Prefix: "app/blobs/x" }));
    expect([...(left.Versions ?? []), ...(left.DeleteMarkers ?? [])].map(({ Key }) => Key)).toEqual(["app/blobs/xy"]);
  });

  test("a removal that is killed half-way brings nothing older to light", async () => {
    const { store, Bucket } = await open();
    const first = await store.putIfAbsent("blobs/x", bytes("1"));
    await store.putIfMatch("blobs/x", bytes("2"), first.status === "written" ? first.etag : "");
    const seen = (await store.get("blobs/x"))?.write ?? "";
    const clients = s3ClientsAt(inject(emulator));
    let deletions = 0;
    clients.records.middlewareStack.add(
      (next, { commandName }) =>
        async (input) => {
          deletions += commandName === "DeleteObjectCommand" ? 1 : 0;
          if (deletions === 2) throw new Error("killed");
          return await next(input);
        },
      { step: "initialize" },
    );
    await expect(
      new S3ObjectStore({ clients, bucket: Bucket, prefix: "app" }).deleteIfMatch("blobs/x", seen),
    ).rejects.toThrow("killed");
    expect(await store.get("blobs/x")).toMatchObject({ body: bytes("2"), write: seen });
    expect(await store.deleteIfMatch("blobs/x", seen)).toBe("deleted");
    expect(await store.get("blobs/x")).toBeNull();
  });

  test("what is written while the older versions are being removed stays", async () => {
    const writer: { write?: () => Promise<unknown> } = {};
    const { store, Bucket } = await open();
    const first = await store.putIfAbsent("blobs/x", bytes("1"));
    const etag = first.status === "written" ? first.etag : "";
    const rewritten = await store.putIfMatch("blobs/x", bytes("1"), etag);
    const seen = (await store.get("blobs/x"))?.write ?? "";
    let deletions = 0;
    const clients = s3ClientsAt(inject(emulator));
    clients.records.middlewareStack.add(
      (next, context) => async (input) => {
        if (context.commandName === "DeleteObjectCommand") {
          deletions += 1;
          if (deletions === 2) await writer.write?.();
        }
        return await next(input);
      },
      { step: "initialize" },
    );
    const slow = new S3ObjectStore({ clients, bucket: Bucket, prefix: "app" });
    writer.write = () => store.putIfMatch("blobs/x", bytes("1"), rewritten.status === "written" ? rewritten.etag : "");
    await slow.deleteIfMatch("blobs/x", seen);
    expect(deletions).toBe(2);
    expect(await store.get("blobs/x")).toMatchObject({ body: bytes("1") });
    const stored = await direct.send(new GetObjectCommand({ Bucket, Key: "app/blobs/x" }));
    expect(stored.VersionId).not.toBe(seen);
  });

  test("a bucket without versions takes everything but a removal, and says what to turn on", async () => {
    const bucket = await openBucket(direct, { versions: false });
    const store = new S3ObjectStore({ clients: { records: direct, blobs: direct }, bucket, prefix: "app" });
    await store.putIfAbsent("blobs/x", bytes("1"));
    const { write } = (await store.get("blobs/x")) ?? { write: "" };
    await expect(store.deleteIfMatch("blobs/x", write)).rejects.toThrow("turn its versioning on");
    expect(await store.get("blobs/x")).not.toBeNull();
  });
});
