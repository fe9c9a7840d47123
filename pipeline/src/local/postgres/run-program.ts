import { spawn } from "node:child_process";
import type { Account } from "./account.ts";

/** Nothing of our environment reaches Postgres: PG* variables change it. macOS refuses to start it without a locale. */
export const postgresEnvironment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" } as const;

/**
 * Runs initdb, or Postgres in single-user mode, to its end. What is secret goes through `input`, never through arguments.
 *
 * @throws Error with the end of what it wrote, when it exits otherwise than with 0
 */
export async function runProgram(
  program: string,
  argv: readonly string[],
  options: { readonly account: Account | null; readonly cwd: string; readonly input?: string },
): Promise<void> {
  const child = spawn(program, argv, {
    cwd: options.cwd,
    env: postgresEnvironment,
    stdio: ["pipe", "pipe", "pipe"],
    ...options.account,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4_000);
    });
  }
  child.stdin.on("error", () => undefined); // it ended before it read all: its exit code tells
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`${program} exited ${code}: ${output.trim()}`);
}
