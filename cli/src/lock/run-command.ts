import { spawn } from "node:child_process";
import { constants } from "node:os";
import { basename } from "node:path";
import type { ProcessGuard } from "@slipway/pipeline/local";
import type { Shell } from "../shell.ts";

export interface CommandOrder {
  /** Absolute. */
  readonly program: string;
  readonly args: readonly string[];
  /** stdout belongs to the one document of `--json`; what the command says goes to stderr then. */
  readonly keepsStdout: boolean;
  /** The lease is lost: it has to stop. */
  readonly signal: AbortSignal;
  /** Ends the command if this process is killed: nobody holds the lease then. */
  readonly guard: ProcessGuard;
}
export interface CommandResult {
  readonly exit: number;
  /** Null: it exited with 0. */
  readonly failed: string | null;
}

/** As a shell has it for a file that it found and could not run. */
const notStarted = 126;
/** After a lost lease a command that was asked to stop has this long to do so. */
const patienceMilliseconds = 10_000;

/** Runs a command with this terminal as its own; no shell. Interrupts are its own to answer. */
export function runCommand(shell: Shell, order: CommandOrder): Promise<CommandResult> {
  const child = spawn(order.program, order.args, {
    cwd: shell.folder,
    env: { ...shell.variables, ...order.guard.mark },
    stdio: ["inherit", order.keepsStdout ? 2 : "inherit", "inherit"],
    shell: false,
  });
  const endListening = shell.onInterrupt((signal) => {
    // A terminal gives Ctrl-C to the command as well; a second one would make most programs drop what they do.
    if (signal !== "SIGINT" || !hasTerminal(shell)) child.kill(signal);
  });
  const { pid } = child;
  if (pid !== undefined)
    void order.guard.watch({ pid, group: false, signals: ["SIGINT"], graceMilliseconds: patienceMilliseconds });
  const stop = (): void => {
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), patienceMilliseconds).unref();
  };
  order.signal.addEventListener("abort", stop, { once: true });
  if (order.signal.aborted) stop();
  return new Promise((resolve) => {
    const end = (): void => {
      endListening();
      if (pid !== undefined) order.guard.forget(pid);
      order.signal.removeEventListener("abort", stop);
    };
    child.once("error", (error) => {
      end();
      resolve({ exit: notStarted, failed: `${basename(order.program)} could not be started: ${error.message}` });
    });
    child.once("exit", (code, signal) => {
      end();
      resolve(resultOf(basename(order.program), code, signal));
    });
  });
}

const hasTerminal = (shell: Shell): boolean =>
  shell.isTerminal || ("isTTY" in shell.stdin && shell.stdin.isTTY === true);

/** A signal is told as shells tell it: 128 and its number. */
function resultOf(name: string, code: number | null, signal: NodeJS.Signals | null): CommandResult {
  if (signal !== null) return { exit: 128 + constants.signals[signal], failed: `${name} was ended by ${signal}` };
  return { exit: code ?? 1, failed: code === 0 ? null : `${name} exited ${code}` };
}
