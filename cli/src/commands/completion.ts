import { type ExitCode, exitCodes, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { completedVerbs } from "../completion/words.ts";
import { zshScript } from "../completion/zsh.ts";
import { completionDocument } from "../documents/completion.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

const isKnown = (shell: string | undefined): shell is keyof typeof scripts => Object.hasOwn(scripts, shell ?? "");

/** A script that completes in one of three shells; it holds the whole table, so that no key starts Node. */
export async function run(call: Call): Promise<ExitCode> {
  const [shell] = call.args.words;
  if (!isKnown(shell)) {
    throw new UserError({
      code: "usage",
      message: "promote completion takes bash, zsh or fish. Nothing was changed.",
      next: ["promote help completion"],
    });
  }
  const script = scripts[shell](completedVerbs());
  call.output.table([script.trimEnd()]);
  call.output.document(completionDocument(shell, script));
  return exitCodes.done;
}
