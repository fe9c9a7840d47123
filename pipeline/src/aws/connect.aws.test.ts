import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { aTarget, instantOf } from "../../test/builders.ts";
import { credentials } from "../../test/emulators/clients.ts";
import { targetOnAws } from "../../test/emulators/describe-target.ts";
import { type Fault, type FaultyProxy, openFaultyProxy } from "../../test/emulators/faulty-proxy.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import type { Target } from "../environment/target.ts";
import { PortError } from "../errors.ts";
import type { Digest, ServiceName } from "../identifiers.ts";
import { connectAws } from "./connect.ts";

/** Of credentials that moto did not hand out itself. */
const own = "123456789012";
const other = "444455556666";
const store = new MemoryObjectStore(() => instantOf("2026-11-22T10:00"));
const expected = { account: null, role: null };

let proxy: FaultyProxy;
let fault: Fault = "none";

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
  proxy = await openFaultyProxy(inject("moto"), () => fault);
});
afterAll(() => proxy.close());

const targetIn = (account: string, fields: object = {}): Target =>
  targetOnAws({ environment: "prod", account, endpoint: proxy.url }, fields);
const newRole = (): string => `arn:aws:iam::${other}:role/promote-${randomBytes(4).toString("hex")}`;

/** How many requests were made while this was done. */
async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  const before = proxy.seen.length;
  await work();
  return proxy.seen.length - before;
}

describe("an environment on AWS", () => {
  test("is connected with credentials of its account, after one question", async () => {
    expect(await requestsOf(() => connectAws({ target: targetIn(own), store, expected }))).toBe(1);
  });

  test("is not looked at with credentials of another one: both accounts are named", async () => {
    const made = await requestsOf(() =>
      expect(connectAws({ target: targetIn(other), store, expected })).rejects.toMatchObject({
        code: "account",
        message: "these credentials are of another account than prod lies in",
        evidence: [`prod lies in ${other}; these are of ${own}`, expect.stringContaining(`arn:aws:sts::${own}:`)],
        next: ["aws configure list-profiles"],
      }),
    );
    expect(made).toBe(1);
  });

  test("is not asked anything where slipway.yaml says another account", async () => {
    const made = await requestsOf(() =>
      expect(
        connectAws({ target: targetIn(own), store, expected: { account: other, role: null } }),
      ).rejects.toMatchObject({ code: "account" }),
    );
    expect(made).toBe(0);
  });

  test("has a role of its own, which is taken once for all that is asked", async () => {
    const role = newRole();
    const [target, byName] = [targetIn(other, { role }), targetIn(other)];
    const taken = { account: other, role: role.split("/")[1] ?? "" };
    const made = await requestsOf(async () => {
      await Promise.all([1, 2].map(() => connectAws({ target, store, expected })));
      await connectAws({ target: byName, store, expected: taken });
    });
    // Once the role, and three times who that is.
    expect(made).toBe(4);
    await expect(connectAws({ target: targetIn(own), store, expected })).resolves.toBeDefined();
  });

  test.each(["pointer", "sync"] as const)("is asked where its site says, part by part: %s", async (how) => {
    const template = aTarget().target.migrations;
    const keyValueStore = `arn:aws:cloudfront::${own}:key-value-store/5a0c4c6e-0b1f-4a73-9c5a-6f0f0d1f2f3a`;
    const web = {
      bucket: "acme-web",
      distribution: "E2QWRUHAPOMQZL",
      keyValueStore: how === "sync" ? null : keyValueStore,
    };
    const { site } = targetIn(own, { services: { api: { service: "api" } }, tasks: { launchType: "FARGATE" }, web });
    const target = aTarget({ kind: "aws", url: proxy.url, web: { switch: how }, migrations: template, site }).target;
    const ports = await connectAws({ target, store, expected });
    const digest = `sha256:${"0".repeat(64)}` as Digest;
    const questions: Readonly<Record<string, () => Promise<unknown>>> = {
      images: () => ports.images.inspect({ digest }),
      services: () => ports.services.inspect("api" as ServiceName),
      web: () => ports.web.readLive(),
      cache: () => ports.web.isInvalidated("key"),
      probe: () => ports.probe.ask("GET", "/"),
    };
    // moto has none of it, and every one of them is asked there.
    for (const [part, question] of Object.entries(questions))
      expect([part, await requestsOf(() => question().catch(() => null))]).not.toEqual([part, 0]);
    expect(ports.longestRequestMilliseconds).toBeGreaterThanOrEqual(30_000);
  });

  test("says what it lacks where the target has no place for it", async () => {
    const { tasks, web, probe } = await connectAws({ target: targetIn(own), store, expected });
    await expect(tasks.inspect("key")).resolves.toBeNull();
    await expect(web.readLive()).resolves.toEqual({ web: null, epoch: 0, etag: "" });
    await expect(probe.ask("GET", "/")).resolves.toBe("unreachable");
  });

  test.each<[name: string, fault: Fault, rejection: object]>([
    ["credentials that have expired", { status: 403, code: "ExpiredToken" }, { code: "credentials" }],
    ["nobody who answers", { status: 503, code: "ServiceUnavailable" }, { call: "connect", effect: "none" }],
  ])("%s: nothing is known of whose they are", async (_name, told, rejection) => {
    fault = told;
    try {
      await expect(connectAws({ target: targetIn(own), store, expected })).rejects.toMatchObject(rejection);
    } finally {
      fault = "none";
    }
  });

  test("a role that nobody may take is a mistake to mend, not a silence", async () => {
    fault = { status: 403, code: "AccessDenied" };
    try {
      const target = targetIn(other, { role: newRole() });
      const error = await connectAws({ target, store, expected }).catch((thrown: unknown) => thrown);
      expect(error).not.toBeInstanceOf(PortError);
      expect(error).toMatchObject({ code: "credentials" });
    } finally {
      fault = "none";
    }
  });
});
