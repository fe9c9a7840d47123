import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../../pipeline/test/until.ts";
import type { JourneyDocument } from "../../src/board/documents.ts";
import { checkLine } from "../check-documents.ts";
import { ScratchApp } from "../scratch-app.ts";
import type { Started } from "../start-promote.ts";

const secret = "correct-horse-battery-staple";
let app: ScratchApp;
let board: Started;
let url = "";
let first = "";
let second = "";

beforeAll(async () => {
  app = await ScratchApp.create();
  first = app.commit("First");
  await succeed(["build"]);
  await succeed(["--sha", first, "--env", "dev"]);
  app.write("note.txt", "two");
  second = app.commit(`Second <img src=x onerror=alert(1)> \u202e ${secret}`);
  await succeed(["build"]);
  board = app.start(["board", "--port", "0", "--json"], { API_TOKEN: secret });
  url = await addressOf(board);
}, 180_000);
afterAll(async () => {
  board?.kill("SIGINT");
  await board?.ended;
  await app?.remove();
}, 60_000);

async function succeed(args: readonly string[]): Promise<void> {
  const ran = await app.promote(args);
  if (ran.exit !== 0) throw new Error(`${args.join(" ")}: ${ran.err}`);
}

async function addressOf(started: Started): Promise<string> {
  await until(started.printed, (text) => text.includes("\n"));
  const { url: address } = JSON.parse(started.printed()) as { readonly url: string };
  return address.replace(/\/$/, "");
}

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function ask(
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("end", () => {
        if (text.startsWith("{")) checkAnswer(text);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
    });
    asked.on("error", reject).end();
  });
}
/** What is said in the form of a verb keeps to its schema; the rest is private to the page (docs/adr/0006). */
function checkAnswer(text: string): void {
  const document = JSON.parse(text) as { readonly kind: string; readonly status?: unknown };
  if (document.kind === "board") checkLine(JSON.stringify(document.status));
  else if (!["journey", "timeline", "figures"].includes(document.kind)) checkLine(text);
}
const json = async (path: string) => JSON.parse((await ask(path)).text) as Record<string, unknown>;

