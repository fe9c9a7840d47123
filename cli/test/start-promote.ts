import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { checkPrinted } from "./check-documents.ts";

export const launcher = fileURLToPath(new URL("../bin/promote.js", import.meta.url));

export interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly kill: (signal: NodeJS.Signals) => void;
  /** So far, on stdout and on stderr. */
  readonly printed: () => string;
  readonly errors: () => string;
  readonly ended: Promise<Ran>;
}

/** Runs the real launcher as a process off a terminal; whatever it printed is held against the published schemas. */
export function startPromote(args: readonly string[], folder: string, env: NodeJS.ProcessEnv): Started {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => {
      try {
        checkPrinted(args, out, exit);
        resolve({ exit, out, err });
      } catch (error) {
        reject(error);
      }
    });
  });
  return { kill: (signal) => child.kill(signal), printed: () => out, errors: () => err, ended };
}
