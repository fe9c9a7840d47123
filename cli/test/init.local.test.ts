import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseConfig } from "@slipway/pipeline";
import { afterEach, describe, expect, test } from "vitest";
import { fakeShell } from "./fake-shell.ts";
import { front } from "./front.ts";

const samples = fileURLToPath(new URL("../../pipeline/test/sample-repositories/", import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function git(folder: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], { cwd: folder, stdio: "ignore" });
}
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-init-"));
  folders.push(folder);
  return folder;
}
function aRepository(files: Readonly<Record<string, string>> = { "index.html": "<h1>pages</h1>\n" }): string {
  const folder = aFolder();
  git(folder, "init", "--quiet", "--initial-branch=main");
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "First");
  return folder;
}
function aSample(name: string): string {
  const folder = aFolder();
  cpSync(join(samples, name), folder, { recursive: true });
  git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "First");
  return folder;
}
async function init(folder: string, ...flags: readonly string[]) {
  const shell = fakeShell({ folder });
  const exit = await front(["init", ...flags], shell);
  return { exit, out: shell.out(), err: shell.err() };
}
/** Every file but git's own, with its text: equal folders are untouched ones. */
const contents = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.startsWith(".git/") && path !== ".git")
    .toSorted()
    .map(
      (path) => `${path} ${existsSync(join(folder, path)) && /\.\w+$/.test(path) ? textOf(join(folder, path)) : ""}`,
    );
const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

