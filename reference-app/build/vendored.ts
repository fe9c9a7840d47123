import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build, type OutputFile } from "esbuild";
import { reproducible } from "./services.ts";

/** Packages that stay packages in an image: the migrations are run by the same knex and driver that the services use. */
export const vendored = ["knex", "pg"] as const;

/** Drivers of other databases, which knex asks for by name when somebody wants them. */
const unusedDrivers = [
  "better-sqlite3",
  "mysql",
  "mysql2",
  "oracledb",
  "sqlite3",
  "tedious",
  "pg-query-stream",
  "mariadb",
];
const optional = ["pg-native", "pg-cloudflare", "cloudflare:sockets", ...unusedDrivers];

/**
 * Replaces `node_modules/<package>` by one file and a package.json: without npm ci in the checkout (packages resolve from
 * a folder above) it makes them, after npm ci it takes the place of the installed ones. Either way the image lists the
 * same two folders. All are read before the first one is written.
 */
export async function bundleVendored(app: string): Promise<void> {
  const bundles = await Promise.all(vendored.map((name) => bundlePackage(app, name)));
  for (const { name, manifest, code } of bundles) {
    const folder = join(app, "node_modules", name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "index.js"), code);
    await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

async function bundlePackage(app: string, name: string) {
  const require = createRequire(join(app, "package.json"));
  const result = await build({
    absWorkingDir: app,
    entryPoints: [require.resolve(name)],
    bundle: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "cjs",
    external: [...vendored.filter((other) => other !== name), ...optional],
    logLevel: "error",
    ...reproducible,
  });
  const [file] = result.outputFiles as [OutputFile];
  const { version, license } = JSON.parse(await readFile(require.resolve(`${name}/package.json`), "utf8"));
  return { name, code: file.contents, manifest: { name, version, license, type: "commonjs", main: "index.js" } };
}
