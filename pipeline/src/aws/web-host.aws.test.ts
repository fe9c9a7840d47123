import { ListKeysCommand } from "@aws-sdk/client-cloudfront-keyvaluestore";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import type { HttpRequest } from "@smithy/types";
import { describe, expect, inject, test } from "vitest";
import { webHostContract } from "../../test/contract/web-host.contract.ts";
import { type Fault, openFaultyProxy, type SeenRequest } from "../../test/emulators/faulty-proxy.ts";
import { type EmulatedWeb, keyValueStoreAt, openWeb, type WebOptions } from "../../test/emulators/open-web.ts";
import { keyOfOrigin, openEdge } from "../../test/web/edge.ts";
import { asScript, fileOf, permitOf, releaseOf, type SampleFile } from "../../test/web/web-world.ts";
import { LeaseLostError } from "../errors.ts";
import type { WebHost } from "../ports.ts";
import { sha256 } from "../release/canonical-json.ts";
import { CloudFrontWebHost } from "./web-host.ts";

const page = (content: string): SampleFile => ({ path: "index.html", role: "entry", content });
const script = (name: string): SampleFile => ({ path: `assets/${name}.js`, role: "asset", content: name });
const files = { one: [page("one"), script("app-1")], two: [page("two"), script("app-2")] };
const one = releaseOf(files.one, "index.html");
const two = releaseOf(files.two, "index.html");

async function openBoth(emulator: string, options: WebOptions): Promise<EmulatedWeb> {
  const web = await openWeb(emulator, options);
  await web.publish(files.one, one);
  await web.publish(files.two, two);
  return web;
}

const worlds = [
  { emulator: "ministack", switched: "pointer", bytes: "copied" },
  { emulator: "ministack", switched: "pointer", bytes: "read" },
  { emulator: "ministack", switched: "sync", bytes: "copied" },
  // moto has no data of key-value stores.
  { emulator: "moto", switched: "sync", bytes: "copied" },
  { emulator: "moto", switched: "sync", bytes: "read" },
] as const;

for (const { emulator, ...options } of worlds)
  webHostContract(`S3 and CloudFront of ${emulator}, ${options.switched}, bytes ${options.bytes},`, async () => {
    const web = await openBoth(inject(emulator), options);
    return {
      web: new CloudFrontWebHost(web.input),
      permit: permitOf,
      one: { revision: one.revision, files: one.list.files },
      two: { revision: two.revision, files: two.list.files },
      clash: fileOf({ ...script("app-1"), content: "other bytes" }),
    };
  });

async function promote(host: WebHost, release: typeof one, epoch: number): Promise<void> {
  const assets = release.list.files.filter(({ role }) => role === "asset");
  await host.addAssets(assets, permitOf(epoch));
  expect(await host.switchTo(release.revision, permitOf(epoch))).toBe("switched");
  await host.invalidate(["/", "/index.html"], `key-${epoch}`, permitOf(epoch));
  expect(await host.isInvalidated(`key-${epoch}`)).toBe(true);
}

/** What a client gets for a path, through the function that the edges run. */
async function served({ input, bucket }: EmulatedWeb, path: string): Promise<string | number> {
  const values = input.keyValueStore;
  const decide = openEdge({
    get: async (key) => {
      const { Items } = (await values?.client.send(new ListKeysCommand({ KvsARN: values.arn, MaxResults: 50 }))) ?? {};
      return Items?.find(({ Key }) => Key === key)?.Value;
    },
  });
  const request = { method: "GET", uri: `/${path}`, headers: asScript };
  const decision = values === null ? { origin: `/site/${path}` } : await decide(request);
  if ("status" in decision) return decision.status;
  const Key = keyOfOrigin(input.prefix, decision.origin);
  const found = await input.s3.send(new GetObjectCommand({ Bucket: bucket, Key })).catch(() => null);
  return (await found?.Body?.transformToString()) ?? 404;
}

