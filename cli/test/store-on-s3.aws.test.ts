import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { region, s3ClientsAt } from "../../pipeline/test/emulators/clients.ts";
import { describeTarget } from "../../pipeline/test/emulators/describe-target.ts";
import { openBucket } from "../../pipeline/test/emulators/open-bucket.ts";
import { ScratchApp } from "./scratch-app.ts";
import { type Ran, startPromote } from "./start-promote.ts";

/** As moto calls the account of credentials that it did not hand out itself. */
const account = "123456789012";
const secret = `canary-${randomBytes(16).toString("hex")}`;
const token = `IQoJb3JpZ2luX2VjE${randomBytes(96).toString("hex")}`;
const clients = s3ClientsAt(inject("moto"));
const home = mkdtempSync(join(tmpdir(), "slipway-home-"));
/** No profile, no machine's role: credentials are in variables, or nowhere. */
const nobody = {
  HOME: home,
  AWS_PROFILE: "",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_REGION: "",
  AWS_SESSION_TOKEN: "",
};
const somebody = {
  ...nobody,
  AWS_ENDPOINT_URL: inject("moto"),
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: secret,
  AWS_SESSION_TOKEN: token,
};
/** Ends with 1 where a command of the repository is told credentials. */
const nosy = `process.exit(Object.keys(process.env).some((name) => /^AWS_(SECRET|SESSION|ACCESS)/.test(name)) ? 1 : 0);\n`;
const config = (store: string): string => `version: 1
app: tiny
store: ${store}
region: ${region}
build: [node nosy.mjs]
environments:
  dev: { account: "${account}" }
  prod: {}
web: { folder: public, assets: ["assets/**"], fallback: index.html }
`;

let app: ScratchApp;
let store: string;
let sha: string;
const printed: string[] = [];

async function promote(args: readonly string[], variables: Readonly<Record<string, string>> = somebody): Promise<Ran> {
  const ran = await app.promote(args, variables);
  printed.push(ran.out, ran.err);
  return ran;
}
async function json(...args: readonly string[]) {
  const ran = await promote([...args, "--json"]);
  return { exit: ran.exit, document: JSON.parse(ran.out) };
}

beforeAll(async () => {
  store = `s3://${await openBucket(clients.records)}/apps/tiny`;
  app = await ScratchApp.create();
  app.write("slipway.yaml", config(store));
  app.write("nosy.mjs", nosy);
  sha = app.commit("First");
});
afterAll(async () => {
  await app.remove();
  rmSync(home, { recursive: true, force: true });
});

