import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeShell } from "./fake-shell.ts";
import { front } from "./front.ts";
import { ScratchApp } from "./scratch-app.ts";
import type { Ran } from "./start-promote.ts";

const octocat = { GITHUB_ACTIONS: "true", GITHUB_ACTOR: "octocat", GITHUB_ACTOR_ID: "583231" };
const hubot = { GITHUB_ACTIONS: "true", GITHUB_ACTOR: "hubot", GITHUB_ACTOR_ID: "480938" };
const unpublished = "0123456789abcdef0123456789abcdef01234567";

let app: ScratchApp;
let sha = "";
beforeAll(async () => {
  app = await ScratchApp.create();
  sha = app.commit("First");
  const built = await app.promote(["build"]);
  if (built.exit !== 0) throw new Error(built.err);
});
afterAll(() => app.remove());

const hash = async (): Promise<string> => {
  const { document } = await app.json(["plan", "--sha", sha, "--env", "prod"]);
  return String(document.hash);
};
async function refused(args: readonly string[]): Promise<{ exit: number | null; code: unknown }> {
  const before = app.listing();
  const { exit, document } = await app.json(args);
  expect(app.listing()).toEqual(before);
  return { exit, code: document.code };
}

describe("promote hold", () => {
  test("keeps by whom, when and why, until it is lifted", async () => {
    const held = await app.json(["hold", "--env", "dev", "--reason", "load test"], octocat);
    expect(held).toMatchObject({
      exit: 0,
      document: { kind: "hold", outcome: "held", hold: { by: "octocat", reason: "load test" } },
    });
    expect(String((held.document.hold as { at: string }).at)).toMatch(/^\d{4}-\d\d-\d\dT/);
    const lifted = await app.json(["hold", "--env", "dev", "--lift"], hubot);
    expect(lifted).toMatchObject({ exit: 0, document: { outcome: "lifted", hold: null } });
    expect(await app.json(["hold", "--env", "dev", "--lift"])).toMatchObject({
      exit: 0,
      document: { outcome: "none" },
    });
  });

  test("says what automation will do now", async () => {
    const { err } = await app.promote(["hold", "--env", "dev", "--reason", "load test"]);
    expect(err).toContain("Done: dev is held: automation will not move it");
    expect(err).toContain("Next   promote hold --env dev --lift\n");
    expect((await app.promote(["hold", "--env", "dev", "--lift"])).err).toContain("automation may move it.");
  });

  test.each([
    { name: "no reason", flags: [], code: "reason-missing" },
    { name: "the reason that was to be filled in", flags: ["--reason", "<text>"], code: "reason-missing" },
    { name: "a control character", flags: ["--reason", "a\u001b[2Jb"], code: "usage" },
    { name: "two lines", flags: ["--reason", "a\nb"], code: "usage" },
    { name: "a reason longer than the record takes", flags: ["--reason", "x".repeat(501)], code: "usage" },
    { name: "a lift with a reason", flags: ["--lift", "--reason", "x"], code: "usage" },
  ])("refuses $name, and changes nothing", async ({ flags, code }) => {
    expect(await refused(["hold", "--env", "dev", ...flags])).toEqual({ exit: 2, code });
  });
});

describe("promote quarantine", () => {
  test("marks a release, keeps the first reason, and takes the mark back", async () => {
    const call = (...flags: readonly string[]) => app.json(["quarantine", "--sha", sha, ...flags], octocat);
    expect(await call("--reason", "leaks")).toMatchObject({
      exit: 0,
      document: { kind: "quarantine", sha, outcome: "quarantined", mark: { by: "octocat", reason: "leaks" } },
    });
    const again = await call("--reason", "other");
    expect(again).toMatchObject({ exit: 0, document: { outcome: "already", mark: { reason: "leaks" } } });
    const { document } = await app.json(["explain", "--sha", sha, "--env", "dev"]);
    expect((document.reasons as readonly object[])[0]).toMatchObject({ code: "quarantined", kind: "no" });
    expect(await call("--lift")).toMatchObject({ exit: 0, document: { outcome: "lifted" } });
    expect(await call("--lift")).toMatchObject({ exit: 0, document: { outcome: "none" } });
  });

  test.each([
    { name: "no reason", flags: ["--sha", "S"], code: "reason-missing" },
    { name: "a release that nobody published", flags: ["--sha", unpublished, "--reason", "x"], code: "usage" },
    { name: "a name that moves", flags: ["--sha", "HEAD", "--reason", "x"], code: "sha-malformed" },
    { name: "a control character", flags: ["--sha", "S", "--reason", "\u0007"], code: "usage" },
    { name: "a lift with a reason", flags: ["--sha", "S", "--lift", "--reason", "x"], code: "usage" },
  ])("refuses $name, and changes nothing", async ({ flags, code }) => {
    const args = flags.map((flag) => (flag === "S" ? sha : flag));
    expect(await refused(["quarantine", ...args])).toEqual({ exit: 2, code });
  });
});

