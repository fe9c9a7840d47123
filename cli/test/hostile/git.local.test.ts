import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { countCases } from "../../../pipeline/test/hostile/count-cases.ts";
import { type HostileCase, readCases } from "../../../pipeline/test/hostile/hostile-case.ts";
import { Scene } from "./attack.ts";

/** Programs that git would run for whoever sets a variable, or a setting of the repository. */
interface HostileGit extends HostileCase {
  readonly variables?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string>>;
}

countCases("hostile-git", "ways to make git run another program");

let scene: Scene;
let folder = "";
const named = (text: string): string =>
  text
    .replaceAll("{evil}", join(folder, "evil"))
    .replaceAll("{canary}", join(folder, "canary"))
    .replaceAll("{folder}", folder);

beforeAll(async () => {
  scene = await Scene.create();
  folder = join(scene.app.root, ".git", "hostile");
  mkdirSync(folder);
  writeFileSync(join(folder, "evil"), `#!/bin/sh\necho ran > '${join(folder, "canary")}'\n`);
  chmodSync(join(folder, "evil"), 0o755);
  for (const hook of ["post-checkout", "post-index-change", "reference-transaction"])
    symlinkSync(join(folder, "evil"), join(folder, hook));
}, 60_000);
afterAll(() => scene.remove(), 60_000);

it("the program leaves a mark where it is run", () => {
  scene.app.git("-c", `core.fsmonitor=${join(folder, "evil")}`, "status");
  expect(existsSync(join(folder, "canary"))).toBe(true);
  rmSync(join(folder, "canary"));
});

it.each(readCases<HostileGit>(new URL("cases/git.json", import.meta.url)))("$name runs nothing", async (hostile) => {
  const { settings = {}, variables = {}, code } = hostile;
  for (const [name, value] of Object.entries(settings)) scene.app.git("config", name, named(value));
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, named(value));
  try {
    const calls = [
      ["--sha", "HEAD", "--env", "dev"],
      ["build", "--sha", "main"],
      ["plan", "--sha", "HEAD~0", "--env", "staging"],
    ];
    for (const argv of calls) expect(await scene.faultsOf({ name: hostile.name, code, argv })).toEqual([]);
    const built = { name: hostile.name, code: "release-missing", argv: ["--sha", "0".repeat(40), "--env", "dev"] };
    expect(await scene.faultsOf(built)).toEqual([]);
    // git looks at every file, which is when it asks a watcher.
    const dirty = { name: hostile.name, code: "tree-dirty", argv: ["build"], files: { "src/new.mjs": "" } };
    expect(await scene.faultsOf(dirty)).toEqual([]);
    expect(existsSync(join(folder, "canary"))).toBe(false);
  } finally {
    vi.unstubAllEnvs();
    for (const name of Object.keys(settings)) scene.app.git("config", "--unset-all", name);
  }
});
