import { type ExitCode, exitCodes, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { type CompletedShell, completionScripts } from "../completion/scripts.ts";
import { completionDocument } from "../documents/completion.ts";

/** A script that completes in one of three shells; it holds the whole table, so that no key starts Node. */
export async function run(call: Call): Promise<ExitCode> {
  const scripts = completionScripts();
  const [shell] = call.args.words;
  const isKnown = (word: string | undefined): word is CompletedShell => Object.hasOwn(scripts, word ?? "");
  if (!isKnown(shell)) {
    throw new UserError({
      code: "usage",
      message: "promote completion takes bash, zsh or fish. Nothing was changed.",
      next: ["promote help completion"],
    });
  }
  const script = scripts[shell];
  call.output.table([script.trimEnd()]);
  call.output.document(completionDocument(shell, script));
  return exitCodes.done;
}