describe("promote approve", () => {
  test("approves the plan that --expect names, once, and takes it back", async () => {
    const plan = await hash();
    const call = (flags: readonly string[], by = octocat) =>
      app.json(["approve", "--sha", sha, "--env", "prod", ...flags], by);
    expect(await call(["--expect", plan.slice(0, 12)])).toMatchObject({
      exit: 0,
      document: { kind: "approval", env: "prod", sha, plan, outcome: "approved", by: "octocat" },
    });
    expect(await call(["--expect", plan])).toMatchObject({ exit: 0, document: { outcome: "already" } });
    const counted = await app.json(["explain", "--sha", sha, "--env", "prod"]);
    expect(counted.document.approvedBy).toEqual(["octocat"]);
    expect(await call(["--revoke"], hubot)).toMatchObject({ exit: 0, document: { outcome: "none" } });
    expect(await call(["--revoke"])).toMatchObject({ exit: 0, document: { outcome: "revoked" } });
    const after = await app.json(["explain", "--sha", sha, "--env", "prod"]);
    expect(after.document.approvedBy).toEqual([]);
  });

  test("shows the plan, and off a terminal asks for its hash instead of an answer", async () => {
    const before = app.listing();
    const { exit, err } = await app.promote(["approve", "--sha", sha, "--env", "prod"]);
    expect(exit).toBe(2);
    expect(err).toContain(`Plan ${(await hash()).slice(0, 12)}: nothing`);
    expect(err).toContain("promote approve needs --expect where nobody can answer. Nothing was changed.");
    expect(app.listing()).toEqual(before);
  });

  test.each([
    { name: "y as a yes", answer: "y\n", exit: 0, approvedBy: ["hubot"] },
    { name: "Enter alone as a no", answer: "\n", exit: 130, approvedBy: [] },
    { name: "the end of input as a no", answer: "", exit: 130, approvedBy: [] },
  ])("asks on a terminal, and takes $name", async ({ answer, exit, approvedBy }) => {
    const stdin = Readable.from(answer === "" ? [] : [answer]);
    const shell = fakeShell({ folder: app.root, isTerminal: true, canAsk: true, stdin, variables: hubot });
    expect(await front(["approve", "--sha", sha, "--env", "prod"], shell)).toBe(exit);
    expect(shell.err()).toContain(`Approve plan ${(await hash()).slice(0, 12)} for prod? [y/N] `);
    const { document } = await app.json(["explain", "--sha", sha, "--env", "prod"]);
    expect(document.approvedBy).toEqual(approvedBy);
    await app.promote(["approve", "--sha", sha, "--env", "prod", "--revoke"], hubot);
  });

  test.each([
    {
      name: "a plan that moved",
      flags: ["--sha", "S", "--env", "prod", "--expect", "0123456789ab"],
      exit: 3,
      code: "plan-moved",
    },
    { name: "what is no hash", flags: ["--sha", "S", "--env", "prod", "--expect", "zz"], exit: 2, code: "usage" },
    {
      name: "a release that nobody published",
      flags: ["--sha", unpublished, "--env", "prod"],
      exit: 3,
      code: "release-missing",
    },
    { name: "an environment that asks for none", flags: ["--sha", "S", "--env", "dev"], exit: 2, code: "usage" },
    { name: "no environment", flags: ["--sha", "S"], exit: 2, code: "usage" },
  ])("refuses $name, and changes nothing", async ({ flags, exit, code }) => {
    const args = flags.map((flag) => (flag === "S" ? sha : flag));
    expect(await refused(["approve", ...args])).toEqual({ exit, code });
  });
});

