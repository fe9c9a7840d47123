import type { Document } from "../output.ts";

export interface HelpDocument extends Document {
  readonly kind: "help";
  /** Null: everything that there is a page about. */
  readonly about: string | null;
  readonly of: "all" | "verb" | "code";
  readonly text: string;
  readonly exit: 0;
}
export const helpDocument = (about: string | null, of: HelpDocument["of"], lines: readonly string[]): HelpDocument => ({
  kind: "help",
  version: 1,
  about,
  of,
  text: `${lines.join("\n")}\n`,
  exit: 0,
});
