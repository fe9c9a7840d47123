import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { completedVerbs } from "./words.ts";
import { zshScript } from "./zsh.ts";

export type CompletedShell = "bash" | "zsh" | "fish";

/** What `promote completion <shell>` prints, by shell. */
export function completionScripts(): Readonly<Record<CompletedShell, string>> {
  const verbs = completedVerbs();
  return { bash: bashScript(verbs), zsh: zshScript(verbs), fish: fishScript(verbs) };
}
