import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runnerPath } from "../batch-file.ts";

/** A file that `promote build` adds to an image. */
export interface RunnerFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The runner as one plain JavaScript file for Node 20 and newer: as it was packaged (`dist/runner/<engine>.mjs`), or, in
 * the checkout, bundled now. Equal sources give equal bytes.
 */
export async function loadRunnerBundle(engine: "knex" | "sql"): Promise<readonly RunnerFile[]> {
  const packaged = [`./runner/${engine}.mjs`, `./${engine}.mjs`, `../../runner/${engine}.mjs`]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((file) => existsSync(file));
  const bytes = packaged === undefined ? await bundleRunner(engine) : await readFile(packaged);
  return [{ path: runnerPath, bytes }];
}

/** Bundles from the sources; packaging calls it too. */
export async function bundleRunner(engine: "knex" | "sql"): Promise<Uint8Array> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./${engine}.ts`, import.meta.url))],
    // Paths in the output are relative to it: the same bytes wherever the checkout lies.
    absWorkingDir: dirname(fileURLToPath(import.meta.url)),
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["pg-native"],
    // pg is CommonJS and asks for Node's own modules with `require`.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    legalComments: "inline",
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild gave no file");
  return file.contents;
}
