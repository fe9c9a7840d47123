import { execFileSync } from "node:child_process";
import {
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
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ScratchRepository } from "../../test/scratch-repository.ts";
import type { Sha } from "../identifiers.ts";
import { runCommand } from "./command.ts";
import { openRepository, sourceControlIn } from "./source-control.ts";

let repository: ScratchRepository;
beforeEach(() => {
  repository = new ScratchRepository({ "a.txt": "1" });
});
afterEach(() => {
  vi.unstubAllEnvs();
  repository[Symbol.dispose]();
});
const open = (folder = repository.folder) =>
  openRepository(folder, { variables: process.env, redact: (text) => text.replaceAll("hunter2", "***") });
const nobody = "0123456789012345678901234567890123456789" as Sha;

describe("commits", () => {
  test("stand ahead, behind or apart, and what is not known here is said", async () => {
    const first = repository.commit("First");
    const second = repository.commit("Second");
    repository.git("checkout", "--quiet", "-b", "side", first);
    const side = repository.commit('Side; with "quotes" and ü');
    const git = await open();
    expect(await git.relation(first, second)).toBe("ahead");
    expect(await git.relation(second, first)).toBe("behind");
    expect(await git.relation(second, second)).toBe("same");
    expect(await git.relation(second, side)).toBe("diverged");
    expect(await git.relation(nobody, side)).toBe("unknown");
    expect(await git.between(second, side, 10)).toEqual([{ sha: side, subject: 'Side; with "quotes" and ü' }]);
    expect(await git.between(nobody, side, 10)).toBeNull();
    expect(await git.onBranch(second, "main")).toBe(true);
    expect(await git.onBranch(side, "main")).toBe(false);
    expect(await git.onBranch(side, "no-such-branch")).toBeNull();
    expect(await git.onBranch(side, "--help")).toBeNull();
  });

  test("are listed oldest first, the newest of them when there are too many", async () => {
    const first = repository.commit("First");
    for (const name of ["a", "b", "c"]) repository.commit(name);
    const git = await open();
    const subjects = async (limit: number) =>
      (await git.between(first, await git.head(), limit))?.map((commit) => commit.subject);
    expect(await subjects(10)).toEqual(["a", "b", "c"]);
    expect(await subjects(2)).toEqual(["b", "c"]);
  });

  test("are found by their first digits, and by nothing else", async () => {
    const sha = repository.commit("First");
    const git = await open();
    expect(await git.resolve(sha)).toBe(sha);
    expect(await git.resolve(sha.slice(0, 7))).toBe(sha);
    for (const text of ["HEAD", "main", "--all", "", "zzzzzzz", nobody, nobody.slice(0, 8)]) {
      expect(await git.resolve(text)).toBeNull();
    }
    expect(await git.commit(sha)).toMatchObject({ sha, subject: "First" });
    expect(await git.commit(nobody)).toBeNull();
    expect(await git.fileAt(sha, "a.txt")).toBe("1");
    expect(await git.fileAt(sha, "b.txt")).toBeNull();
  });

  test("are told from a shallow clone only as far as it goes", async () => {
    const first = repository.commit("First");
    const second = repository.commit("Second");
    const clone = mkdtempSync(join(tmpdir(), "slipway-clone-"));
    try {
      execFileSync("git", ["clone", "--quiet", "--depth=1", `file://${repository.folder}`, clone], { stdio: "ignore" });
      const git = await open(clone);
      expect(await git.relation(first, second)).toBe("unknown");
      await using checkout = await git.checkout(second);
      expect(readFileSync(join(checkout.folder, "a.txt"), "utf8")).toBe("1");
    } finally {
      rmSync(clone, { recursive: true, force: true });
    }
  });

  test("are asked of the repository one stands in, whatever a hook has set", async () => {
    const sha = repository.commit("First");
    vi.stubEnv("GIT_DIR", "/nowhere");
    vi.stubEnv("GIT_WORK_TREE", "/nowhere");
    expect(await (await open()).head()).toBe(sha);
  });
});

test("a folder of the repository answers as its top does, and where there is none, nothing is known", async () => {
  const first = repository.commit("First");
  repository.write({ "inner/b.txt": "1" });
  const second = repository.commit("Second");
  const inner = sourceControlIn(join(repository.folder, "inner"));
  expect(await inner.relation(first, second)).toBe("ahead");
  expect(await inner.onBranch(first, "main")).toBe(true);
  expect(await inner.between(first, second, 10)).toEqual([{ sha: second, subject: "Second" }]);
  const nowhere = mkdtempSync(join(tmpdir(), "slipway-none-"));
  try {
    const unknown = async ({ relation, onBranch, between }: typeof inner) =>
      await Promise.all([relation(first, second), onBranch(first, "main"), between(first, second, 10)]);
    expect(await unknown(sourceControlIn(nowhere))).toEqual(["unknown", null, null]);
    expect(await sourceControlIn(nowhere).relation(first, first)).toBe("same");
    vi.stubEnv("PATH", nowhere);
    expect(await unknown(inner)).toEqual(["unknown", null, null]);
  } finally {
    rmSync(nowhere, { recursive: true, force: true });
  }
});