/** Says so once it runs, answers an interrupt with 7, and would end by itself only after a minute. */
const patient = [
  process.execPath,
  "-e",
  "process.on('SIGINT', () => process.exit(7)); console.error('runs'); setTimeout(() => {}, 60000);",
];
/** `--json` of a command that is run stands before it. */
async function runLocked(env: string, code: string, variables: Readonly<Record<string, string>> = {}) {
  const args = ["lock", "run", "--env", env, "--json", "--", process.execPath, "-e", code];
  const ran = await app.promote(args, variables);
  return { ...ran, document: JSON.parse(ran.out) as Record<string, unknown> };
}
async function said(run: { readonly errors: () => string; readonly ended: Promise<Ran> }, text: string): Promise<void> {
  let over = false;
  void run.ended.then(() => {
    over = true;
  });
  while (!run.errors().includes(text)) {
    if (over) throw new Error(`it ended without saying ${text}: ${run.errors()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("promote lock", () => {
  test("runs a command under the lease, passes its exit code, and leaves a closed epoch that settles nothing", async () => {
    const ran = await app.promote([
      "lock",
      "run",
      "--env",
      "staging",
      "--",
      process.execPath,
      "-e",
      "console.log('hi'); process.exit(9)",
    ]);
    expect(ran).toMatchObject({ exit: 9, out: "hi\n" });
    const json = await runLocked("staging", "console.log('hi')");
    expect(json.err).toBe("hi\n");
    expect(json).toMatchObject({ exit: 0, document: { kind: "lock-run", epoch: 2, failed: null, exit: 0 } });
    const { document } = await app.json(["history", "--env", "staging"]);
    expect(document.epochs).toMatchObject([
      { epoch: 2, command: "infrastructure", ended: "done" },
      { epoch: 1, command: "infrastructure", ended: expect.stringContaining("exited 9") },
    ]);
    const free = await app.json(["lock", "--env", "staging"]);
    expect(free).toMatchObject({ exit: 0, document: { kind: "lock", state: "free", open: null } });
    expect((await app.promote(["history", "--verify"])).exit).toBe(0);
  });

  test("closes the epoch of a program that cannot be started", async () => {
    app.write("broken-program", "#!/no/such/interpreter\n");
    chmodSync(join(app.root, "broken-program"), 0o755);
    const ran = await app.promote(["lock", "run", "--env", "staging", "--", "./broken-program"]);
    expect(ran.exit).toBe(126);
    expect(await app.json(["lock", "--env", "staging"])).toMatchObject({ document: { state: "free" } });
  });

  test("tells who holds it; nobody else gets in, breaks it or sets a hold meanwhile; an interrupt is the command's", async () => {
    const run = app.start(["lock", "run", "--env", "prod", "--", ...patient], octocat);
    await said(run, "runs\n");
    const look = await app.json(["lock", "--env", "prod"]);
    expect(look).toMatchObject({
      exit: 0,
      document: { state: "held", lease: { by: "octocat", host: hostname() } },
    });
    expect((await app.promote(["lock", "--env", "prod"])).out).toMatch(
      /^octocat is changing prod, since .*\n {2}doing {3}runs node, for .*\n {2}lease {3}epoch 1, heartbeat \d+ s ago; if its holder dies it is free within /,
    );
    const second = await runLocked("prod", "process.exit(1)", hubot);
    expect(second).toMatchObject({ exit: 5, document: { outcome: "busy", lease: { by: "octocat" } } });
    const broken = await app.json(["lock", "break", "--env", "prod", "--reason", "impatient"], hubot);
    expect(broken).toMatchObject({ exit: 3, document: { kind: "lock-break", outcome: "holder-alive" } });
    const held = await app.json(["hold", "--env", "prod", "--reason", "x"], hubot);
    expect(held).toMatchObject({ exit: 5, document: { outcome: "busy" } });
    run.kill("SIGINT");
    expect((await run.ended).exit).toBe(7);
    expect(await app.json(["lock", "--env", "prod"])).toMatchObject({ document: { state: "free" } });
  });

  test("breaks the lease of a dead holder, with a reason on record, and only once", async () => {
    const run = app.start(["lock", "run", "--env", "dev", "--", ...patient]);
    await said(run, "runs\n");
    run.kill("SIGKILL");
    // Its outputs close only when the command is gone as well.
    expect((await run.ended).exit).toBeNull();
    await silent("dev");
    const call = () => app.json(["lock", "break", "--env", "dev", "--reason", "its runner is gone"], hubot);
    expect(await call()).toMatchObject({ exit: 0, document: { outcome: "broken", lease: { state: "stale" } } });
    expect(await call()).toMatchObject({ exit: 0, document: { outcome: "free" } });
    const stored = leaseOf("dev");
    expect(stored).toMatchObject({ state: "broken", lost: { by: "hubot", reason: "its runner is gone" } });
  });

  test.each([
    { name: "a break without a reason", words: ["lock", "break", "--env", "dev"], code: "reason-missing" },
    { name: "no command", words: ["lock", "run", "--env", "dev"], code: "usage" },
    {
      name: "a program that is not there",
      words: ["lock", "run", "--env", "dev", "--", "no-such-program"],
      code: "usage",
    },
    { name: "a command without run", words: ["lock", "--env", "dev", "--", "true"], code: "usage" },
    { name: "a reason without break", words: ["lock", "--env", "dev", "--reason", "x"], code: "usage" },
    { name: "another environment", words: ["lock", "--env", "prd"], code: "env-unknown" },
    { name: "no environment", words: ["lock"], code: "usage" },
  ])("refuses $name, and changes nothing", async ({ words, code }) => {
    const end = words.indexOf("--");
    const args = end === -1 ? words : [...words.slice(0, end), "--json", ...words.slice(end)];
    const before = app.listing();
    const ran = await app.promote(end === -1 ? [...args, "--json"] : args);
    expect({ exit: ran.exit, code: (JSON.parse(ran.out) as { code: string }).code }).toEqual({ exit: 2, code });
    expect(app.listing()).toEqual(before);
  });
});

describe("what is stored of one environment and cannot be read", () => {
  test("hides no other one: status shows them, and is not green", async () => {
    const dev = join(app.root, ".slipway", "objects/environments/dev/history");
    mkdirSync(dev, { recursive: true });
    const [name = "0000000001.json@1"] = readdirSync(dev).toSorted();
    const record = join(dev, name);
    const whole = existsSync(record) ? readFileSync(record) : null;
    if (whole) chmodSync(record, 0o644);
    writeFileSync(record, "{}");
    try {
      const status = await app.json(["status"]);
      expect(status).toMatchObject({ exit: 2, document: { kind: "status" } });
      const states = (status.document.environments as readonly { env: string; state: string }[]).map(
        ({ env, state }) => `${env} ${state}`,
      );
      expect(states).toEqual(["dev unknown", "staging empty", "prod empty"]);
      expect((await app.promote(["status"])).out).toMatch(/dev +\? .*the ledger of dev is broken at record 1/);
      expect(await app.json(["status", "--env", "dev"])).toMatchObject({
        exit: 2,
        document: { code: "store-unusable" },
      });
      const { document } = await app.json(["plan", "--sha", sha, "--env", "staging"]);
      expect(document.reasons).toContainEqual(expect.objectContaining({ code: "order", kind: "unknown" }));
    } finally {
      if (whole) writeFileSync(record, whole);
      else rmSync(record);
    }
  });

  test("a damaged release is listed as one", async () => {
    const folder = join(app.root, ".slipway", "objects/releases", unpublished);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "release.json@1"), "");
    try {
      const { exit, document } = await app.json(["status", "--releases"]);
      expect({ exit, damaged: document.damaged }).toEqual({
        exit: 0,
        damaged: [{ sha: unpublished, because: "release.json is not JSON", environments: [] }],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a lease is broken only when its writer has to be gone", async () => {
    const folder = join(app.root, ".slipway", "objects/environments/staging");
    mkdirSync(folder, { recursive: true });
    const name = join(folder, `lease.json@${newestLease("staging") + 1}`);
    writeFileSync(name, "garbage");
    try {
      const call = await app.json(["lock", "break", "--env", "staging", "--reason", "garbage"]);
      expect(call).toMatchObject({ exit: 3, document: { outcome: "unreadable" } });
      expect(Date.parse(String(call.document.breakableFrom))).toBeGreaterThan(Date.now());
    } finally {
      rmSync(name);
    }
  });
});

/** Until the lease's own clock says that its holder may be gone. */
async function silent(env: string): Promise<void> {
  for (;;) {
    const { document } = await app.json(["lock", "--env", env]);
    if (document.state === "silent") return;
  }
}
/** The newest version of the stored lease; 0: there was none. */
const newestLease = (env: string): number =>
  Math.max(
    0,
    ...app
      .listing()
      .flatMap((line) => new RegExp(`^objects/environments/${env}/lease\\.json@(\\d+) `).exec(line)?.[1] ?? [])
      .map(Number),
  );
const leaseOf = (env: string): unknown =>
  JSON.parse(
    readFileSync(join(app.root, `.slipway/objects/environments/${env}/lease.json@${newestLease(env)}`), "utf8"),
  );
