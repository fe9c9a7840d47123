import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { CommandResult } from "../release/build-ports.ts";
import type { ProcessGuard } from "./guard/guard.ts";

export interface CommandOrder {
  /** Program and arguments; never seen by a shell. */
  readonly command: readonly string[];
  readonly folder: string;
  /** The whole environment of the process. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Lines of stdout and stderr as they come, redacted, each at most 8 KiB. */
  readonly onLine: (line: string) => void;
  readonly redact: (text: string) => string;
  readonly signal?: AbortSignal | undefined;
  /** Ends the command also when this process is killed outright. */
  readonly guard?: ProcessGuard | undefined;
}

/** How long a group that was told to end may take before it is killed. */
const patienceMilliseconds = 5_000;
/** How long output may go on after the process ended: a daemon that it left may hold the pipe for ever. */
const lingerMilliseconds = 1_000;
const longestLine = 8 * 1024;
/** Of a longer line so much more is read as any secret has: one that begins in what is shown is whole then. */
const longestRead = longestLine + 64 * 1024;

/** Runs one command in a process group of its own and leaves nothing of the group behind. */
export function runCommand(order: CommandOrder): Promise<CommandResult> {
  const [program = "", ...args] = order.command;
  const child = spawn(program, args, {
    cwd: order.folder,
    env: { ...order.variables, ...order.guard?.mark },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    shell: false,
  });
  if (child.pid !== undefined) void order.guard?.watch({ pid: child.pid, group: true, signals: ["SIGTERM"] });
  const killGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch (error) {
      // Nobody is left, or (macOS) only those who have ended already.
      if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  };
  // Cut last: half a secret is not known as one.
  const emit = (line: string): void => order.onLine(order.redact(line).slice(0, longestLine));
  const flushes = [readLines(child.stdout, emit), readLines(child.stderr, emit)];

  return new Promise((resolve) => {
    let killTimer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      killGroup("SIGTERM");
      killTimer = setTimeout(() => killGroup("SIGKILL"), patienceMilliseconds);
    };
    const finish = (result: CommandResult): void => {
      clearTimeout(killTimer);
      order.signal?.removeEventListener("abort", stop);
      killGroup("SIGKILL");
      if (child.pid !== undefined) order.guard?.forget(child.pid);
      for (const flush of flushes) flush();
      resolve(result);
    };
    if (order.signal?.aborted === true) stop();
    order.signal?.addEventListener("abort", stop, { once: true });
    child.once("error", (error: NodeJS.ErrnoException) => {
      const because = error.code === "ENOENT" ? `${program} is not there` : error.message;
      finish({ exitCode: null, because });
    });
    child.once("exit", (exitCode, signal) => {
      const result = { exitCode, because: wordsFor(exitCode, signal) };
      const linger = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, lingerMilliseconds);
      child.once("close", () => {
        clearTimeout(linger);
        finish(result);
      });
    });
  });
}

function wordsFor(exitCode: number | null, signal: NodeJS.Signals | null): string | null {
  if (signal !== null) return `was ended by ${signal}`;
  return exitCode === 0 ? null : `exited ${exitCode}`;
}

/**
 * Hands over whole lines, at most `longestRead` of each: what follows up to its end is left out. What is returned hands
 * over the last one, if it has no line end.
 */
function readLines(stream: Readable, onLine: (line: string) => void): () => void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const [more = "", ...begun] = decoder.write(chunk).split("\n");
    if (rest.length < longestRead) rest = (rest + more).slice(0, longestRead);
    for (const line of begun) {
      onLine(rest.replace(/\r$/, ""));
      rest = line.slice(0, longestRead);
    }
  });
  return () => {
    rest += decoder.end();
    if (rest !== "") onLine(rest.replace(/\r$/, ""));
    rest = "";
  };
}
