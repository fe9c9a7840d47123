import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { openFaultyProxy } from "../../test/emulators/faulty-proxy.ts";
import { anImage, anIndex, pushImage, type SampleImage } from "../../test/emulators/push-image.ts";
import { registryUser } from "../../test/emulators/registry-config.ts";
import { permitOf } from "../../test/platform-fixture.ts";
import { LeaseLostError, PortError } from "../errors.ts";
import type { Digest, Sha } from "../identifiers.ts";
import { OciImageRegistry, type OciImageRegistryInput } from "./oci-registry.ts";

const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924" as Sha;
const pin = `deployed-prod-${sha}`;
const basic = `Basic ${Buffer.from(`${registryUser.username}:${registryUser.password}`).toString("base64")}`;
const newName = (): string => `app-${randomBytes(4).toString("hex")}`;

function open(origin: string, input: Partial<OciImageRegistryInput> = {}) {
  const repository = newName();
  const registry = new OciImageRegistry({ origin, repository, platform: "linux/amd64", ...input });
  const push = (image: SampleImage, headers: Readonly<Record<string, string>> = {}) =>
    pushImage(`${origin}/v2/${input.repository ?? repository}`, image, headers);
  return { registry, repository: input.repository ?? repository, push };
}
const skopeo = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)("skopeo", args)).stdout;

