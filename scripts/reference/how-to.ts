import { readdirSync, readFileSync } from "node:fs";
import type { HowTo } from "../../cli/src/help/reference.ts";

const folder = new URL("../../docs/how-to/", import.meta.url);

/** The page of docs/how-to that names this code in its first lines (`Codes: ...`); null: none does. */
export function howToOf(code: string): HowTo | null {
  return pages.find(({ codes }) => codes.includes(code)) ?? null;
}

const pages: readonly (HowTo & { readonly codes: readonly string[] })[] = readdirSync(folder)
  .filter((file) => file.endsWith(".md"))
  .toSorted()
  .map((file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const line = /^Codes: (.*)$/m.exec(text)?.[1] ?? "";
    return {
      file,
      title: /^# (.*)$/m.exec(text)?.[1] ?? file,
      codes: [...line.matchAll(/\[([a-z-]+)\]/g)].flatMap(([, code]) => code ?? []),
    };
  });
