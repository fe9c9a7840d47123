import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkPrinted } from "./check-documents.ts";

const launcher = fileURLToPath(new URL("../bin/promote.js", import.meta.url));
const nodeOf = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`;
const old = nodeOf("18.1.0");

function launch(args: readonly string[], options: { readonly imports: string; readonly launched?: boolean }) {
  const { SLIPWAY_LAUNCHED: _, ...env } = process.env;
  const ran = spawnSync(process.execPath, ["--import", options.imports, launcher, ...args], {
    encoding: "utf8",
    env: options.launched ? { ...env, SLIPWAY_LAUNCHED: "1" } : env,
  });
  checkPrinted(args, ran.stdout, ran.status);
  return ran;
}

describe("the launcher on a Node that is too old", () => {
  it("goes on with the pinned one, and passes its output and exit code on", () => {
    expect(launch(["--version"], { imports: old })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^promote \d/),
    });
    const refused = launch(["stauts"], { imports: old });
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain("Did you mean  promote status ?");
  });

  it("says which one it needs where there is no other", () => {
    const refused = launch(["status"], { imports: old, launched: true });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /^Usage: promote needs Node 24 or newer; this is v.*\. Nothing was changed\.\nNext {3}npm ci\n$/,
    );
    const document: unknown = JSON.parse(launch(["status", "--json"], { imports: old, launched: true }).stdout);
    expect(document).toMatchObject({ kind: "error", version: 1, code: "node-too-old", exit: 2, next: ["npm ci"] });
  });
});

describe("the launcher of a package", () => {
  it("asks for the very version that package.json asks for", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "slipway-launcher-"));
    const { engines } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    const least = engines.node.replace(">=", "");
    const [major, minor] = least.split(".").map(Number);
    const packed = join(folder.path, "bin", "promote.js");
    await mkdir(join(folder.path, "bin"));
    await mkdir(join(folder.path, "dist"));
    await copyFile(launcher, packed);
    await writeFile(join(folder.path, "package.json"), '{"type":"module"}');
    await writeFile(join(folder.path, "dist", "main.js"), 'console.log("runs")');
    const on = (version: string) =>
      spawnSync(process.execPath, ["--import", nodeOf(version), packed, "status"], { encoding: "utf8" });
    expect(on(`${major}.${minor - 1}.9`)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining(`promote needs Node ${least} or newer; this is v`),
    });
    for (const version of [`${least}.0`, `${major}.${minor + 1}.0`, `${major + 1}.0.0`])
      expect(on(version), version).toMatchObject({ status: 0, stdout: "runs\n" });
  });
});

const hook = `data:text/javascript,
import { registerHooks } from "node:module";
registerHooks({ resolve(specifier, context, next) {
  const found = next(specifier, context);
  process.stderr.write("loaded " + found.url + "\\n");
  return found;
} });`;

describe("cold start", () => {
  it.each([["--help"], ["--version"], ["rollback", "--help"]])(
    "of %s %s loads no command and no library",
    (...args) => {
      const { status, stderr } = launch(args, { imports: hook });
      expect(status).toBe(0);
      const loaded = stderr.split("\n").filter((line) => line.startsWith("loaded file:"));
      expect(loaded.length).toBeGreaterThan(3);
      expect(loaded.filter((line) => /node_modules|\/pipeline\/(?!src\/redaction\/)|\/commands\//.test(line))).toEqual(
        [],
      );
    },
  );
});
