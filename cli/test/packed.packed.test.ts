import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { purgePlatform } from "@slipway/pipeline/local";
import { afterAll, beforeAll, expect, test } from "vitest";
import { completionScripts } from "../src/completion/scripts.ts";
import { checkPrinted } from "./check-documents.ts";
import { TinyApp } from "./tiny-app.ts";

const execute = promisify(execFile);
const root = join(import.meta.dirname, "../..");
let work: string;
let app: TinyApp;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-packed-"));
  app = await TinyApp.make();
});
afterAll(async () => {
  await purgePlatform(app.folder);
  await app.remove();
  await rm(work, { recursive: true, force: true });
});

/** As a customer has it: the packed tarballs in a project of their own, nothing of the checkout in reach. */
test("the packed packages init, build and promote in an empty project", async () => {
  const tarballs = await pack();
  await app.write({
    "package.json": '{ "name": "customer", "private": true, "type": "module" }\n',
    ".gitignore": ".slipway/\nnode_modules/\n",
  });
  await run("npm", ["install", "--no-audit", "--no-fund", "--save-dev", ...tarballs]);
  await run("git", ["rm", "--quiet", "slipway.yaml", "--cached"]);
  const saved = join(work, "slipway.yaml");
  await cp(join(app.folder, "slipway.yaml"), saved);
  await rm(join(app.folder, "slipway.yaml"));
  const init = await promote("init", "--yes", "--json");
  expect(init.exit, init.stderr + init.stdout).toBe(0);
  await cp(saved, join(app.folder, "slipway.yaml"));
  const sha = await app.commit("Use the packed promote");
  const build = await promote("build", "--json");
  expect(build.exit, build.stderr + build.stdout).toBe(0);
  const promotion = await promote("--sha", sha, "--env", "dev", "--json");
  expect(promotion.exit, promotion.stderr + promotion.stdout).toBe(0);
  expect(await app.version("dev")).toBe(sha);
  // As files beside the launcher, so that a shell starts fast.
  for (const [shell, script] of Object.entries(completionScripts()))
    expect(await runPacked(["completion", shell])).toEqual({ exit: 0, stdout: script, stderr: "" });
  expect((await promote("completion", "bash", "--json")).exit).toBe(0);
  expect(await filesLoaded("--version")).toBeLessThan(7);
  // Nothing of the SDK of AWS is among them.
  expect(await filesLoaded("status")).toBeLessThan(12);
  const types = await readdir(join(app.folder, "node_modules/@slipway/pipeline/dist"));
  expect(types).toContain("index.d.ts");
}, 300_000);

/** In a copy, because packing turns the manifests to what is built while other tests read them. */
async function pack(): Promise<readonly string[]> {
  const copy = join(work, "checkout");
  const { stdout } = await execute("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  for (const file of stdout.split("\0").filter(Boolean)) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(join(root, file), join(copy, file));
  }
  await linkModules(join(copy, "node_modules"));
  const tarballs: string[] = [];
  for (const workspace of ["pipeline", "cli"]) {
    const packed = await execute("npm", ["pack", "--json", "--pack-destination", work], {
      cwd: join(copy, workspace),
      env: environment(copy),
    });
    const start = packed.stdout.indexOf("[");
    const [{ filename }] = JSON.parse(packed.stdout.slice(start)) as [{ filename: string }];
    tarballs.push(join(work, filename));
  }
  return tarballs;
}

/** Those of the checkout; our own packages are the copy's, or a bundle would have files of both. */
async function linkModules(folder: string): Promise<void> {
  await mkdir(join(folder, "@slipway"), { recursive: true });
  for (const name of await readdir(join(root, "node_modules")))
    if (name !== "@slipway") await symlink(join(root, "node_modules", name), join(folder, name));
  for (const workspace of ["pipeline", "cli"])
    await symlink(join(dirname(folder), workspace), join(folder, "@slipway", workspace));
}

const environment = (checkout: string) => ({
  ...process.env,
  PATH: `${join(checkout, "node_modules/.bin")}:${process.env.PATH}`,
});

async function run(program: string, args: readonly string[]): Promise<void> {
  await execute(program, [...args], { cwd: app.folder });
}

/** Each of them is looked up, read and linked at each call. */
async function filesLoaded(verb: string): Promise<number> {
  const hook = join(work, "count-files.cjs");
  await writeFile(
    hook,
    `let count = 0;
const load = (url, context, next) => ((count += url.startsWith("file:") ? 1 : 0), next(url, context));
require("node:module").registerHooks({ load });
process.on("exit", () => require("node:fs").writeSync(2, \`\\n\${count}\`));
`,
  );
  const bin = join(app.folder, "node_modules/.bin/promote");
  const { stderr } = await execute(process.execPath, ["--require", hook, bin, verb], { cwd: app.folder });
  return Number(stderr.split("\n").at(-1));
}

async function promote(...args: readonly string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  const ran = await runPacked(args);
  checkPrinted(args, ran.stdout, ran.exit);
  return ran;
}

async function runPacked(args: readonly string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  const bin = join(app.folder, "node_modules/.bin/promote");
  try {
    const { stdout, stderr } = await execute(process.execPath, [bin, ...args], { cwd: app.folder });
    return { exit: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exit: code, stdout, stderr };
  }
}
