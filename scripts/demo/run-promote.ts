import { type ChildProcess, spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { checkPrinted } from "../../cli/test/check-documents.ts";
import { bundleCli } from "../pack/bundle-cli.ts";

export interface Answer {
  readonly exit: number | null;
  /** The one JSON document of `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: what the tool prints is asserted field by field by the acts
  readonly document: any;
  readonly stderr: string;
  readonly seconds: number;
}

const checkout = join(import.meta.dirname, "../..");
/** Inside the checkout, where the Postgres binaries are found. */
const packaged = join(checkout, ".slipway/demo/cli");
const launcher = join(packaged, "bin/promote.js");

/** The command line as customers get it: bundled, beside its launcher. */
export async function packageCli(): Promise<void> {
  await cp(join(checkout, "cli/bin"), join(packaged, "bin"), { recursive: true });
  await cp(join(checkout, "cli/package.json"), join(packaged, "package.json"));
  await bundleCli(join(packaged, "dist"));
}

/** The command line as a person's shell runs it: a process of its own. Whoever reads what it prints gives each line to `checkLine`. */
export function startPromote(folder: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [launcher, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
}

export async function runPromote(folder: string, args: readonly string[]): Promise<Answer> {
  const started = performance.now();
  const child = startPromote(folder, [...args, "--json"]);
  const [stdout, stderr, exit] = await Promise.all([textOf(child.stdout), textOf(child.stderr), exitOf(child)]);
  checkPrinted([...args, "--json"], stdout, exit);
  return { exit, document: parse(stdout), stderr, seconds: (performance.now() - started) / 1000 };
}

export const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += chunk;
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { notJson: text.slice(0, 500) };
  }
}
