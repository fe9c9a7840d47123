import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ScratchApp } from "./scratch-app.ts";
import type { Ran } from "./start-promote.ts";

const slow = 120_000;
let app: ScratchApp;
let first = "";
let second = "";
let broken = "";
const page = (): string => join(app.root, ".slipway/summary.md");

/** As a job of GitHub runs it, with a page of its own. */
const inJob = (page: string): Readonly<Record<string, string>> => ({
  GITHUB_ACTIONS: "true",
  GITHUB_ACTOR: "octocat",
  GITHUB_ACTOR_ID: "583231",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_REPOSITORY: "acme/tiny",
  GITHUB_RUN_ID: "19571100518",
  GITHUB_STEP_SUMMARY: page,
});
async function job(...args: readonly string[]): Promise<Ran & { readonly summary: string }> {
  rmSync(page(), { force: true });
  const ran = await app.promote(args, inJob(page()));
  return { ...ran, summary: steady(readFileSync(page(), "utf8")) };
}

/** The same at every run: names for commits and hashes, no times. */
const steady = (text: string): string =>
  [
    ["first", first],
    ["second", second],
    ["broken", broken],
  ]
    .filter(([, sha]) => sha)
    .reduce((told, [name = "", sha = ""]) => told.replaceAll(sha, `<${name}>`).replaceAll(sha.slice(0, 7), name), text)
    .replaceAll(String(app.port + 1), "port")
    .replace(/`[0-9a-f]{12}`/g, "`hash`")
    .replace(/--expect [0-9a-f]{12}/g, "--expect hash")
    .replace(/\d+(\.\d)? s\b/g, "N s")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "TIME UTC")
    .replace(/ {2}$/gm, "");
const annotations = (err: string): readonly string[] =>
  steady(err)
    .split("\n")
    .filter((line) => /^::(error|warning|notice) /.test(line));

beforeAll(async () => {
  app = await ScratchApp.create();
  first = app.commit("First @octocat, fixes #1");
  expect((await app.promote(["build"])).exit).toBe(0);
  expect((await app.promote(["local", "start"])).exit).toBe(0);
  app.serve("2");
  second = app.commit("Second");
  expect((await app.promote(["build"])).exit).toBe(0);
  app.write("src/server.mjs", 'console.error("no `settings` <here>\\n::error::x"); process.exit(3);\n');
  broken = app.commit("Broken");
  expect((await app.promote(["build"])).exit).toBe(0);
}, slow);
afterAll(() => app.remove(), slow);

