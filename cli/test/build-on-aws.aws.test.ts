import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { credentials, region } from "../../pipeline/test/emulators/clients.ts";
import { type EmulatedLadder, openLadder } from "../../pipeline/test/emulators/open-ladder.ts";
import { ScratchApp } from "./scratch-app.ts";

const host = new URL(inject("registry")).host;
const repository = `${host}/tiny-${randomBytes(4).toString("hex")}`;
const base = `${inject("busybox").split("@")[0]}:1`;
const variables = {
  AWS_ENDPOINT_URL: inject("ministack"),
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  DOCKER_HOST: inject("dockerHost"),
};
const config = (api: string, store = ladder.address): string => `version: 1
app: tiny
store: ${store}
region: ${region}
environments:
  dev: { ancestry: any, soak: 0s }
services:
  api: { ${api}, run: sh serve.sh, port: PORT, paths: [/version], health: /version, start_timeout: 60s, drain_timeout: 2s, smoke: ["GET /version 200 {sha}"] }
web: { folder: public, assets: ["assets/**"], fallback: index.html }
`;
const server = `mkdir -p /tmp/www && echo "{\\"sha\\":\\"$SLIPWAY_SHA\\",\\"of\\":\\"$(busybox cat of.txt)\\"}" > /tmp/www/version
exec busybox httpd -f -p $PORT -h /tmp/www
`;
const dockerfile = `FROM ${base}
LABEL slipway.test="${repository}"
RUN busybox ln -sf busybox /bin/mkdir && busybox mkdir -p /tmp && busybox chmod 1777 /tmp
WORKDIR /app
COPY serve.sh of.txt ./
USER 1000
`;

