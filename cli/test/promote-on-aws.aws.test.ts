import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { aService, serviceOf } from "../../pipeline/test/builders.ts";
import { credentials, region } from "../../pipeline/test/emulators/clients.ts";
import { type EmulatedLadder, openLadder } from "../../pipeline/test/emulators/open-ladder.ts";
import { publishOnto } from "../../pipeline/test/emulators/publish-onto.ts";
import { RequestStream } from "../../pipeline/test/request-stream.ts";
import { until } from "../../pipeline/test/until.ts";
import { ScratchApp } from "./scratch-app.ts";

const [repository = "", image = ""] = inject("busybox").split("@");
const [, otherImage = ""] = inject("otherBusybox").split("@");
const variables = {
  AWS_ENDPOINT_URL: inject("ministack"),
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
};
const server =
  'mkdir -p /www && echo "{\\"sha\\":\\"$SLIPWAY_SHA\\"}" > /www/version && exec busybox httpd -f -p $PORT -h /www';

let app: ScratchApp;
let ladder: EmulatedLadder;
const shas: string[] = [];
const first = () => shas[0] ?? "";
const second = () => shas[1] ?? "";

beforeAll(async () => {
  ladder = await openLadder({
    emulator: inject("ministack"),
    repository,
    environments: ["dev", "prod"],
    services: { api: "/version", worker: "" },
  });
  app = await ScratchApp.create();
  app.write("slipway.yaml", config());
  for (const [number, of] of [image, otherImage].entries()) {
    app.write("notes.txt", `release ${number}`);
    const sha = app.commit(`Release ${number}`);
    shas.push(sha);
    await publishOnto(ladder.store, { sha, repository, image: of, services, page: `<h1>${number}</h1>` });
  }
}, 120_000);
afterAll(async () => {
  ladder?.close();
  await app?.remove();
});

const services = [
  aService({
    name: serviceOf("api"),
    run: ["sh", "-c", server],
    paths: ["/version"],
    startTimeoutSeconds: 60,
    drainTimeoutSeconds: 2,
    smoke: [{ method: "GET", path: "/version", status: 200, text: "{sha}" }],
  }),
  aService({
    name: serviceOf("worker"),
    run: ["sh", "-c", "trap exit TERM; while :; do sleep 1; done"],
    port: null,
    paths: [],
    health: { kind: "uptime", seconds: 1 },
    drainTimeoutSeconds: 2,
  }),
];
const config = () => `version: 1
app: tiny
store: ${ladder.address}
region: ${region}
environments:
  dev: { ancestry: any }
  prod: { soak: 0s }
services:
  api: { files: [src], run: node src/server.mjs, port: PORT, paths: [/version], health: /version }
  worker: { files: [src], run: node src/worker.mjs }
web: { folder: public, assets: ["assets/**"], fallback: index.html }
`;
const promote = (...args: readonly string[]) => app.json(args, variables);
const navigation = { accept: "text/html" };
const page = async (environment: string, path: string): Promise<string> =>
  await (await fetch(`${ladder.urls[environment]}${path}`, { headers: navigation })).text();
const runs = async (environment: string): Promise<string> =>
  (JSON.parse(await page(environment, "/version")) as { readonly sha: string }).sha;
const definitions = async () => (await ladder.store.list("environments/dev/by-definition/")).length;

describe("a ladder on ECS, S3 and CloudFront, with real containers", { timeout: 240_000 }, () => {
  test("takes its first release, service by service, then its pages", async () => {
    const ran = await promote("--sha", first(), "--env", "dev");
    expect(ran.exit, ran.err + JSON.stringify(ran.document)).toBe(0);
    expect(ran.document).toMatchObject({ outcome: "done", environment: "promoted" });
    expect(await runs("dev")).toBe(first());
    expect(await page("dev", "/")).toBe("<h1>0</h1>");
    expect(await page("dev", "/anywhere")).toBe("<h1>0</h1>");
  });

  test("does nothing for what is there, and registers nothing", async () => {
    const before = await definitions();
    const ran = await promote("--sha", first(), "--env", "dev");
    expect(ran).toMatchObject({ exit: 0, document: { outcome: "done", environment: "unchanged" } });
    expect(await definitions()).toBe(before);
    expect((await promote("verify", "--env", "dev")).exit).toBe(0);
    expect((await promote("status")).document).toMatchObject({
      environments: [{ env: "dev", sha: first() }, { env: "prod" }],
    });
  });

  test("answers every request while the next release takes over, and is put back by a command", async () => {
    const visitors = ["/version", "/"].map((path) => new RequestStream(`${ladder.urls.dev}${path}`, "GET", 1));
    const ran = await promote("--sha", second(), "--env", "dev");
    expect(ran.exit, JSON.stringify(ran.document)).toBe(0);
    expect(await runs("dev")).toBe(second());
    expect(await page("dev", "/")).toBe("<h1>1</h1>");
    expect((await promote("rollback", "--env", "dev", "--yes")).exit).toBe(0);
    expect(await runs("dev")).toBe(first());
    expect(await page("dev", "/")).toBe("<h1>0</h1>");
    for (const { answered, failed } of await Promise.all(visitors.map((visitor) => visitor.end()))) {
      expect(failed).toEqual([]);
      expect(answered).toBeGreaterThan(20);
    }
  });

  test("goes on after its process was killed in the middle", async () => {
    const records = () => ladder.store.list("environments/dev/history/");
    const before = (await records()).length;
    const started = app.start(["--sha", second(), "--env", "dev", "--json"], variables);
    await until(records, (keys) => keys.length > before + 4, 120);
    started.kill("SIGKILL");
    await started.ended.catch(() => undefined);
    const ran = await promote("--sha", second(), "--env", "dev", "--wait", "5m");
    expect(ran.exit, JSON.stringify(ran.document)).toBe(0);
    expect(await runs("dev")).toBe(second());
  });

  test("lets prod have what dev has run, by the same digests", async () => {
    const ran = await promote("--sha", second(), "--env", "prod");
    expect(ran.exit, JSON.stringify(ran.document)).toBe(0);
    expect(await runs("prod")).toBe(second());
    expect((await promote("history", "--env", "dev", "--verify")).exit).toBe(0);
  });
});
