import type { HelpDocument } from "./schemas/help.ts";

export const helpDocument = (about: string | null, of: HelpDocument["of"], lines: readonly string[]): HelpDocument => ({
  kind: "help",
  version: 1,
  about,
  of,
  text: `${lines.join("\n")}\n`,
  exit: 0,
});
