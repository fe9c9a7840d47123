import type { Metafile } from "esbuild";
import { expect, test } from "vitest";
import { importsToAdd } from "./few-chunks.ts";

const imports = (files: readonly string[], lazy: readonly string[] = []): Metafile["inputs"][string] => ({
  bytes: 0,
  imports: [
    ...files.map((path) => ({ path, kind: "import-statement" as const })),
    ...lazy.map((path) => ({ path, kind: "dynamic-import" as const })),
    { path: "node:fs", kind: "import-statement", external: true },
  ],
});
const inputs: Metafile["inputs"] = {
  "main.ts": imports(["front.ts"]),
  "front.ts": imports(["words.ts"], ["status.ts", "plan.ts", "annotate.ts", "alone.ts"]),
  "words.ts": imports([]),
  "status.ts": imports(["words.ts", "store.ts"]),
  "plan.ts": imports(["store.ts"], ["rare.ts"]),
  "store.ts": imports(["bytes.ts"]),
  "bytes.ts": imports(["store.ts"]),
  "annotate.ts": imports(["words.ts"]),
  "rare.ts": imports(["bytes.ts"]),
  "alone.ts": imports([]),
};

test("what is loaded lazily and needs some of a group reaches all of it, and no group that it does not need", () => {
  expect(Object.fromEntries(importsToAdd(inputs, [["front.ts"], ["status.ts"]]))).toEqual({
    "status.ts": ["front.ts"],
    "plan.ts": ["status.ts"],
    "rare.ts": ["status.ts"],
    "annotate.ts": ["front.ts"],
    "alone.ts": [],
  });
});