describe.each(worlds)("pages on $emulator, $switched, bytes $bytes", ({ emulator, ...options }) => {
  test("are served byte for byte, there and back, and old assets with them", async () => {
    const web = await openBoth(inject(emulator), options);
    const contents = async () =>
      await Promise.all(["index.html", "assets/app-1.js", "assets/app-2.js"].map((path) => served(web, path)));
    await promote(new CloudFrontWebHost(web.input), one, 1);
    expect(await contents()).toEqual(["one", "app-1", 404]);
    await promote(new CloudFrontWebHost(web.input), two, 2);
    expect(await contents()).toEqual(["two", "app-1", "app-2"]);
    await promote(new CloudFrontWebHost(web.input), one, 3);
    expect(await contents()).toEqual(["one", "app-1", "app-2"]);
  });

  test("say what they are, and how long a copy may be used", async () => {
    const web = await openBoth(inject(emulator), options);
    await promote(new CloudFrontWebHost(web.input), one, 1);
    const entry = options.switched === "sync" ? "site/index.html" : `entries/${sha256("one").slice(7, 23)}/index.html`;
    const asset = options.switched === "sync" ? "site/assets/app-1.js" : "pool/assets/app-1.js";
    const head = (key: string) =>
      web.input.s3.send(new HeadObjectCommand({ Bucket: web.bucket, Key: `${web.input.prefix}/${key}` }));
    expect(await head(entry)).toMatchObject({
      ContentType: "text/html; charset=utf-8",
      CacheControl: "no-cache",
      Metadata: { sha256: sha256("one") },
    });
    expect(await head(asset)).toMatchObject({
      ContentType: "text/javascript; charset=utf-8",
      CacheControl: "public,max-age=31536000,immutable",
    });
  });

  test("are right though an answer was lost, of each request in turn", async () => {
    let requests = 0;
    for (let lostAt = 1; lostAt <= Math.max(requests, 1); lostAt += 1) {
      const web = await openBoth(inject(emulator), options);
      await promote(new CloudFrontWebHost(web.input), one, 1);
      const isLost = (_: SeenRequest, count: number) => (count === lostAt ? "answer-lost" : "none");
      const seen = await withFaults(inject(emulator), isLost, (url) => promote(web.hostAt(url), two, 2));
      requests = Math.max(requests, seen.length - 1);
      expect(await Promise.all([served(web, "index.html"), served(web, "assets/app-2.js")])).toEqual(["two", "app-2"]);
    }
    expect(requests).toBeGreaterThanOrEqual(8);
  });

  test("are right again when a run died at any request, and it changes nothing any more", async () => {
    for (let deadAt = 1; deadAt <= 12; deadAt += 1) {
      const web = await openBoth(inject(emulator), options);
      await promote(new CloudFrontWebHost(web.input), one, 1);
      const isDead = (_: SeenRequest, count: number): Fault =>
        count < deadAt ? "none" : count === deadAt ? "answer-lost" : { status: 403, code: "AccessDenied" };
      const act = async (url: string) => await promote(web.hostAt(url), two, 2).catch(() => undefined);
      await withFaults(inject(emulator), isDead, act);
      const text = await served(web, "index.html");
      expect(["one", "two"]).toContain(text);
      if (text === "two") expect(await served(web, "assets/app-2.js")).toBe("app-2");
      expect(await served(web, "assets/app-1.js")).toBe("app-1");
      const next = new CloudFrontWebHost(web.input);
      expect(await next.raiseFence(permitOf(3))).toBe("raised");
      expect(await new CloudFrontWebHost(web.input).switchTo(two.revision, permitOf(2))).toBe("moved");
      await promote(next, one, 3);
      expect(await served(web, "index.html")).toBe("one");
    }
  });

  test("are invalidated once by a key, which another process knows too", async () => {
    const web = await openBoth(inject(emulator), options);
    const [first, second] = [new CloudFrontWebHost(web.input), new CloudFrontWebHost(web.input)];
    await first.invalidate(["/"], "key-other", permitOf(1));
    await first.invalidate(["/"], "key", permitOf(1));
    expect(await second.isInvalidated("key")).toBe(true);
    expect(await second.isInvalidated("key-2")).toBe(false);
  });
});

describe.each(worlds.filter(({ bytes }) => bytes === "copied"))(
  "of $emulator, $switched",
  ({ emulator, ...options }) => {
    const isCopy = ({ method, url }: SeenRequest): boolean => method === "PUT" && !url.includes("/state/");

    test("no attempt is made once the lease is lost, not even the SDK's own second one", async () => {
      const web = await openBoth(inject(emulator), options);
      let copies = 0;
      const permit = { ...permitOf(1), check: () => copies > 0 && lose() };
      const seen = await withFaults(
        inject(emulator),
        (request) => {
          copies += isCopy(request) ? 1 : 0;
          return isCopy(request) ? "answer-lost" : "none";
        },
        async (url) => {
          const added = web.hostAt(url).addAssets(
            one.list.files.filter(({ role }) => role === "asset"),
            permit,
          );
          await expect(added).rejects.toThrow(LeaseLostError);
        },
      );
      expect(seen.filter(isCopy)).toHaveLength(1);
    });

    test("a copy over what is served is looked at before it is asked for again", async () => {
      const web = await openBoth(inject(emulator), { ...options, switched: "sync" });
      const isEntry = ({ url }: SeenRequest): boolean => url.includes("/site/index.html");
      let copies = 0;
      const seen = await withFaults(
        inject(emulator),
        (request) => {
          copies += isEntry(request) ? 1 : 0;
          if (!isEntry(request) || copies > 2) return "none";
          return copies === 1 ? { status: 503, code: "SlowDown" } : "none";
        },
        (url) => promote(web.hostAt(url), one, 1),
      );
      expect(seen.filter(isEntry).map(({ method }) => method)).toEqual(["PUT", "HEAD", "PUT"]);
    });
  },
);

function lose(): never {
  throw new LeaseLostError("the beat is old");
}

/** Answers the requests that were seen. */
async function withFaults(
  emulator: string,
  decide: (seen: SeenRequest, count: number) => Fault,
  act: (url: string) => Promise<void>,
): Promise<readonly SeenRequest[]> {
  let count = 0;
  const proxy = await openFaultyProxy(emulator, (seen) => {
    count += 1;
    return decide(seen, count);
  });
  try {
    await act(proxy.url);
    return proxy.seen;
  } finally {
    await proxy.close();
  }
}

test("a key-value store is asked with a signature for all regions", async () => {
  const web = await openWeb(inject("ministack"), { switched: "pointer", bytes: "read" });
  const client = keyValueStoreAt(inject("ministack"));
  const signatures: (string | undefined)[] = [];
  client.middlewareStack.add(
    (next) => (input) => {
      signatures.push((input.request as HttpRequest).headers.authorization);
      return next(input);
    },
    { step: "deserialize", priority: "low" },
  );
  const arn = web.input.keyValueStore?.arn ?? "";
  await new CloudFrontWebHost({ ...web.input, keyValueStore: { client, arn } }).readLive();
  expect(signatures).toHaveLength(2);
  for (const signature of signatures) expect(signature).toMatch(/^AWS4-ECDSA-P256-SHA256 /);
});
