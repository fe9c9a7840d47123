import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** How programs spell a secret. The program that leaks (leaking-app.ts) has its own code for each. */
export const forms = [
  "raw",
  "base64",
  "basic-auth",
  "base64url",
  "hex",
  "url",
  "json",
  "reversed",
  "address",
  "path",
  "two-writes",
  "two-lines",
] as const;
export type Form = (typeof forms)[number];
/** Those of one line and one write. */
export const plainForms = forms.filter((form) => !form.startsWith("two-"));

/** A secret that nobody else has, with characters that every encoding changes. */
export class Canary {
  readonly name: string;
  readonly value: string;

  constructor(name: string) {
    this.name = name;
    this.value = `${word(9)}"${word(9)}/${word(9)}+&${word(9)}`;
  }

  /**
   * What must be nowhere: every run of ten characters of it or of one of its encodings, written without our redactor's code.
   * Ten, because pieces of a broken secret are told from eight on, and what an encoding shares with its neighbours is two.
   */
  needles(): readonly string[] {
    const { value } = this;
    const bytes = Buffer.from(value);
    const encodings = [
      value,
      [...value].toReversed().join(""),
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      bytes.toString("hex"),
      ...["", "x", "xx"].map((before) =>
        Buffer.from(before + value)
          .toString("base64url")
          .slice(4, -4),
      ),
      ...["", "x", "xx"].map((before) =>
        Buffer.from(before + value)
          .toString("base64")
          .slice(4, -4),
      ),
    ];
    return [...new Set(encodings.flatMap(runsOfTen))];
  }
}

const word = (length: number): string =>
  randomBytes(length).toString("base64url").replaceAll(/[-_]/g, "k").slice(0, length);
const runsOfTen = (text: string): readonly string[] =>
  Array.from({ length: text.length - 9 }, (_, at) => text.slice(at, at + 10));

export interface Leak {
  readonly canary: string;
  readonly file: string;
  readonly piece: string;
}

/** Everything below the folders that holds a piece of a canary. It is the system's own search that looks. */
export function findLeaks(canaries: readonly Canary[], folders: readonly string[], scratch: string): readonly Leak[] {
  const owner = new Map(canaries.flatMap((canary) => canary.needles().map((needle) => [needle, canary.name] as const)));
  const list = join(scratch, "needles");
  writeFileSync(list, `${[...owner.keys()].join("\n")}\n`);
  const found = search(["-r", "-a", "-o", "-H", "--null", "-F", "-f", list, ...folders]);
  return found
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [file = "", piece = ""] = line.split("\0");
      return { canary: owner.get(piece) ?? "?", file, piece };
    });
}

/** 1 says that nothing was found; files may vanish under it (2). */
function search(args: readonly string[]): string {
  try {
    return execFileSync("grep", args, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    const { status, stdout } = error as { readonly status?: number; readonly stdout?: string };
    if (status === 1 || status === 2) return stdout ?? "";
    throw error;
  }
}