describe("in a job of GitHub", () => {
  test(
    "a plan is on the job's page, and one document on stdout",
    async () => {
      const { exit, out, err, summary } = await job("plan", "--sha", first, "--env", "dev", "--json");
      expect(exit).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ kind: "plan", decision: "allowed" });
      expect(annotations(err)).toEqual([]);
      expect(summary).toBe(`### dev: nothing → \`first\` · plan \`hash\`
**Allowed now.**
| | rule | now | clears |
|---|---|---|---|
| ! | schema | not proven: no migration gate is configured | |
| ✓ | 10 others | release, quarantine, target, images, assets, ancestry, hold, drift, running, migrations | |

**Steps** 1 migration · 2 services · 2 web files · back at every step: yes, to nothing
<details><summary>Migration, images</summary>

\`0001_items\`
api nothing → \`hash\` · worker nothing → \`hash\`
</details>

\`promote --sha <first> --env dev --expect hash\` · observed TIME UTC
`);
    },
    slow,
  );

  test(
    "a success says the way back and the next environment",
    async () => {
      const { exit, out, err, summary } = await job("--sha", first, "--env", "dev", "--json");
      expect(exit).toBe(0);
      expect(out.trimEnd().split("\n")).toHaveLength(1);
      expect(err).not.toContain("::error");
      expect(summary).toBe(`### ✓ dev runs \`first\`
\`first\` First @&#8203;octocat, fixes #&#8203;1 · epoch 1 · octocat · N s · [127.0.0.1:port](http://127.0.0.1:port)

<details><summary>9 steps</summary>

pin-artifacts N s · prepare-services N s · publish-web N s · run-migrations N s · roll-service api N s · roll-service worker N s · switch-web N s · invalidate N s · verify-live N s
</details>

Ahead: \`promote --sha <first> --env staging\`
`);
      const again = await job("--sha", first, "--env", "dev");
      expect(again.summary).toBe(`### = dev runs \`first\` already; nothing was changed
\`first\` First @&#8203;octocat, fixes #&#8203;1 · octocat · N s
`);
    },
    slow,
  );

  test(
    "a refusal has an annotation a reason, and the table of the plan",
    async () => {
      const { exit, out, err, summary } = await job("--sha", second, "--env", "prod", "--json");
      expect(exit).toBe(3);
      expect(out.trimEnd().split("\n")).toHaveLength(1);
      const [order = "", ...others] = annotations(err);
      expect(order).toMatch(
        /^::error title=order::Refused: <second> may not enter prod now\. 2 reasons\. Nothing was changed\.%0Astaging has not run it to a good end/,
      );
      expect(order).toContain("%0ANext: promote --sha <second> --env staging%0A");
      expect(others).toEqual([expect.stringMatching(/^::error title=approval::0 of 1 for plan [0-9a-f]{12}; you ask/)]);
      expect(summary).toMatch(
        /^### ✗ prod: refused; runs nothing, nothing was changed\n`second` Second · octocat · N s · plan `hash`\n\*\*Refused\.\*\* 2 reasons; /,
      );
      expect(summary).toContain(
        "\n| ✗ | order | staging has not run it to a good end | |\n| ✗ | approval | 0 of 1, not by octocat | needs a person |\n",
      );
      expect(summary).toMatch(/\nNext: `promote --sha <second> --env staging` · /);
    },
    slow,
  );

  test(
    "an approval that is missing alone is no fault of anybody",
    async () => {
      expect((await app.promote(["--sha", first, "--env", "staging"])).exit).toBe(0);
      const { exit, err, summary } = await job("explain", "--sha", first, "--env", "prod");
      expect(exit).toBe(3);
      expect(annotations(err)).toEqual([expect.stringMatching(/^::notice title=approval::Refused: /)]);
      expect(summary).toContain("\n**Not yet.** Once 1 person has approved.\n");
    },
    slow,
  );

  test(
    "a failure that was put back is annotated once, with its cause and what helps",
    async () => {
      const { exit, out, err, summary } = await job("--sha", broken, "--env", "dev", "--json");
      expect(exit).toBe(4);
      expect(JSON.parse(out)).toMatchObject({ ending: "reverted" });
      const found = annotations(err);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(
        /^::error title=service-unhealthy::Failed, put back: dev runs <first>, checked after the revert\. service-unhealthy%0Aroll-service api: exit code 3 after N s, never healthy%0ANext: promote quarantine --sha <broken> /,
      );
      expect(summary).toMatch(
        /^### ✗ dev: failed, put back; runs `first`, checked after the revert\n`broken` Broken · epoch \d+ · octocat · N s · \*\*service-unhealthy\*\* at roll-service api\n\*\*Cause\*\* exit code 3 after N s, never healthy; 0 requests reached it\. Last line of its log:\n`\\?:?.*error::x`\nSteps: .*\*\*roll-service api failed N s, (?:put back N s|back already)\*\* · \d not started\nNext: `promote quarantine --sha <broken> --reason "<text>"`/,
      );
      // The same words in a log for people, and the failure is still annotated once.
      const text = await job("--sha", broken, "--env", "dev");
      expect(annotations(text.err)).toHaveLength(1);
      expect(text.err).toMatch(/^\d\d:\d\d:\d\dZ Failed, put back: /m);
    },
    slow,
  );

  test(
    "a rollback is told below what is on the page already",
    async () => {
      expect((await app.promote(["--sha", second, "--env", "dev"])).exit).toBe(0);
      rmSync(page(), { force: true });
      await app.promote(["plan", "--env", "dev", "--rollback"], inJob(page()));
      const { exit } = await app.promote(["rollback", "--env", "dev", "--yes"], inJob(page()));
      expect(exit).toBe(0);
      const both = steady(readFileSync(page(), "utf8"));
      expect(both).toMatch(/^### dev: `second` → `first` · 1 commit back · plan `hash`\n\*\*Allowed now\.\*\*/);
      expect(both).toContain(
        "`promote rollback --env dev --to <first>` · observed TIME UTC\n\n\n### ✓ dev runs `first` again and is held\n",
      );
      expect(both).toContain("\nNext: `promote hold --env dev --lift` or promote a fix, which lifts the hold\n");
    },
    slow,
  );

  test(
    "a page that cannot be written is said in one line, and changes nothing else",
    async () => {
      const folder = join(app.root, ".slipway/folder");
      mkdirSync(folder, { recursive: true });
      const pipe = join(app.root, ".slipway/pipe");
      execFileSync("sh", ["-c", `mkfifo '${pipe}'`]);
      const full = join(app.root, ".slipway/full.md");
      writeFileSync(full, "x".repeat(1024 * 1024 - 10));
      for (const named of [folder, pipe, full, join(app.root, "nowhere/summary.md")]) {
        const { exit, out, err } = await app.promote(
          ["plan", "--sha", first, "--env", "staging", "--json"],
          inJob(named),
        );
        expect(exit).toBe(0);
        expect(JSON.parse(out)).toMatchObject({ kind: "plan" });
        expect(err).toMatch(/^The job summary was not written: .*\n$/);
      }
      expect(readFileSync(full, "utf8")).toHaveLength(1024 * 1024 - 10);
    },
    slow,
  );

  test(
    "a secret is taken out before marks are escaped, and so out of annotations",
    async () => {
      const secret = "s3cr*t_v@lue|of-<a>#1";
      app.serve("3");
      const sha = app.commit(`Use ${secret}`);
      expect((await app.promote(["build"])).exit).toBe(0);
      rmSync(page(), { force: true });
      const variables = { ...inJob(page()), DEPLOY_TOKEN: secret };
      const { exit, err } = await app.promote(["--sha", sha, "--env", "prod", "--json"], variables);
      expect(exit).toBe(3);
      const said = `${readFileSync(page(), "utf8")}${err}`;
      expect(said).toContain("Use ");
      for (const part of ["s3cr", "lue", "of-"]) expect(said).not.toContain(part);
    },
    slow,
  );

  test(
    "a call that could not begin says why and what helps, on the page of the job too",
    async () => {
      const { exit, out, err, summary } = await job("--sha", first, "--env", "stagin", "--json");
      expect(exit).toBe(2);
      expect(JSON.parse(out)).toMatchObject({ kind: "error", code: "env-unknown" });
      expect(annotations(err)).toEqual([expect.stringMatching(/^::error title=env-unknown::Usage: "stagin" is not /)]);
      expect(summary).toMatch(
        /^### ✗ env-unknown, exit 2\n\*\*Usage\*\* "stagin" is not an environment of tiny \(dev, staging, prod\)\. .*\n\nNext: `promote --sha <first> --env staging --json`\n$/,
      );
    },
    slow,
  );

  test(
    "a mistake in slipway.yaml is shown at its line",
    async () => {
      const config = readFileSync(join(app.root, "slipway.yaml"), "utf8");
      app.write("slipway.yaml", config.replace("soak: 1h", "soak: 24").replace("app: tiny", "ap: tiny"));
      const { exit, err, summary } = await job("status");
      app.write("slipway.yaml", config);
      expect(exit).toBe(2);
      expect(annotations(err)).toEqual([
        "::error file=slipway.yaml,line=1,title=config-invalid::app  is required",
        expect.stringMatching(/^::error file=slipway\.yaml,line=2,title=config-invalid::ap /),
        expect.stringMatching(/^::error file=slipway\.yaml,line=\d,title=config-invalid::environments\.prod\.soak /),
      ]);
      expect(summary).toMatch(
        /^### ✗ config-invalid, exit 2\nConfig: slipway\.yaml has 3 problems\..*\n\n- slipway\.yaml:1:\d+ {2}app {2}is required\n- .*\n- .*\n$/,
      );
    },
    slow,
  );
});
