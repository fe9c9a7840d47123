import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundleRunner } from "../../pipeline/src/migration/runner/bundle.ts";
import { bundleCli } from "./bundle-cli.ts";

/*
 * Runs before `npm pack` of a workspace, in its folder. Node strips no types under node_modules, so what customers install
 * is JavaScript; the manifest is turned to it, and postpack.ts turns it back.
 */

interface Manifest {
  exports?: Record<string, unknown>;
  scripts?: unknown;
  devDependencies?: unknown;
  private?: boolean;
  [field: string]: unknown;
}

const folder = process.cwd();
const root = join(import.meta.dirname, "../..");
rmSync(join(folder, "dist"), { recursive: true, force: true });
if (basename(folder) === "pipeline") await buildPipeline();
else await bundleCli(join(folder, "dist"));
copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
writeManifest();

/** File by file, with declarations: the platform's and guard's programs are started from files beside their callers. */
async function buildPipeline(): Promise<void> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: folder, stdio: "inherit" });
  // Read as it is, by whoever ships it to CloudFront.
  copyFileSync(join(folder, "src/aws/web/viewer-request.js"), join(folder, "dist/aws/web/viewer-request.js"));
  mkdirSync(join(folder, "dist/runner"), { recursive: true });
  for (const engine of ["knex", "sql"] as const) {
    writeFileSync(join(folder, `dist/runner/${engine}.mjs`), await bundleRunner(engine));
  }
}

function writeManifest(): void {
  const file = join(folder, "package.json");
  cpSync(file, `${file}.source`);
  const {
    devDependencies: _development,
    scripts: _scripts,
    private: _private,
    ...manifest
  } = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  const built = Object.entries(manifest.exports ?? {}).map(([name, source]) => {
    const path = String(source).replace("./src/", "./dist/").replace(/\.ts$/, "");
    return [name, String(source).endsWith(".ts") ? { types: `${path}.d.ts`, default: `${path}.js` } : source];
  });
  const published = manifest.exports ? { ...manifest, exports: Object.fromEntries(built) } : manifest;
  writeFileSync(file, `${JSON.stringify(published, null, 2)}\n`);
}
