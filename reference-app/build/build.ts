import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stop } from "esbuild";
import { bundleServices } from "./services.ts";
import { bundleVendored } from "./vendored.ts";
import { buildWeb } from "./web.ts";

/**
 * `node build/build.ts [--image]`: everything into dist/. With `--image` also the two packages that an image holds
 * beside it, into node_modules: for a checkout that is thrown away afterwards, as Slipway's is.
 */
const app = join(import.meta.dirname, "..");
const sha = process.env.SLIPWAY_SHA ?? "development";
const forImage = process.argv.includes("--image");
if (forImage && process.env.SLIPWAY_SHA === undefined) {
  throw new Error(
    "--image rewrites packages in node_modules: it is for Slipway's clean checkout (SLIPWAY_SHA is not set)",
  );
}

await rm(join(app, "dist"), { recursive: true, force: true });
await Promise.all([bundleServices(app), buildWeb(app, sha), ...(forImage ? [bundleVendored(app)] : [])]);
await stop();
