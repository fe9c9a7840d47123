import { join } from "node:path";
import { build } from "esbuild";
import { vendored } from "./vendored.ts";

// Koa and others are CommonJS: bundled into a module they still ask for Node's own modules by require().
const requireForCommonJs = 'import { createRequire as $cr } from "node:module"; const require = $cr(import.meta.url);';

/** One file a service, with all its dependencies but the vendored ones. */
export async function bundleServices(app: string): Promise<void> {
  await build({
    absWorkingDir: app,
    entryPoints: { "api/server": join(app, "src/server.ts"), "worker/main": join(app, "src/worker.ts") },
    outdir: join(app, "dist"),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    external: [...vendored],
    banner: { js: requireForCommonJs },
    logLevel: "warning",
    ...reproducible,
  });
}

/**
 * Unminified output names each module by its path, which differs with the place of the checkout. Names stay readable
 * in errors.
 */
export const reproducible = { minify: true, keepNames: true, legalComments: "none", sourcemap: false } as const;
