import { createInterface } from "node:readline/promises";
import type { Shell } from "../shell.ts";

/** One question with yes or no; Enter takes the answer that is meant. The end of input, and Ctrl-C, is a no. */
export async function ask(shell: Shell, question: string, enterMeansYes: boolean): Promise<boolean> {
  const answer = await askText(shell, question);
  if (answer === null) return false;
  const word = answer.trim().toLowerCase();
  return word === "" ? enterMeansYes : word === "y" || word === "yes";
}

/** Null: the input ended, or somebody interrupted it. */
async function askText(shell: Shell, question: string): Promise<string | null> {
  shell.stderr(question);
  const lines = createInterface({ input: shell.stdin });
  const end = shell.onInterrupt(() => lines.close());
  try {
    for await (const line of lines) return line;
    return null;
  } finally {
    end();
    lines.close();
  }
}
