import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The programs of a round, each as one file: to start them costs a quarter of what it costs from their sources. */
export interface Programs {
  readonly folder: string;
  readonly worker: string;
  readonly lastTakers: string;
  /** Of their processes; what the first of them has compiled is kept for the others. */
  readonly env: NodeJS.ProcessEnv;
}

export async function bundlePrograms(): Promise<Programs> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-lease-programs-"));
  const entryPoints = ["worker", "last-takers"].map(beside);
  const common = {
    bundle: true,
    platform: "node",
    format: "esm",
    minifyWhitespace: true,
    logLevel: "warning",
  } as const;
  await build({ ...common, entryPoints, outdir: folder, outExtension: { ".js": ".mjs" } });
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") };
  return { folder, worker: join(folder, "worker.mjs"), lastTakers: join(folder, "last-takers.mjs"), env };
}

const beside = (name: string): string => fileURLToPath(new URL(`${name}.ts`, import.meta.url));
