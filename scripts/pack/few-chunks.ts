import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

type Inputs = Metafile["inputs"];
type Files = ReadonlySet<string>;

/**
 * Keeps each group (what its files need, below the working folder, and no group before it does) in one chunk. esbuild splits
 * by which entries reach a file, and whatever is loaded lazily is an entry: dozens of chunks, each of which Node looks up,
 * reads and links. Entries that reach the same files leave them together, so one that needs some of a group is made to reach it all.
 */
export async function fewChunks(groups: readonly (readonly string[])[], options: BuildOptions): Promise<Plugin> {
  const folder = options.absWorkingDir ?? process.cwd();
  const { metafile } = await build({ ...options, write: false, metafile: true });
  const added = importsToAdd(metafile.inputs, groups);
  return {
    name: "few-chunks",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const files = [...added].find(([entry]) => join(folder, entry) === path)?.[1] ?? [];
        if (files.length === 0) return null;
        const imports = files.map((file) => `import ${JSON.stringify(join(folder, file))};`);
        return {
          contents: [readFileSync(path, "utf8"), ...imports].join("\n"),
          loader: "ts",
          resolveDir: dirname(path),
        };
      });
    },
  };
}

/** For each file that is loaded lazily. */
export function importsToAdd(
  inputs: Inputs,
  groups: readonly (readonly string[])[],
): ReadonlyMap<string, readonly string[]> {
  const own = ownFiles(inputs, groups);
  return new Map(
    lazilyLoaded(inputs).map((entry) => {
      const reached = reachedFrom(inputs, [entry]);
      const wanted = groups.filter((_, index) => !own[index]?.isDisjointFrom(reached));
      return [entry, wanted.flat().filter((file) => file !== entry)];
    }),
  );
}

function ownFiles(inputs: Inputs, groups: readonly (readonly string[])[]): readonly Files[] {
  let before: Files = new Set();
  return groups.map((files) => {
    const own = reachedFrom(inputs, files).difference(before);
    before = before.union(own);
    return own;
  });
}

function reachedFrom(inputs: Inputs, entries: readonly string[]): Files {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { path, kind, external } of inputs[file]?.imports ?? [])
      if (!external && kind !== "dynamic-import") visit(path);
  };
  entries.forEach(visit);
  return reached;
}

function lazilyLoaded(inputs: Inputs): readonly string[] {
  const all = Object.values(inputs).flatMap(({ imports }) => imports);
  const lazy = all.filter(({ kind, external }) => kind === "dynamic-import" && !external);
  return [...new Set(lazy.map(({ path }) => path))];
}
