import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ScratchApp } from "./scratch-app.ts";

const slow = 120_000;
const somebodyElse = { GITHUB_ACTIONS: "true", GITHUB_ACTOR: "octocat", GITHUB_ACTOR_ID: "583231" };

let app: ScratchApp;
let first = "";
let second = "";
const objects = (): readonly string[] => app.listing().filter((line) => line.startsWith("objects"));
const version = async (rung: number): Promise<unknown> =>
  (await fetch(`http://127.0.0.1:${app.port + rung}/version`)).json();

beforeAll(async () => {
  app = await ScratchApp.create();
  first = app.commit("First");
}, slow);
afterAll(() => app.remove(), slow);

describe("promote, as people run it", () => {
  it(
    "shows an empty ladder before anything was built",
    async () => {
      const { exit, document } = await app.json(["status"]);
      expect(exit).toBe(0);
      expect(document).toMatchObject({ kind: "status", version: 1, app: "tiny", newest: null });
      expect(document.environments).toMatchObject([
        { env: "dev", state: "empty", sha: null, next: null },
        { env: "staging", state: "empty" },
        { env: "prod", state: "empty" },
      ]);
    },
    slow,
  );

  it(
    "builds a commit, and again without writing anything",
    async () => {
      const built = await app.json(["build"]);
      expect(built.exit).toBe(0);
      expect(built.document).toMatchObject({
        kind: "build",
        sha: first,
        subject: "First",
        outcome: "published",
        migrations: ["0001_items"],
        next: [`promote --sha ${first} --env dev`],
      });
      const before = objects();
      const again = await app.promote(["build"]);
      expect(again.exit).toBe(0);
      expect(again.err).toMatch(/Done in .* s\. [0-9a-f]{40} was published .* by .*; this build is the same\./);
      expect(objects()).toEqual(before);
    },
    slow,
  );

  it(
    "builds into a folder without touching the store, and publishes the folder as the same release",
    async () => {
      const before = objects();
      const out = `${app.root}-out`;
      const built = await app.json(["build", "--out", out]);
      expect(built).toMatchObject({ exit: 0, document: { kind: "build", sha: first, outcome: "built" } });
      const digest = String(built.document.digest);
      expect(objects()).toEqual(before);
      const published = await app.json(["publish", "--from", out, "--digest", digest]);
      expect(published).toMatchObject({ exit: 0, document: { kind: "build", sha: first, outcome: "same" } });
      writeFileSync(join(out, "build.json"), "{}");
      const spoilt = await app.json(["publish", "--from", out, "--digest", digest]);
      expect(spoilt).toMatchObject({ exit: 3, document: { kind: "error", code: "release-corrupt" } });
      expect(objects()).toEqual(before);
      rmSync(out, { recursive: true });
    },
    slow,
  );

  it(
    "plans, explains and refuses without changing or starting anything",
    async () => {
      const before = app.listing();
      const plan = await app.json(["plan", "--sha", first, "--env", "dev"]);
      expect(plan.document).toMatchObject({ kind: "plan", env: "dev", direction: "forward", from: null, to: first });
      expect((plan.document.steps as { kind: string }[]).map(({ kind }) => kind)).toContain("run-migrations");
      const refused = await app.json(["--sha", first, "--env", "prod"]);
      expect(refused.exit).toBe(3);
      expect(refused.document).toMatchObject({
        kind: "promotion",
        outcome: "refused",
        environment: "unchanged",
        exit: 3,
        epoch: null,
      });
      const codes = (refused.document.reasons as { code: string }[]).map(({ code }) => code);
      expect(codes).toEqual(expect.arrayContaining(["order", "approval"]));
      expect((await app.json(["explain", "--sha", first, "--env", "prod"])).exit).toBe(3);
      expect((await app.json(["local", "status"])).document).toMatchObject({ kind: "local-status", running: false });
      expect(app.listing()).toEqual(before);
    },
    slow,
  );

  it(
    "moves a release into dev, where it answers",
    async () => {
      const { exit, out, err } = await app.promote(["--sha", first, "--env", "dev"]);
      expect({ exit, out }).toEqual({ exit: 0, out: "" });
      expect(err).toContain("Started the platform of this machine");
      expect(err).toMatch(/\d\d:\d\d:\d\dZ done {4}run-migrations: 1 of 1: 0001_items/);
      expect(err).toMatch(new RegExp(`Done in .*\\. dev runs ${first} since `));
      expect(err).toContain(`Ahead  promote --sha ${first} --env staging`);
      expect(await version(1)).toMatchObject({ sha: first });
    },
    slow,
  );

  it(
    "changes nothing when it is live already",
    async () => {
      const before = app.listing().filter((line) => line.includes("history"));
      const { exit, document } = await app.json(["--sha", first, "--env", "dev"]);
      expect(exit).toBe(0);
      expect(document).toMatchObject({ outcome: "done", ending: "already", environment: "unchanged", epoch: null });
      expect(app.listing().filter((line) => line.includes("history"))).toEqual(before);
    },
    slow,
  );

  it(
    "streams events as JSON lines that end with the document",
    async () => {
      const { exit, out, err } = await app.promote(["--sha", first, "--env", "staging", "--events"]);
      const lines = out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { type?: string; kind?: string });
      expect({ exit, err }).toEqual({ exit: 0, err: "" });
      expect(lines[0]).toMatchObject({ type: "run:start", env: "staging" });
      expect(lines.at(-1)).toMatchObject({ kind: "promotion", outcome: "done", to: first });
      expect(lines.filter(({ type }) => type === "step:end").length).toBeGreaterThan(5);
    },
    slow,
  );

  it(
    "lets somebody else approve exactly one plan for prod",
    async () => {
      const asked = await app.json(["--sha", first, "--env", "prod"]);
      expect(asked.exit).toBe(3);
      expect(asked.document.next).toContain(`promote approve --sha ${first} --env prod`);
      expect((await app.promote(["approve", "--sha", first, "--env", "prod"], somebodyElse)).exit).toBe(2);
      const moved = await app.json(
        ["approve", "--sha", first, "--env", "prod", "--expect", "0123456789ab"],
        somebodyElse,
      );
      expect(moved).toMatchObject({ exit: 3, document: { code: "plan-moved" } });
      const plan = String((await app.json(["plan", "--sha", first, "--env", "prod"])).document.hash);
      const approved = await app.json(["approve", "--sha", first, "--env", "prod", "--expect", plan], somebodyElse);
      expect(approved).toMatchObject({
        exit: 0,
        document: { kind: "approval", by: "octocat", plan, outcome: "approved" },
      });
      const done = await app.json(["--sha", first, "--env", "prod", "--expect", plan.slice(0, 12)]);
      expect(done).toMatchObject({ exit: 0, document: { outcome: "done", environment: "promoted" } });
      expect(await version(3)).toMatchObject({ sha: first });
    },
    slow,
  );

  it(
    "puts an unhealthy release back and says why",
    async () => {
      app.write("src/server.mjs", 'console.log("relation settings does not exist");\nprocess.exit(3);\n');
      const broken = app.commit("Broken");
      expect((await app.promote(["build"])).exit).toBe(0);
      const { exit, document } = await app.json(["--sha", broken, "--env", "dev"]);
      expect(exit).toBe(4);
      expect(document).toMatchObject({
        outcome: "failed",
        environment: "reverted",
        from: first,
        to: broken,
        failure: { code: "service-unhealthy", step: "roll-service", name: "api" },
      });
      expect(JSON.stringify(document.failure)).toContain("relation settings does not exist");
      expect(document.next).toContain(`promote quarantine --sha ${broken} --reason "<text>"`);
      expect(await version(1)).toMatchObject({ sha: first });
      const log = await app.promote(["history", "--env", "dev", "--log", "roll-service"]);
      expect(log).toMatchObject({ exit: 0, out: "relation settings does not exist\n" });
      const told = await app.json(["status", "--env", "dev"]);
      const failed = { epoch: 2, at: expect.stringMatching(/^\d{4}-/), code: "service-unhealthy" };
      expect(told.document.environments).toMatchObject([{ next: { sha: broken, decision: "allowed", failed } }]);
      expect((await app.promote(["status", "--env", "dev"])).out).toMatch(
        /Next to move\n.* yes; failed there \d+ s ago, epoch 2: service-unhealthy\n {2}promote --sha /,
      );
      expect((await app.promote(["quarantine", "--sha", broken, "--reason", "never starts"])).exit).toBe(0);
      const again = await app.json(["--sha", broken, "--env", "dev"]);
      expect(again.exit).toBe(3);
      expect((again.document.reasons as { code: string }[])[0]?.code).toBe("quarantined");
    },
    slow,
  );

  /** dev runs the second release, staging the first. */
  async function expectDifference(): Promise<void> {
    const { exit, document } = await app.json(["diff", "staging", "dev"]);
    expect(exit).toBe(0);
    expect(document).toMatchObject({
      kind: "diff",
      same: false,
      from: { env: "staging", sha: first, state: "as-recorded" },
      to: { env: "dev", sha: second, state: "as-recorded" },
      commits: { added: [{ subject: "Broken" }, { sha: second, subject: "Second" }], lost: [] },
      migrations: { onlyFrom: [], onlyTo: [], edited: [], certain: true },
      web: { entries: ["index.html"], assets: [], same: 1 },
      url: null,
    });
    expect((document.images as { service: string }[]).map(({ service }) => service)).toEqual(["api", "worker"]);
    const text = await app.promote(["diff", "dev", "staging"]);
    expect(text.out).toContain(`dev ${second} → staging ${first}, 2 commits back: `);
    expect(text.out).toContain(
      "\n  migrations   the same\n  web          1 entry and 0 assets differ, 1 is the same\n",
    );
    expect(await app.promote(["diff", "staging", "prod"])).toMatchObject({
      exit: 0,
      out: expect.stringContaining(", the same commit\n  images       the same\n"),
    });
    const mistyped = await app.json(["diff", "dev", "stagin"]);
    expect(mistyped).toMatchObject({
      exit: 2,
      document: { code: "env-unknown", next: ["promote diff dev staging --json"] },
    });
    for (const words of [[], ["dev"], ["dev", "dev"]])
      expect(await app.json(["diff", ...words])).toMatchObject({ exit: 2, document: { code: "usage" } });
  }

  it(
    "goes back to the last good release, and holds",
    async () => {
      app.serve("2");
      second = app.commit("Second");
      expect((await app.promote(["build"])).exit).toBe(0);
      expect((await app.promote(["--sha", second, "--env", "dev"])).exit).toBe(0);
      expect(await version(1)).toMatchObject({ sha: second, version: "2" });
      await expectDifference();
      expect((await app.promote(["rollback", "--env", "dev"])).exit).toBe(2);
      const back = await app.promote(["rollback", "--env", "dev", "--yes"]);
      expect(back.exit).toBe(0);
      expect(back.err).toContain(`dev runs ${first} again and is held: automation will not move it.`);
      expect(await version(1)).toMatchObject({ sha: first, version: "1" });
      const held = await app.json(["--sha", second, "--env", "dev", "--automatic"]);
      expect(held.exit).toBe(3);
      expect((held.document.reasons as { code: string }[]).map(({ code }) => code)).toContain("held");
      const said = (await app.promote(["--sha", second, "--env", "dev", "--automatic"])).err;
      expect(said.match(/hold --env dev --lift/g)).toHaveLength(1);
      expect(await app.json(["rollback", "--env", "dev", "--yes"])).toMatchObject({
        exit: 0,
        document: { ending: "already" },
      });
      expect(await app.json(["hold", "--env", "dev", "--lift"])).toMatchObject({
        exit: 0,
        document: { outcome: "lifted", hold: null },
      });
    },
    slow,
  );

  it(
    "goes on after a kill, with the same command",
    async () => {
      const run = app.start(["--sha", second, "--env", "dev"]);
      await expect.poll(() => run.errors(), { timeout: 60_000, interval: 20 }).toContain("publish-web");
      run.kill("SIGKILL");
      await run.ended;
      const open = await app.json(["status", "--env", "dev"]);
      expect(open.document.environments).toMatchObject([{ state: "in-progress" }]);
      const { exit, document } = await app.json(["--sha", second, "--env", "dev"]);
      expect(exit).toBe(0);
      expect(document).toMatchObject({ outcome: "done", to: second });
      expect(document.resumes).not.toBeNull();
      expect(await version(1)).toMatchObject({ sha: second });
    },
    slow,
  );

  it(
    "stops where it is when a job is cancelled, and leaves the promotion open",
    async () => {
      const run = app.start(["--sha", second, "--env", "staging"]);
      await expect.poll(() => run.errors(), { timeout: 60_000, interval: 20 }).toContain("promote tiny");
      run.kill("SIGTERM");
      const { exit, err } = await run.ended;
      expect(exit).toBe(7);
      expect(err).toContain(`Next   promote --sha ${second} --env staging     # goes on, or`);
      expect(err).toContain("promote rollback --env staging --yes     # back");
      const back = await app.promote(["rollback", "--env", "staging", "--yes"]);
      expect(back.exit).toBe(0);
      expect(await version(2)).toMatchObject({ sha: first });
    },
    slow,
  );

  it(
    "says that nothing was begun when the lease cannot be written, and sends nobody back",
    async () => {
      const writing = join(app.root, ".slipway", "objects", ".tmp");
      renameSync(writing, `${writing}-away`);
      writeFileSync(writing, "");
      const { exit, err } = await app.promote(["--sha", second, "--env", "staging"]);
      rmSync(writing);
      renameSync(`${writing}-away`, writing);
      expect(exit).toBe(7);
      expect(err).toContain("Nothing was begun, and staging is as it was.");
      expect(err).not.toContain("rollback");
      expect((await app.promote(["--sha", second, "--env", "staging"])).exit).toBe(0);
    },
    slow,
  );

  it(
    "verifies what is stored, what runs, and the chain",
    async () => {
      expect(await app.json(["verify", "--sha", first])).toMatchObject({
        exit: 0,
        document: { kind: "verify", outcome: "same" },
      });
      expect(await app.json(["verify", "--env", "dev"])).toMatchObject({
        exit: 0,
        document: { outcome: "same", sha: second },
      });
      const chain = await app.promote(["history", "--verify"]);
      expect(chain.exit).toBe(0);
      expect(chain.err).toMatch(
        /^Whole: \d+ epochs, 3 environments, each record holds the hash of the one before; dev [0-9a-f]{12}/,
      );
      const history = await app.json(["history", "--env", "prod"]);
      expect(history.document.epochs).toMatchObject([{ epoch: 1, to: first, ended: "done", approvedBy: ["octocat"] }]);
    },
    slow,
  );

  it(
    "tells who holds an environment, and breaks no living lease",
    async () => {
      expect((await app.promote(["lock", "--env", "dev"])).exit).toBe(0);
      const broken = await app.promote(["lock", "break", "--env", "prod", "--reason", "test"]);
      expect(broken.exit).toBe(0);
    },
    slow,
  );

  it(
    "stops the platform and leaves nothing running",
    async () => {
      expect(await app.json(["local", "stop"])).toMatchObject({ exit: 0, document: { stopped: true } });
      await expect(version(1)).rejects.toThrow("fetch failed");
      const status = await app.json(["status"]);
      expect(status.document.environments).toMatchObject([{ env: "dev", state: "unknown", sha: second }, {}, {}]);
    },
    slow,
  );

  it(
    "notices a record that somebody edited, and promotes nothing on it",
    async () => {
      const folder = join(app.root, ".slipway/objects/environments/dev/history");
      const record = join(folder, readdirSync(folder).toSorted()[2] ?? "");
      writeFileSync(record, readFileSync(record, "utf8").replace(/"at":"(....)/, '"at":"2020'));
      const verdict = await app.json(["history", "--verify"]);
      expect(verdict).toMatchObject({ exit: 3, document: { outcome: "broken" } });
      expect(await app.promote(["history", "--verify"])).toMatchObject({
        exit: 3,
        err: expect.stringMatching(
          /^Differs: the ledger of dev is not one whole chain\. Nothing was changed\.\n {2}dev {3}record \d+: /,
        ),
      });
    },
    slow,
  );
});