describe("the board of a real ladder", () => {
  test("tells what promote status tells, and what may go next", async () => {
    const document = await json("/api/board");
    expect(document).toMatchObject({
      kind: "board",
      status: {
        kind: "status",
        environments: [
          { env: "dev", sha: first, state: "as-recorded" },
          { env: "staging", sha: null },
          { env: "prod" },
        ],
      },
      environments: [
        { env: "dev", name: "dev", commands: [`promote --sha ${second} --env dev`] },
        { env: "staging", nextSubject: "First", commands: [`promote --sha ${first} --env staging`] },
        { env: "prod", soakSeconds: 3600, approvals: 1 },
      ],
    });
  });

  test("tells the journey of a release, why not, the timeline, the figures, an epoch and the log of its step", async () => {
    expect(await json(`/api/journey/${first}`)).toMatchObject({
      kind: "journey",
      subject: "First",
      environments: [
        { env: "dev", isRunning: true, attempts: [{ epoch: 1, mark: "done" }], soak: { requiredSeconds: 0 } },
        { env: "staging", isRunning: false, attempts: [], soak: null },
        { env: "prod", approvals: [] },
      ],
    });
    const why = await json("/api/why/prod");
    expect(why).toMatchObject({ kind: "error", code: "usage" });
    expect(await json(`/api/why/prod?sha=${first}`)).toMatchObject({ kind: "explain", to: first, decision: "refused" });
    const later = await json(`/api/why/dev?asOf=${encodeURIComponent("2030-01-01T00:00Z")}`);
    expect(later).toMatchObject({ to: second, asOf: true, at: "2030-01-01T00:00:00.000Z" });
    expect(await json("/api/timeline?days=7")).toMatchObject({
      kind: "timeline",
      environments: [{ env: "dev", runs: [{ sha: first, until: null }], epochs: [{ epoch: 1, mark: "done" }] }, {}, {}],
      subjects: { [first]: "First" },
    });
    expect(await json("/api/figures?days=90")).toMatchObject({ kind: "figures", env: "prod", deploys: { perWeek: 0 } });
    const history = await json("/api/history/dev/1");
    const { epochs } = history as unknown as {
      readonly epochs: readonly [{ readonly steps: readonly { readonly n: number; readonly kind: string }[] }];
    };
    const migrated = epochs[0].steps.find(({ kind }) => kind === "run-migrations");
    const log = await json(`/api/log/dev/1/${migrated?.n}`);
    expect(log).toMatchObject({ kind: "log", epoch: 1, step: "run-migrations" });
    const releases = await json("/api/releases");
    expect(releases).toMatchObject({ releases: [{ sha: second }, { sha: first, environments: ["dev"] }] });
  });

  test("a release that runs goes on soaking while somebody holds the lease and has changed nothing", async () => {
    const free = join(app.root, "free");
    const script = `while [ ! -e '${free}' ]; do sleep 0.1; done`;
    const holder = app.start(["lock", "run", "--env", "dev", "--", "sh", "-c", script]);
    try {
      const state = async (): Promise<unknown> => (await json(`/api/board?${performance.now()}`)).status;
      await expect
        .poll(state, { timeout: 20_000 })
        .toMatchObject({ environments: [{ env: "dev", state: "in-progress" }, {}, {}] });
      const { environments } = (await json(`/api/journey/${first}?held`)) as unknown as JourneyDocument;
      expect(environments[0]).toMatchObject({ env: "dev", isRunning: true, soak: { requiredSeconds: 0 } });
      expect(environments[0]?.soak?.seconds).toBeGreaterThan(0);
    } finally {
      writeFileSync(free, "");
      expect(await holder.ended).toMatchObject({ exit: 0 });
    }
  });

  test("hides secrets, and shows control characters as what they are", async () => {
    const { text } = await ask("/api/releases");
    expect(text).not.toContain(secret);
    expect(text).not.toContain("\u202e");
    expect(text).toContain("onerror=alert(1)");
  });

  test("is a page with one script and one style of its own, under a strict policy", async () => {
    const page = await ask("/");
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(String(page.headers["content-security-policy"])).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/,
    );
    for (const path of ["/board.js", "/board.css"]) expect(await ask(path)).toMatchObject({ status: 200 });
    const named = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(name).toMatch(/^\/?board\.(?:js|css)$|^data:,$/);
  });

  test.each([
    ["POST", "/api/board", {}, 405],
    ["DELETE", "/", {}, 405],
    ["OPTIONS", "/api/board", {}, 405],
    ["GET", "/", { host: "board.example" }, 421],
    ["GET", "/api/board", { host: "127.0.0.1.example" }, 421],
    ["GET", "/api/board", { "sec-fetch-site": "cross-site" }, 403],
    ["GET", "/", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, 200],
    ["GET", "/nothing", {}, 404],
    ["GET", "/API/board", {}, 404],
    ["GET", "/../package.json", {}, 404],
    ["GET", "/api/history/dev/0", {}, 400],
    ["GET", "/api/history/dev/1e3", {}, 400],
    ["GET", "/api/history/__proto__/1", {}, 400],
    ["GET", "/api/history/nowhere/1", {}, 400],
    ["GET", "/api/log/dev/1/99", {}, 400],
    ["GET", "/api/journey/%2e%2e", {}, 404],
    ["GET", "/api/journey/%2e%2e%2f", {}, 400],
    ["GET", "/api/journey/%zz", {}, 400],
    ["GET", "/api/why/dev?asOf=tomorrow", {}, 400],
    ["GET", "/api/why/dev?asOf=9999-12-31T23:59-14:00", {}, 400],
    ["GET", "/api/history/dev/9999999999", {}, 400],
    ["GET", "/api/why/dev?sha=HEAD", {}, 400],
    ["GET", "/api/timeline?days=3650", {}, 400],
    ["HEAD", "/api/board", {}, 200],
  ])("answers %s %s %o with %i", async (method, path, headers, status) => {
    const got = await ask(path, { method, headers });
    expect(got.status).toBe(status);
    expect(got.headers["content-security-policy"]).toBeDefined();
    if (method === "HEAD") expect(got.text).toBe("");
    if (path.startsWith("/api/") && status === 400) expect(JSON.parse(got.text)).toMatchObject({ kind: "error" });
  });

  test("changes nothing, whatever it was asked", async () => {
    const before = app.listing();
    for (const path of ["/api/board", `/api/journey/${first}`, "/api/timeline", `/api/why/prod?sha=${second}`])
      await ask(path);
    expect(app.listing()).toEqual(before);
  });

  test("a ledger that was there and is gone is no empty environment", async () => {
    const folder = join(app.root, ".slipway/objects/environments/dev");
    await json("/api/board?before");
    renameSync(folder, `${folder}-gone`);
    try {
      const gone = await json("/api/board?gone");
      expect(gone).toMatchObject({
        status: {
          environments: [{ state: "unknown", because: expect.stringContaining("was there and is gone") }, {}, {}],
        },
      });
      expect(await json(`/api/journey/${first}?gone`)).toMatchObject({
        environments: [{ because: expect.stringContaining("was there and is gone"), isRunning: false }, {}, {}],
      });
    } finally {
      renameSync(`${folder}-gone`, folder);
    }
    expect(await json("/api/board?back")).toMatchObject({
      status: { environments: [{ state: "as-recorded" }, {}, {}] },
    });
  });

  test("tells of records that are broken where they belong, and shows the rest", async () => {
    const folder = join(app.root, ".slipway/objects/environments/dev");
    const copies = readdirSync(folder).filter((name) => name.startsWith("current.json"));
    const damaged = ["history/0000000002.json@1", ...copies].map((name) => join(folder, name));
    const kept = damaged.map((file) => readFileSync(file));
    for (const file of damaged) writeFileSync(file, "{}");
    try {
      const { status } = (await json("/api/board?again")) as unknown as {
        readonly status: { readonly environments: readonly { readonly state: string }[] };
      };
      expect(status.environments.map(({ state }) => state)).toEqual(["unknown", "empty", "empty"]);
      const unread = [
        { env: "dev", because: expect.stringContaining("broken at record 2") },
        { because: null },
        { because: null },
      ];
      expect(await json("/api/timeline?days=7&again")).toMatchObject({ environments: unread });
      expect(await json(`/api/journey/${first}?again`)).toMatchObject({ environments: unread });
    } finally {
      for (const [at, file] of damaged.entries()) writeFileSync(file, kept[at] ?? "");
    }
  });
});

