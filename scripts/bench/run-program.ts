import { spawn } from "node:child_process";

export interface ProgramRun {
  readonly exit: number | null;
  readonly stdout: string;
  /** The last of it, for a message. */
  readonly stderr: string;
}
export interface ProgramOptions {
  readonly folder?: string;
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs a program without a shell to its end. @throws when it cannot be started, or the signal ends it */
export function runProgram(
  program: string,
  args: readonly string[],
  { folder, input, signal }: ProgramOptions = {},
): Promise<ProgramRun> {
  const child = spawn(program, args, {
    stdio: "pipe",
    ...(folder ? { cwd: folder } : {}),
    ...(signal ? { signal } : {}),
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  // A program that ends before it has read everything is judged by its exit code.
  child.stdin.on("error", () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => resolve({ exit, stdout: output.stdout, stderr: output.stderr.slice(-2_000) }));
  });
}