describe("a registry of OCI images", () => {
  const origin = inject("registry");

  test("knows nothing of an image that was never pushed", async () => {
    const { registry, push } = open(origin);
    await push(anImage("one"));
    expect(await registry.inspect({ digest: anImage("another").digest })).toBeNull();
  });

  test("an image for the platform can be pulled, one for another platform cannot, and says which it is for", async () => {
    const { registry, push } = open(origin);
    for (const image of [anImage("one"), anImage("one", "arm64")]) await push(image);
    expect(await registry.inspect(anImage("one"))).toEqual({ pullable: true, because: null });
    expect(await registry.inspect(anImage("one", "arm64"))).toEqual({
      pullable: false,
      because: "it is for linux/arm64, not for linux/amd64",
    });
  });

  test("of a list of images, that for the platform counts", async () => {
    const { registry, push } = open(origin);
    const [amd64, arm64, attestation] = [anImage("one"), anImage("one", "arm64"), anImage("proof", "unknown")];
    for (const image of [amd64, arm64, attestation]) await push(image);
    const [both, other] = [anIndex({ amd64, arm64 }, attestation), anIndex({ arm64 }, attestation)];
    for (const index of [both, other]) await push(index);
    expect(await registry.inspect(both)).toEqual({ pullable: true, because: null });
    expect(await registry.inspect(other)).toEqual({
      pullable: false,
      because: "it is for linux/arm64, not for linux/amd64",
    });
  });

  test("what was removed from a list since is noticed", async () => {
    const { registry, push, repository } = open(origin);
    const [amd64, attestation] = [anImage("one"), anImage("proof", "unknown")];
    const index = anIndex({ amd64 }, attestation);
    for (const image of [amd64, attestation, index]) await push(image);
    const gone = await fetch(`${origin}/v2/${repository}/manifests/${amd64.digest}`, { method: "DELETE" });
    expect(gone.status).toBe(202);
    expect(await registry.inspect(index)).toEqual({
      pullable: false,
      because: "its manifest for linux/amd64 is not there",
    });
  });

  test("a pin is a tag on the same bytes, as another client reads it, and may be set twice", async () => {
    const { registry, push, repository } = open(origin);
    const [api, worker] = [anImage("api"), anImage("worker")];
    for (const image of [api, worker]) await push(image);
    for (const image of [api, worker, api]) await registry.pin(image, pin, permitOf(1));
    const address = `docker://${new URL(origin).host}/${repository}`;
    const tags = JSON.parse(await skopeo("list-tags", "--tls-verify=false", address)) as { readonly Tags: string[] };
    const tagOf = ({ digest }: { readonly digest: Digest }) => `${pin}-${digest.slice(7, 19)}`;
    expect(tags.Tags.toSorted()).toEqual([tagOf(api), tagOf(worker)].toSorted());
    expect(await skopeo("inspect", "--raw", "--tls-verify=false", `${address}:${tagOf(worker)}`)).toBe(worker.manifest);
  });

  test("what is not there cannot be pinned, and a lost lease pins nothing", async () => {
    const { registry, push, repository } = open(origin);
    await push(anImage("one"));
    await expect(registry.pin(anImage("another"), pin, permitOf(1))).rejects.toThrow("is not in");
    const lost = { ...permitOf(1), check: throwLost };
    await expect(registry.pin(anImage("one"), pin, lost)).rejects.toThrow(LeaseLostError);
    const tags = (await (await fetch(`${origin}/v2/${repository}/tags/list`)).json()) as { readonly tags: unknown };
    expect(tags.tags ?? []).toEqual([]);
  });

  test("what the registry gives with other bytes is not pinned", async () => {
    const { push, repository } = open(origin);
    await push(anImage("one"));
    const lying = await openFaultyProxy(origin, () => "body-changed");
    onTestFinished(() => lying.close());
    const { registry } = open(lying.url, { repository });
    await expect(registry.pin(anImage("one"), pin, permitOf(1))).rejects.toThrow("has other bytes");
  });

  test("a tag that never moves and stands already is a pin", async () => {
    const { registry, push, repository } = open(origin);
    await push(anImage("one"));
    await registry.pin(anImage("one"), pin, permitOf(1));
    const immutable = await openFaultyProxy(origin, ({ method }) =>
      method === "PUT" ? { status: 400, code: "TAG_INVALID" } : "none",
    );
    onTestFinished(() => immutable.close());
    await open(immutable.url, { repository }).registry.pin(anImage("one"), pin, permitOf(1));
    const failing = open(immutable.url, { repository }).registry.pin(anImage("one"), "deployed-dev", permitOf(1));
    await expect(failing).rejects.toMatchObject({ name: "PortError", effect: "none" });
  });

  test("a page in the place of the registry is no absence", async () => {
    const page = await openFaultyProxy(origin, () => ({ status: 404, code: "nginx" }));
    onTestFinished(() => page.close());
    await expect(open(page.url).registry.inspect(anImage("one"))).rejects.toThrow("answers 404");
  });

  test("a registry that answers late, wrongly or not at all is no answer", async () => {
    const image = anImage("one");
    const { push, repository } = open(origin);
    await push(image);
    let asked = 0;
    const weary = await openFaultyProxy(origin, () => {
      asked += 1;
      return asked < 3 ? { status: 503, code: "TOOMANYREQUESTS" } : "none";
    });
    onTestFinished(() => weary.close());
    expect(await open(weary.url, { repository }).registry.inspect(image)).toEqual({ pullable: true, because: null });
    const silent = await openFaultyProxy(origin, () => "answer-lost");
    onTestFinished(() => silent.close());
    await expect(open(silent.url, { repository }).registry.inspect(image)).rejects.toThrow(PortError);
    const lying = await openFaultyProxy(origin, () => "body-changed");
    onTestFinished(() => lying.close());
    expect(await open(lying.url, { repository }).registry.inspect(image)).toEqual({
      pullable: false,
      because: "its manifest has other bytes than its digest says",
    });
  });
});

describe("a registry that asks who it is", () => {
  const origin = inject("guardedRegistry");

  test("opens with credentials, which are asked for once", async () => {
    let asked = 0;
    const credentials = async () => {
      asked += 1;
      return registryUser;
    };
    const { registry, push } = open(origin, { credentials });
    await push(anImage("one"), { authorization: basic });
    expect(await registry.inspect(anImage("one"))).toEqual({ pullable: true, because: null });
    await registry.pin(anImage("one"), pin, permitOf(1));
    expect(asked).toBe(1);
  });

  test("stays shut without, or with wrong ones, and says so without naming them", async () => {
    const { registry } = open(origin);
    await expect(registry.inspect(anImage("one"))).rejects.toThrow("asks who this is, and no credentials are set");
    const wrong = open(origin, { credentials: async () => ({ username: "slipway", password: "canary-4711" }) });
    const failed = await wrong.registry.inspect(anImage("one")).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      name: "PortError",
      message: expect.stringContaining("the credentials do not open it"),
    });
    expect(String(failed)).not.toContain("canary");
  });
});

function throwLost(): never {
  throw new LeaseLostError("the last beat is old");
}