let app: ScratchApp;
let ladder: EmulatedLadder;
let pushed: string;
const json = (...args: readonly string[]) => app.json(args, variables);
const messageOf = (ran: { readonly document: unknown }): string => (ran.document as { message: string }).message;
const docker = (...args: readonly string[]): string =>
  execFileSync("docker", args, {
    env: { ...process.env, ...variables },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();

beforeAll(async () => {
  ladder = await openLadder({
    emulator: inject("ministack"),
    repository,
    environments: ["dev"],
    services: { api: "/version" },
  });
  app = await ScratchApp.create();
  app.write("slipway.yaml", config("dockerfile: Dockerfile"));
  app.write("Dockerfile", dockerfile);
  app.write("serve.sh", server);
  app.write("of.txt", "dockerfile");
  app.commit("A dockerfile");
}, 120_000);
afterAll(async () => {
  ladder?.close();
  await app?.remove();
});

describe("on a ladder on AWS", () => {
  test("a build makes an image of the dockerfile, publishes it once, and the next build of the commit is the same", async () => {
    const first = await json("build");
    expect(first, first.err).toMatchObject({ exit: 0, document: { outcome: "published" } });
    const { sha } = first.document as { sha: string };
    // Otherwise the engine would take its own layers again, times and all.
    for (const id of docker("images", "--quiet", "--filter", `label=slipway.test=${repository}`).split("\n"))
      docker("rmi", "--force", id);
    const second = await json("build");
    expect(second, second.err).toMatchObject({ exit: 0, document: { outcome: "same", sha } });
    expect(await json("verify", "--sha", sha)).toMatchObject({ exit: 0 });
  });

  test("what was built runs", async () => {
    const { document } = await json("build");
    const sha = (document as { sha: string }).sha;
    const ran = await json("--sha", sha, "--env", "dev");
    expect(ran.exit, ran.err + JSON.stringify(ran.document)).toBe(0);
    const answer = await fetch(`${ladder.urls.dev}/version`);
    expect(await answer.json()).toEqual({ sha, of: "dockerfile" });
  });

  test("an image that was built elsewhere is taken over by its digest, and docker is not asked", async () => {
    app.write("of.txt", "elsewhere");
    const sha = app.commit("Built elsewhere");
    docker("build", "--tag", `${repository}:elsewhere`, app.root);
    docker("push", "--quiet", `${repository}:elsewhere`);
    const digests: string[] = JSON.parse(
      docker("inspect", "--format", "{{json .RepoDigests}}", `${repository}:elsewhere`),
    );
    pushed = digests.find((digest) => digest.startsWith(repository)) ?? "";
    const built = await app.json(["build", "--image", `api=${pushed}`], {
      ...variables,
      DOCKER_HOST: "unix:///nowhere",
    });
    expect(built, built.err).toMatchObject({
      exit: 0,
      document: { outcome: "published", images: { api: { digest: pushed.slice(pushed.indexOf("sha256:")) } } },
    });
    const ran = await json("--sha", sha, "--env", "dev");
    expect(ran.exit, ran.err + JSON.stringify(ran.document)).toBe(0);
    expect(await (await fetch(`${ladder.urls.dev}/version`)).json()).toEqual({ sha, of: "elsewhere" });
  });

  test("a build says what is missing before it builds anything", async () => {
    const unreachable = await app.json(["build"], { ...variables, DOCKER_HOST: "unix:///nowhere" });
    expect(unreachable).toMatchObject({ exit: 4, document: { code: "build-failed" } });
    expect(messageOf(unreachable)).toContain("docker does not reach its engine");
    const zero = `api=${repository}@sha256:${"0".repeat(64)}`;
    expect(await json("build", "--image", zero)).toMatchObject({ exit: 3, document: { code: "image-unavailable" } });
    app.write("slipway.yaml", config("files: [src]"));
    app.commit("No dockerfile");
    const refused = await json("build");
    expect(refused).toMatchObject({ exit: 2, document: { code: "config-invalid" } });
    expect(messageOf(refused)).toContain("services.api.dockerfile is required on the target aws");
    expect(await json("build", "--image", `api=${pushed}`)).toMatchObject({ exit: 0 });
    app.write("slipway.yaml", config("dockerfile: Dockerfile", ladder.address.replace("tiny", "other")));
    app.commit("A store without targets");
    expect(await json("build")).toMatchObject({ exit: 3, document: { code: "target-missing" } });
    app.write("slipway.yaml", config("dockerfile: Dockerfile"));
    app.commit("Back");
  });

  test("a build that is killed ends in the engine too, and the next one removes what it left", async () => {
    app.write("Dockerfile", `${dockerfile}RUN echo sleeping && sleep 300\n`);
    app.commit("A long build");
    const running = () => docker("ps", "--quiet", "--no-trunc");
    const names = () => new Set(docker("images", "--format", "{{.Repository}}:{{.Tag}}").split("\n"));
    const [before, namesBefore] = [running(), names()];
    const killed = app.start(["build"], variables);
    await vi.waitFor(() => expect(running().length).toBeGreaterThan(before.length), { timeout: 30_000 });
    killed.kill("SIGKILL");
    await killed.ended;
    await vi.waitFor(() => expect(running()).toBe(before), { timeout: 30_000, interval: 500 });
    expect(names()).toEqual(namesBefore);
    app.write("Dockerfile", dockerfile);
    app.commit("A short build");
    const built = await json("build");
    expect(built, built.err).toMatchObject({ exit: 0, document: { outcome: "published" } });
    expect(readdirSync(join(app.root, ".slipway/build"))).toEqual([]);
  }, 120_000);

  const digest = `sha256:${"a".repeat(64)}`;
  test.each([
    ["no digest", `api=${repository}:latest`],
    ["a tag beside it", `api=${repository}:latest@${digest}`],
    ["another repository", `api=evil.example/tiny@${digest}`],
    ["a service that there is not", `mailer=${repository}@${digest}`],
    ["no service", `${repository}@${digest}`],
    ["half a digest", `api=${repository}@sha256:abc`],
    ["a way out", `api=${repository}/../other@${digest}`],
    ["control characters", `api=${repository}\u001b[31m@${digest}`],
    ["no end", `api=${"a".repeat(5_000)}@${digest}`],
  ])("--image with %s is refused", async (_name, image) => {
    const refused = await json("build", "--image", image);
    expect(refused, refused.err).toMatchObject({ exit: 2, document: { code: "usage" } });
    expect(messageOf(refused)).toContain("Nothing was built.");
    expect(messageOf(refused)).not.toContain("\u001b[31m");
  });

  test("a folder takes no images for AWS, neither when it is built nor when it is published", async () => {
    const out = `${app.root}-out`;
    onTestFinished(() => rmSync(out, { recursive: true, force: true }));
    expect(await json("build", "--out", "out")).toMatchObject({ exit: 2, document: { code: "usage" } });
    const local = await app.json(["build", "--local", "--out", "out"], variables);
    expect(local.exit).toBe(2);
    app.write("slipway.yaml", config("dockerfile: Dockerfile, files: [serve.sh, of.txt]"));
    app.commit("Files too");
    const built = await app.json(["build", "--local", "--out", out], variables);
    expect(built, JSON.stringify(built.document)).toMatchObject({ exit: 0 });
    const { digest: folder } = built.document as { digest: string };
    const published = await json("publish", "--from", out, "--digest", folder);
    expect(published).toMatchObject({ exit: 2, document: { code: "usage" } });
    expect(messageOf(published)).toContain("images of files");
  });

  test("--image names a service once", async () => {
    const twice = ["--image", `api=${pushed}`, "--image", `api=${pushed}`];
    expect(messageOf(await json("build", ...twice))).toContain("--image names api twice");
  });
});
