import { quoteInput } from "../identifiers.ts";
import type { Command } from "./config.ts";

export type CommandAnswer =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly message: string };

/** What only a shell would act on; a program would get it as a plain argument, which nobody means. */
const shellOnly = ["&&", "||", "&", "|", ";", ">", "<", "$", "*", "`", "\\"];
const shellBuiltins: Readonly<Record<string, string>> = {
  cd: "a folder does not last from one command to the next, and each starts at the root",
  export: "a variable does not last from one command to the next",
  source: "there is no shell to read it",
};

/**
 * Splits a command at spaces and quotes into an argument list. Quotes of both kinds keep their content as it is, without
 * escapes; what only a shell would act on is refused outside them.
 */
export function parseCommand(text: string): CommandAnswer {
  if (/\p{Cc}/u.test(text)) return refuse(text, "has a line break or a control character in it");
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (quote !== null) {
      if (character === quote) quote = null;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (character === " ") {
      if (word !== null) words.push(word);
      word = null;
    } else {
      const shell = shellOnly.find((sign) => text.startsWith(sign, index));
      if (shell) return refuse(text, `has ${shell} outside quotes; not a shell: put each command on its own line`);
      word = (word ?? "") + character;
    }
  }
  if (quote !== null) return refuse(text, `has a ${quote} that is never closed`);
  if (word !== null) words.push(word);
  return judgeWords(text, words);
}

function judgeWords(text: string, words: readonly string[]): CommandAnswer {
  const [program] = words;
  if (!program) return refuse(text, "names no program");
  if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(program)) {
    return refuse(text, "starts with a variable; not a shell: write env before it");
  }
  const builtin = Object.hasOwn(shellBuiltins, program) ? shellBuiltins[program] : undefined;
  if (builtin) return refuse(text, `is not a program but of a shell; ${builtin}`);
  return { ok: true, command: words };
}

const refuse = (text: string, why: string): CommandAnswer => ({ ok: false, message: `${quoteInput(text)} ${why}` });
