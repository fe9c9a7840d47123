import { type ExitCode, exitCodes, nearestWord, quoteInput, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { helpDocument } from "../documents/help.ts";
import { codePages, verbPages } from "../help/pages.ts";
import { codeLines, overviewLines, verbLines, verbNamed } from "../help/show-page.ts";

/** A page about a verb or a reason code, offline. */
export async function run(call: Call): Promise<ExitCode> {
  const [word] = call.args.words;
  const document = documentFor(word ?? null, call.output.style.columns());
  call.output.table([document.text.trimEnd()]);
  call.output.document(document);
  return exitCodes.done;
}

function documentFor(word: string | null, columns: number) {
  if (word === null) return helpDocument(null, "all", overviewLines(columns));
  const verb = verbNamed(word);
  const page = Object.hasOwn(verbPages, word) ? verbPages[word] : undefined;
  if (verb && page) return helpDocument(word, "verb", verbLines(verb, page, columns));
  const code = Object.hasOwn(codePages, word) ? codePages[word] : undefined;
  if (code) return helpDocument(word, "code", codeLines(word, code, columns));
  const near = nearestWord(word, [...Object.keys(verbPages), ...Object.keys(codePages)]);
  throw new UserError({
    code: "usage",
    message: `${quoteInput(word)} is neither a verb nor a code. Nothing was changed.`,
    next: [near ? `promote help ${near}` : "promote help"],
  });
}