describe("the verb", () => {
  test.skipIf(process.platform !== "linux")("listens on the loopback address alone", async () => {
    const at = `0100007F:${Number(new URL(url).port).toString(16).toUpperCase().padStart(4, "0")}`;
    const listening = readFileSync("/proc/net/tcp", "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => state === "0A" && local?.endsWith(at.slice(8)));
    expect(listening.map(([, local]) => local)).toEqual([at]);
  });

  test("says which port is taken, and names another", async () => {
    const port = new URL(url).port;
    const { exit, document } = await app.json(["board", "--port", port]);
    expect({ exit, document }).toMatchObject({
      exit: 2,
      document: { code: "port-taken", next: [`promote board --port ${Number(port) + 10} --json`] },
    });
  });

  test.each(["70000", "-1", "x"])("refuses --port %s", async (port) => {
    expect(await app.json(["board", `--port=${port}`])).toMatchObject({ exit: 2, document: { code: "usage" } });
  });

  test("ends with 0 on Ctrl-C, in words for people", async () => {
    const shown = app.start(["board", "--port", "0"]);
    await until(shown.printed, (text) => text.includes("http://127.0.0.1:"));
    await until(shown.errors, (text) => text.includes("Ctrl-C"));
    shown.kill("SIGINT");
    expect(await shown.ended).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/^The board of tiny: http:\/\/127\.0\.0\.1:\d+\/\n$/),
    });
  });
});
