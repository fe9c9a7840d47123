import { PortError, RefusalError, UnreadableObjectError, UserError } from "../../errors.ts";
import { BrokenChainError } from "../../ledger/chain.ts";

/** One answer of the doctor. `unknown` is never merged with `no`. */
export interface Finding {
  /** One word: what was looked at. */
  readonly about: string;
  readonly verdict: "ok" | "no" | "unknown";
  /** One line: what was seen, or what is wrong and where. */
  readonly text: string;
  /** What to do about it, most likely first: whole commands, or a sentence. */
  readonly next: readonly string[];
}

export const ok = (about: string, text: string): Finding => ({ about, verdict: "ok", text, next: [] });
export const no = (about: string, text: string, ...next: readonly string[]): Finding => ({
  about,
  verdict: "no",
  text,
  next,
});
export const unknown = (about: string, text: string, ...next: readonly string[]): Finding => ({
  about,
  verdict: "unknown",
  text,
  next,
});

/**
 * What an examination that could not be made says: what is stored and cannot be read is a no, and so is a place where
 * nothing can be written; a port that did not answer is neither. @throws whatever is no such error
 */
export async function examined(about: string, examine: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await examine();
  } catch (error) {
    if (error instanceof BrokenChainError) return [no(about, error.message, "promote history --verify")];
    if (error instanceof UserError) return [no(about, error.message, ...error.next)];
    if (error instanceof RefusalError)
      return [no(about, [error.message, ...error.evidence.slice(0, 1)].join(": "), ...error.next)];
    if (!(error instanceof PortError)) throw error;
    const code = codeOf(error);
    const remedy = remedies.find(({ codes }) => codes.includes(code));
    if (remedy) return [no(about, error.message, remedy.sentence)];
    if (error instanceof UnreadableObjectError) return [no(about, error.message, putBack(error.key))];
    return [unknown(about, error.message)];
  }
}

/** What no command can write anew. `instead`: what can be done without a copy. */
export const putBack = (key: string, instead?: string): string =>
  `put ${key} back from a copy${instead === undefined ? "" : `; without one, ${instead}`}`;

const remedies: readonly { readonly codes: readonly string[]; readonly sentence: string }[] = [
  { codes: ["ENOSPC", "EDQUOT", "EFBIG"], sentence: "make room on the disk, then the same command" },
  { codes: ["EACCES", "EPERM", "EROFS"], sentence: "let yourself read and write there, then the same command" },
  { codes: ["EIO", "ESTALE"], sentence: "the disk itself fails: copy what can be read to another one" },
];

/** Of the system error behind it; "": none. */
function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { readonly code?: unknown };
    if (typeof code === "string" && /^E[A-Z]+$/.test(code)) return code;
  }
  return "";
}