describe("a store in a bucket", () => {
  test("takes a release, once, and what it is built by is told no credentials", async () => {
    const first = await json("build");
    expect(first, JSON.stringify(first)).toMatchObject({ exit: 0, document: { sha, outcome: "published" } });
    expect(await json("build")).toMatchObject({ exit: 0, document: { outcome: "same" } });
  });

  test("is looked at by all verbs that ask nothing else", async () => {
    expect(await json("status")).toMatchObject({
      exit: 0,
      document: { store, newest: { sha }, environments: [{ env: "dev", state: "empty" }, { env: "prod" }] },
    });
    expect(await json("status", "--releases")).toMatchObject({ exit: 0, document: { releases: [{ sha }] } });
    expect(await json("history")).toMatchObject({ exit: 0, document: { epochs: [] } });
    expect(await json("diff", "dev", "prod")).toMatchObject({ exit: 0 });
    expect(await json("verify", "--sha", sha)).toMatchObject({ exit: 0 });
    expect(await json("hold", "--env", "dev", "--reason", "a try")).toMatchObject({ exit: 0 });
    expect(await json("lock", "--env", "dev")).toMatchObject({ exit: 0, document: { lease: null } });
  });

  test("leads to no environment that nobody has described, and never describes one itself", async () => {
    for (const verb of [["plan"], ["explain"], []]) {
      const asked = await json(...verb, "--sha", sha, "--env", "dev");
      expect(asked.exit).toBe(3);
      expect(asked.document.reasons[0].code).toBe("target-missing");
    }
    expect((await promote(["--sha", sha, "--env", "dev"])).err).toContain("promote doctor --env dev");
    const { document } = await json("doctor");
    const told = document.findings.filter(({ about }: { about: string }) =>
      ["store", "versions", "target"].includes(about),
    );
    expect(told.map(({ about, verdict }: { about: string; verdict: string }) => [about, verdict])).toEqual([
      ["store", "ok"],
      ["versions", "ok"],
      ["target", "no"],
      ["target", "no"],
    ]);
  });

  test("leads to environments of the account that these credentials are of, and to no others", async () => {
    const endpoint = inject("moto");
    await describeTarget(clients, store, { environment: "prod", account: "444455556666", endpoint });
    await describeTarget(clients, store, { environment: "dev", account, endpoint });
    // The guard is passed: what is wrong is said by a rule.
    expect(await json("plan", "--sha", sha, "--env", "dev")).toMatchObject({
      exit: 3,
      document: { reasons: expect.arrayContaining([expect.objectContaining({ code: "target-mismatch" })]) },
    });
    expect(await json("plan", "--sha", sha, "--env", "prod")).toMatchObject({
      exit: 3,
      document: { kind: "error", code: "account" },
    });
    const doctor = await json("doctor");
    const access = doctor.document.findings.filter(({ about }: { about: string }) => about === "credentials");
    expect(access).toMatchObject([
      { env: "dev", verdict: "ok", text: expect.stringContaining(`arn:aws:sts::${account}:`) },
      { env: "prod", verdict: "no", text: expect.stringContaining("prod lies in 444455556666") },
    ]);
    // One that they do not open is not known; the others are told all the same.
    expect(await json("status")).toMatchObject({
      exit: 0,
      document: { environments: [{ env: "dev" }, { env: "prod" }] },
    });
  });

  test("needs a login and nothing else: no checkout and no configuration", async () => {
    const elsewhere = (variables: object) =>
      startPromote(["status", "--json", "--store", store], home, { ...process.env, ...somebody, ...variables }).ended;
    const ran = await elsewhere({ AWS_REGION: region });
    expect(ran.exit, ran.err).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ store, newest: { sha } });
    const lost = await elsewhere({});
    expect(lost.exit).toBe(2);
    expect(JSON.parse(lost.out)).toMatchObject({
      code: "store-unusable",
      message: expect.stringContaining("no region"),
    });
  });

  test.each<
    [name: string, variables: Readonly<Record<string, string>>, store: string | null, code: string, says: string]
  >([
    ["no credentials", nobody, null, "credentials", "there are no credentials here"],
    ["a profile that is not there", { ...nobody, AWS_PROFILE: "acme" }, null, "credentials", "credentials"],
    ["a bucket that is not there", somebody, "s3://slipway-nowhere/app", "store-unusable", "there is no such bucket"],
    ["a bucket that holds nothing of ours", somebody, "/../other", "store-unusable", "neither a folder nor"],
  ])("says what to mend: %s", async (_name, variables, named, code, says) => {
    const ran = await promote(
      ["status", "--json", ...(named ? ["--store", named.startsWith("/") ? `${store}${named}` : named] : [])],
      {
        ...variables,
        AWS_REGION: region,
      },
    );
    expect(ran.exit).toBe(2);
    const document = JSON.parse(ran.out);
    expect(document).toMatchObject({ kind: "error", code, message: expect.stringContaining(says) });
    expect(document.message).toContain("Nothing was changed.");
    expect(ran.err).not.toContain("    at ");
  });

  test("keeps what a profile has to itself: nothing of it is in a variable that could be known for a secret", async () => {
    const file = join(home, "credentials");
    writeFileSync(
      file,
      `[acme]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${secret}\naws_session_token = ${token}\n`,
    );
    const profile = {
      ...nobody,
      AWS_ENDPOINT_URL: inject("moto"),
      AWS_PROFILE: "acme",
      AWS_SHARED_CREDENTIALS_FILE: file,
    };
    for (const args of [["status"], ["doctor"], ["explain", "--sha", sha, "--env", "prod"]]) {
      const ran = await promote(args, profile);
      expect(`${ran.out}${ran.err}`).toContain(args[0] === "explain" ? "444455556666" : store);
    }
    const refused = await promote(["status", "--store", "s3://slipway-nowhere/app"], {
      ...profile,
      AWS_REGION: region,
    });
    expect(refused.err).toContain("there is no such bucket");
  });

  test("stays out of what is on this machine: --local asks for no login", async () => {
    expect((await promote(["status", "--local"], nobody)).exit).toBe(0);
    expect((await promote(["local", "status"], nobody)).exit).toBe(0);
  });

  test("no secret was printed, whatever was asked", () => {
    const all = printed.join("\n");
    expect(all.length).toBeGreaterThan(5_000);
    for (const hidden of [secret, token, secret.slice(7), token.slice(20)]) expect(all).not.toContain(hidden);
  });
});
