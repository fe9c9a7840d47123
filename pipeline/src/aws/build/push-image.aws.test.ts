import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, inject, onTestFinished, test, vi } from "vitest";
import { type Fault, openFaultyProxy } from "../../../test/emulators/faulty-proxy.ts";
import { registryUser } from "../../../test/emulators/registry-config.ts";
import { configBytes } from "./image-config.ts";
import { diffIdOf } from "./layer.ts";
import { pushImage } from "./push-image.ts";
import { registryOf } from "./registry.ts";

const platform = "linux/amd64";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-push-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function anImage() {
  const tars = ["one", "two"].map(
    (text) => () => Readable.from([Buffer.alloc(200_000, text)]) as AsyncIterable<Buffer>,
  );
  const layers = await Promise.all(tars.map(async (tar) => ({ diffId: await diffIdOf(tar()), tar })));
  const config = configBytes(
    { os: "linux", architecture: "amd64", rootfs: { diff_ids: [] } },
    layers.map(({ diffId }) => diffId),
  );
  const guard = { check: () => undefined, signal: new AbortController().signal };
  return { config, layers, scratch: mkdtempSync(join(folder, "scratch-")), guard };
}

/** Through a proxy that harms the request of this number. */
async function push(number: number, fault: Fault, repository = `app-${randomBytes(4).toString("hex")}`) {
  let asked = 0;
  const proxy = await openFaultyProxy(inject("registry"), () => (asked++ === number ? fault : "none"));
  onTestFinished(() => proxy.close());
  const registry = registryOf({ repository: `${new URL(proxy.url).host}/${repository}`, platform });
  const { digest, bytes } = await pushImage(registry, await anImage());
  return { digest, bytes, requests: proxy.seen, repository };
}

test("each request to a registry may fail once: what is pushed is the same", async () => {
  const { digest, bytes, requests } = await push(-1, "none");
  expect(requests.length).toBeGreaterThan(10);
  const faults: readonly Fault[] = ["answer-lost", { status: 503, code: "busy" }];
  await Promise.all(
    requests.flatMap((_, number) =>
      faults.map(async (fault) => expect(await push(number, fault)).toMatchObject({ digest, bytes })),
    ),
  );
}, 120_000);

test("an image that is there is asked for, and nothing is put", async () => {
  const first = await push(-1, "none");
  const second = await push(-1, "none", first.repository);
  expect(second.digest).toBe(first.digest);
  expect(second.requests.map(({ method }) => method)).toEqual(["GET", "GET", "GET", "GET", "HEAD", "HEAD"]);
});

test("a guarded registry takes an image from whom docker's own file says, and from nobody else", async () => {
  const { host } = new URL(inject("guardedRegistry"));
  const login = async (password: string) => {
    const auth = Buffer.from(`${registryUser.username}:${password}`).toString("base64");
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
    return await pushImage(registryOf({ repository: `${host}/guarded`, platform }), await anImage());
  };
  vi.stubEnv("DOCKER_CONFIG", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(login("wrong-4711")).rejects.toMatchObject({
    code: "credentials",
    message: expect.not.stringContaining("4711"),
  });
  expect(await login(registryUser.password)).toMatchObject({ repository: `${host}/guarded` });
});