describe("promote init", () => {
  test.each([
    { name: "python-sql", engine: "sql", services: ["api"], web: false },
    { name: "static-site", engine: null, services: [], web: true },
    { name: "express-vite", engine: null, services: ["api"], web: true },
  ])("writes a file that loads for $name, and ignores its own folder", async ({ name, engine, services, web }) => {
    const folder = aSample(name);
    const { exit, err, out } = await init(folder);
    expect(exit).toBe(0);
    expect(out).toBe("");
    const text = readFileSync(join(folder, "slipway.yaml"), "utf8");
    const parsed = parseConfig(text, "slipway.yaml");
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(parsed.config.services.map((service) => service.name)).toEqual(services);
    expect(parsed.config.migrations?.engine ?? null).toBe(engine);
    expect(parsed.config.web !== null).toBe(web);
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe(".slipway/\n");
    const lines = text.trimEnd().split("\n").length;
    expect(err).toContain(`: git, 1 commit, no slipway.yaml\n`);
    expect(err).toContain(`Wrote slipway.yaml (${lines} lines; it loads) and added .slipway/ to .gitignore.\n`);
    expect(err).toContain('git add slipway.yaml .gitignore && git commit -m "Add slipway.yaml" && promote build');
    expect(readdirSync(folder).filter((file) => file.endsWith(".new"))).toEqual([]);
  });

  test.each([
    { name: "the commit holds it all", change: () => undefined, also: "" },
    {
      name: "installing promote changed the manifest and made a lock",
      change: (folder: string) => {
        writeFileSync(
          join(folder, "package.json"),
          '{ "name": "x", "devDependencies": { "@slipway/cli": "0.1.0" } }\n',
        );
        writeFileSync(join(folder, "package-lock.json"), "{}\n");
      },
      also: " package.json package-lock.json",
    },
    {
      name: "its folder is ignored by a file that is not committed yet",
      change: (folder: string) => writeFileSync(join(folder, ".gitignore"), "node_modules/\n.slipway/\n"),
      also: "",
    },
  ])("leads to a commit that can be built, where $name", async ({ change, also }) => {
    const folder = aRepository({ "index.html": "<h1>pages</h1>\n", "package.json": '{ "name": "x" }\n' });
    change(folder);
    const { err } = await init(folder);
    expect(err).toContain(
      `git add slipway.yaml .gitignore${also} && git commit -m "Add slipway.yaml" && promote build`,
    );
    git(folder, "add", "slipway.yaml", ".gitignore", ...also.split(" ").filter((file) => file !== ""));
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: folder, encoding: "utf8" })).not.toMatch(
      /^(\?\?|.M)/m,
    );
  });

  test("lays its findings out in columns, what is to be checked last and with a sign", async () => {
    const { err } = await init(aSample("express-vite"));
    const rows = err.split("\n").slice(1, 4);
    expect(rows[0]).toBe("  server/index.js      PORT, /healthz, 5 routes: /api/* and /version       services.api");
    expect(rows.map((row) => row.startsWith("! "))).toEqual([false, false, true]);
  });

  test("of the static site leads to a release that can be built", async () => {
    const folder = aSample("static-site");
    await init(folder);
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "--message", "Add slipway.yaml");
    const shell = fakeShell({ folder, variables: { ...process.env, GITHUB_ACTIONS: "" } });
    expect(await front(["build", "--json"], shell)).toBe(0);
    expect(JSON.parse(shell.out())).toMatchObject({ kind: "build", outcome: "published" });
  });

  test("with --print writes nothing, and stdout is the file", async () => {
    const folder = aSample("python-sql");
    const before = contents(folder);
    const { exit, out } = await init(folder, "--print");
    expect(exit).toBe(0);
    expect(parseConfig(out, "slipway.yaml").ok).toBe(true);
    expect(contents(folder)).toEqual(before);
  });

  test("with --json answers one document", async () => {
    const { exit, out, err } = await init(aSample("python-sql"), "--json", "--yes");
    expect(exit).toBe(0);
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({
      kind: "init",
      version: 1,
      written: "slipway.yaml",
      ignored: true,
      exit: 0,
    });
  });

  test("adds to a .gitignore as it is, and leaves one alone that says so already", async () => {
    const folder = aRepository({ "index.html": "<h1>x</h1>", ".gitignore": "dist\r\nnode_modules" });
    chmodSync(join(folder, ".gitignore"), 0o600);
    expect((await init(folder)).exit).toBe(0);
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("dist\r\nnode_modules\r\n.slipway/\r\n");
    rmSync(join(folder, "slipway.yaml"));
    const { err } = await init(folder);
    expect(err).toMatch(/it loads\)\.\n/);
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("dist\r\nnode_modules\r\n.slipway/\r\n");
  });

  test("from a folder below writes at the top", async () => {
    const folder = aRepository();
    mkdirSync(join(folder, "docs"));
    expect((await init(join(folder, "docs"))).exit).toBe(0);
    expect(existsSync(join(folder, "slipway.yaml"))).toBe(true);
  });

  test("for an app in a folder of a larger repository writes in that folder, and what it says to add is there", async () => {
    const folder = aRepository();
    const app = join(folder, "services", "web shop");
    mkdirSync(app, { recursive: true });
    writeFileSync(join(app, "index.html"), "<!doctype html>\n");
    writeFileSync(join(app, "package.json"), "{}\n");
    execFileSync("git", ["add", "--all"], { cwd: folder });
    const { err } = await init(app);
    expect(existsSync(join(app, "slipway.yaml"))).toBe(true);
    expect(existsSync(join(folder, "slipway.yaml"))).toBe(false);
    const [added = ""] = /git add [^&]*/.exec(err) ?? [];
    execFileSync("sh", ["-c", added], { cwd: app });
  });

  test("from a folder below names its files as they are seen from there", async () => {
    const folder = aRepository();
    mkdirSync(join(folder, "docs"));
    expect((await init(join(folder, "docs"))).err).toContain("git add ../slipway.yaml ../.gitignore && git commit");
  });

  const refused: readonly { name: string; code: string; make: () => string; flags?: readonly string[] }[] = [
    { name: "a folder in no repository", code: "not-a-repository", make: aFolder },
    {
      name: "a file that is there",
      code: "config-exists",
      make: () => aRepository({ "slipway.yaml": "version: 1\n" }),
    },
    {
      name: "a link that leads nowhere in its place",
      code: "config-exists",
      make: () => {
        const folder = aRepository();
        symlinkSync("/nowhere/at/all", join(folder, "slipway.yaml"));
        return folder;
      },
    },
    {
      name: "a .gitignore that is a link",
      code: "usage",
      make: () => {
        const folder = aRepository();
        symlinkSync("index.html", join(folder, ".gitignore"));
        return folder;
      },
    },
    {
      name: "a repository that tracks nothing",
      code: "usage",
      make: () => {
        const folder = aFolder();
        git(folder, "init", "--quiet");
        return folder;
      },
    },
    { name: "--config", code: "usage", make: aRepository, flags: ["--config", "other.yaml"] },
    { name: "--github", code: "usage", make: aRepository, flags: ["--github"] },
  ];
  test.each(refused)("refuses $name, and writes nothing", async ({ code, make, flags = [] }) => {
    const folder = make();
    const before = contents(folder);
    const { exit, out } = await init(folder, "--json", ...flags);
    expect({ exit, code: (JSON.parse(out) as { code: string }).code }).toEqual({ exit: 2, code });
    expect(contents(folder)).toEqual(before);
  });
});
