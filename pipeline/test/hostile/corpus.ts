import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/release/canonical-json.ts";

const folder = join(import.meta.dirname, "corpus");

/** Inputs that once broke a parser, or that nobody would think of: tried again at each commit. */
export function corpusOf(parser: string): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  try {
    const names = readdirSync(join(folder, parser)).toSorted();
    return names.map((name) => ({ name, bytes: readFileSync(join(folder, parser, name)) }));
  } catch {
    return [];
  }
}

/** Answers where it is kept. */
export function keep(parser: string, bytes: Uint8Array): string {
  mkdirSync(join(folder, parser), { recursive: true });
  const file = join(folder, parser, `finding-${sha256(bytes).slice(7, 19)}`);
  writeFileSync(file, bytes);
  return file;
}
