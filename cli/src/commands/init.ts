import { lstatSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { configError, detectConfig, type ExitCode, exitCodes, parseConfig, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { initDocument } from "../documents/init.ts";
import { appFolder } from "../init/app-folder.ts";
import { findingLines } from "../init/finding-lines.ts";
import { configExists, writeFiles } from "../init/write-files.ts";
import { quoteArgument } from "../terminal/message.ts";
import { textColumns } from "../terminal/style.ts";
import { wrap } from "../terminal/wrap.ts";

const name = "slipway.yaml";
/** Where what was seen begins. */
const seenColumn = 23;

/** Looks at this repository and writes a slipway.yaml that loads; runs nothing of it. */
export async function run(call: Call): Promise<ExitCode> {
  checkFlags(call);
  const { output, shell } = call;
  const isPrint = call.args.switches.has("print");
  const local = await import("@slipway/pipeline/local");
  const repository = await local.openRepository(shell.folder, { variables: {}, redact: call.redactor.redact });
  const root = appFolder(repository.root, shell.folder);
  const exists = isThere(repository.root, shell.folder);
  if (exists && !isPrint) throw configExists();
  const sight = await local.lookAtRepository(root);
  if (sight.look.files.length === 0) throw nothingTracked();
  const detection = detectConfig(sight.look);
  const loads = parseConfig(detection.yaml, name);
  if (!loads.ok) throw new Error("what init proposes does not load", { cause: configError(loads.problems) });
  const commits = `${sight.commits} commit${sight.commits === 1 ? "" : "s"}`;
  output.say(`${detection.app}: git, ${commits}, ${exists ? "a" : "no"} ${name}`);
  const columns = textColumns(output.style);
  output.say(...findingLines(detection, output.style).flatMap((line) => wrap(line, columns, seenColumn)));
  if (isPrint) {
    output.table(detection.yaml.trimEnd().split("\n"));
    output.document(initDocument(detection, { written: null, ignored: false, next: [] }));
    return exitCodes.done;
  }
  const ignored = !sight.ignoresSlipway;
  writeFiles(root, detection.yaml, ignored);
  const lines = detection.yaml.trimEnd().split("\n").length;
  const shown = (file: string): string => relative(realpathSync(shell.folder), join(root, file)) || file;
  const written = new Set([name, ...(ignored ? [".gitignore"] : []), ...sight.uncommitted]);
  const added = [...written].map(shown).map(quoteArgument).join(" ");
  const next = [`git add ${added} && git commit -m "Add ${name}" && promote build`];
  const text = `Wrote ${shown(name)} (${lines} lines; it loads)${ignored ? " and added .slipway/ to .gitignore" : ""}.`;
  output.verdict({ verdict: null, text, next });
  output.document(initDocument(detection, { written: name, ignored, next }));
  return exitCodes.done;
}

const usage = (message: string, next: readonly string[]): UserError =>
  new UserError({ code: "usage", message: `${message}. Nothing was written.`, next });

function checkFlags({ args }: Call): void {
  if (args.switches.has("github"))
    throw usage("promote init --github comes with the workflows, in a later version", ["promote init"]);
  if (args.values.config !== undefined)
    throw usage(`init writes ${name} at the top of the repository, and takes no --config`, ["promote init"]);
}

/** At the top, where it would be written, or on the way there, where every other verb would find it first. */
function isThere(root: string, folder: string): boolean {
  for (let at = realpathSync(folder); at.startsWith(root); at = join(at, "..")) {
    if (lstatSync(join(at, name), { throwIfNoEntry: false })) return true;
    if (at === root) return false;
  }
  return lstatSync(join(root, name), { throwIfNoEntry: false }) !== undefined;
}

const nothingTracked = (): UserError =>
  usage("git tracks no file here, and init looks at what git tracks", ["git add --all"]);
