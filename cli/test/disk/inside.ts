import { execFileSync } from "node:child_process";
import { createInterface } from "node:readline";
import { call } from "./disk-world.ts";

/*
 * Runs in mount and user namespaces of its own and answers one line for each line: a call of the command line, or a shell
 * command. What is mounted here is seen by nobody else, and goes away with the last process.
 */
export type Order = { readonly argv: readonly string[]; readonly folder: string } | { readonly shell: string };

async function obey(order: Order): Promise<{ readonly exit: number; readonly text: string }> {
  if ("argv" in order) return await call(order.folder, order.argv);
  try {
    return { exit: 0, text: execFileSync("sh", ["-c", order.shell], { encoding: "utf8", stdio: "pipe" }) };
  } catch (error) {
    return { exit: (error as { status?: number }).status ?? 1, text: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line) as Order))}\n`);