test("commits that crossed, and histories that share nothing, stand apart", async () => {
  const start = repository.commit("Start");
  const left = repository.commit("Left");
  repository.git("checkout", "--quiet", "-b", "side", start);
  const right = repository.commit("Right");
  repository.git("merge", "--quiet", "-m", "Left into right", left);
  const one = repository.git("rev-parse", "HEAD").trim() as Sha;
  repository.git("checkout", "--quiet", "main");
  repository.git("merge", "--quiet", "-m", "Right into left", right);
  const other = repository.git("rev-parse", "HEAD").trim() as Sha;
  repository.git("checkout", "--quiet", "--orphan", "stranger");
  const stranger = repository.commit("Stranger");
  const git = await open();
  expect(await git.relation(one, other)).toBe("diverged");
  expect(await git.relation(start, other)).toBe("ahead");
  expect(await git.relation(one, right)).toBe("behind");
  expect(await git.relation(start, stranger)).toBe("diverged");
});

test("a folder without a repository is said to be none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-none-"));
  try {
    await expect(open(folder)).rejects.toMatchObject({ code: "not-a-repository" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("a checkout", () => {
  test("holds the commit and nothing of the folder, knows its SHA, and goes away", async () => {
    const sha = repository.commit("First");
    repository.write({ "a.txt": "changed", "b.txt": "new" });
    const git = await open();
    const lines: string[] = [];
    let folder = "";
    {
      await using checkout = await git.checkout(sha);
      folder = checkout.folder;
      expect(checkout.files).toBe(2);
      expect(
        (await checkout.walk("."))?.map((entry) => entry.path).filter((path) => !path.startsWith(".git/")),
      ).toEqual([".gitignore", "a.txt"]);
      expect(Buffer.from(await checkout.read("a.txt")).toString()).toBe("1");
      const result = await checkout.run(["git", "rev-parse", "HEAD"], {}, (line) => lines.push(line));
      expect(result).toEqual({ exitCode: 0, because: null });
    }
    expect(lines).toEqual([sha]);
    expect(existsSync(folder)).toBe(false);
    expect(repository.git("status", "--porcelain")).toBe("M a.txt\n?? b.txt");
  });

  test("removes what a killed build has left, and nothing that still runs", async () => {
    const sha = repository.commit("First");
    const builds = join(repository.folder, ".slipway", "build");
    // No process has a number above the kernel's limit of 2^22.
    const [dead, alive] = [`${sha}-99999999-00000000`, `${sha}-${process.pid}-00000000`];
    for (const name of [dead, alive, "notes"]) mkdirSync(join(builds, name), { recursive: true });
    await using _checkout = await (await open()).checkout(sha);
    const names = readdirSync(builds);
    expect(names).not.toContain(dead);
    expect(names).toEqual(expect.arrayContaining([alive, "notes"]));
  });

  test("has the same bytes whatever a person has set for all repositories", async () => {
    repository.write({ "lines.txt": "a\nb\n" });
    const sha = repository.commit("Lines");
    const home = mkdtempSync(join(tmpdir(), "slipway-home-"));
    try {
      writeFileSync(join(home, ".gitconfig"), "[core]\n\tautocrlf = true\n\teol = crlf\n");
      mkdirSync(join(home, ".config", "git"), { recursive: true });
      writeFileSync(join(home, ".config", "git", "attributes"), "* text eol=crlf\n");
      vi.stubEnv("HOME", home);
      vi.stubEnv("XDG_CONFIG_HOME", undefined);
      await using checkout = await (await open()).checkout(sha);
      expect(Buffer.from(await checkout.read("lines.txt")).toString()).toBe("a\nb\n");
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  test("runs no hook and no filter of the repository", async () => {
    repository.write({ ".gitattributes": "a.txt filter=evil\n" });
    const sha = repository.commit("First");
    const mark = join(repository.folder, "hook-ran");
    repository.write({ ".git/hooks/post-checkout*": `#!/bin/sh\ntouch '${mark}'\n` });
    repository.git("config", "filter.evil.smudge", `touch '${mark}'`);
    await using _checkout = await (await open()).checkout(sha);
    expect(existsSync(mark)).toBe(false);
  });

  test("is refused where the commit does not hold its files, or where it would be written elsewhere", async () => {
    repository.write({ ".gitattributes": "*.bin filter=lfs\n", "x.bin": "pointer" });
    const large = repository.commit("LFS");
    await expect((await open()).checkout(large)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("Git LFS"),
    });

    repository.git("update-index", "--add", "--cacheinfo", `160000,${large},vendor/module`);
    repository.git("commit", "--quiet", "--message", "Submodule");
    const module = repository.git("rev-parse", "HEAD") as Sha;
    await expect((await open()).checkout(module)).rejects.toMatchObject({
      message: expect.stringContaining("vendor/module"),
    });

    rmSync(join(repository.folder, ".slipway"), { recursive: true });
    symlinkSync("/tmp", join(repository.folder, ".slipway"));
    await expect((await open()).checkout(large)).rejects.toMatchObject({ code: "store-unusable" });
  });

  test("answers a link on the way, and never what is behind it", async () => {
    repository.write({ "real/x": "1" });
    repository.link("linked", "real");
    const sha = repository.commit("Links");
    await using checkout = await (await open()).checkout(sha);
    const link = [{ path: "", kind: "link", bytes: 4, executable: true, link: "real" }];
    expect(await checkout.walk("linked/x")).toEqual(link);
    expect(await checkout.walk("linked")).toEqual(link);
    expect(await checkout.walk("nowhere")).toBeNull();
    await expect(checkout.walk("../..")).rejects.toMatchObject({ code: "config-invalid" });
    await expect(checkout.read("linked")).rejects.toThrow();
  });
});

describe("a work tree", () => {
  test("is clean without what is ignored and Slipway's own folder", async () => {
    repository.write({ ".gitignore": "dist/\n" });
    repository.commit("First");
    repository.write({ "dist/x": "1", ".slipway/objects/x": "1" });
    expect(await (await open()).changes()).toEqual([]);
    repository.write({ "new file": "1", "a.txt": "2" });
    rmSync(join(repository.folder, ".gitignore"));
    expect(await (await open()).changes()).toEqual([".gitignore", "a.txt", "dist/x", "new file"]);
  });

  test("is seen whole from a folder inside it", async () => {
    repository.commit("First");
    repository.write({ "sub/x": "1", top: "1" });
    expect(await (await open(join(repository.folder, "sub"))).changes()).toEqual(["sub/x", "top"]);
    expect(await (await open()).branch()).toBe("main");
    repository.git("checkout", "--quiet", "--detach");
    expect(await (await open()).branch()).toBeNull();
  });
});

describe("a command", () => {
  const run = (command: readonly string[], signal?: AbortSignal) => {
    const lines: string[] = [];
    const variables = { PATH: process.env.PATH };
    const redact = (text: string) => text.replaceAll("hunter2", "***");
    const end = runCommand({
      command,
      folder: repository.folder,
      variables,
      redact,
      signal,
      onLine: (line) => lines.push(line),
    });
    return end.then((result) => ({ ...result, lines }));
  };
  const node = (script: string) => ["node", "-e", script];

  test("gives its lines whole, redacted and of limited length, and its exit code", async () => {
    const script = `process.stdout.write("gr\\u00fc"); process.stdout.write("\\u00dfe\\r\\nhunter2"); setTimeout(() => { console.log(" end\\n" + "x".repeat(20000)); process.exitCode = 3 }, 20)`;
    const { exitCode, because, lines } = await run(node(script));
    expect({ exitCode, because }).toEqual({ exitCode: 3, because: "exited 3" });
    expect(lines.slice(0, 2)).toEqual(["grüße", "*** end"]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(8192);
  });

  test("is no shell", async () => {
    const { lines } = await run(node("console.log(process.argv.slice(1).join())").concat("$HOME", ";", "`id`", "*"));
    expect(lines).toEqual(["$HOME,;,`id`,*"]);
  });

  test("leaves nothing of its group behind, even what holds its output open", async () => {
    const beat = `setInterval(() => require("node:fs").appendFileSync("beat", "."), 10)`;
    const script = `require("node:child_process").spawn("node", ["-e", ${JSON.stringify(beat)}], { stdio: "inherit" }).unref();
      const wait = setInterval(() => require("node:fs").existsSync("beat") && clearInterval(wait), 10)`;
    expect(await run(node(script))).toMatchObject({ exitCode: 0 });
    const beats = () => readFileSync(join(repository.folder, "beat"), "utf8").length;
    await vi.waitFor(async () => {
      const before = beats();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(beats()).toBe(before);
    }, 5_000);
  });

  test("ends by force when it does not end when told", async () => {
    const abort = new AbortController();
    const pidFile = join(repository.folder, "pid");
    const script = `process.on("SIGTERM", () => {}); require("node:fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1e6)`;
    writeFileSync(pidFile, "");
    const running = run(node(script), abort.signal);
    await vi.waitUntil(() => readFileSync(pidFile, "utf8") !== "", 10_000);
    abort.abort();
    expect(await running).toMatchObject({ exitCode: null, because: "was ended by SIGKILL" });
  });
});
