import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly port?: number;
  readonly statement?: string;
}
export interface Service extends AsyncDisposable {
  readonly log: readonly LogLine[];
  /** The first line, past or to come, with this message (of this statement). */
  line(msg: string, statement?: string): Promise<LogLine>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  readonly exited: Promise<number | null>;
}

/** `server.ts` or `worker.ts` of src, or a built file by its whole path, as a process of its own. */
export function startService(file: string, environment: Readonly<Record<string, string>>): Service {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, "../src", file)], {
    env: { PATH: process.env.PATH ?? "", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const log: LogLine[] = [];
  const waiting: { readonly fits: (line: LogLine) => boolean; readonly found: (line: LogLine) => void }[] = [];
  const lines = createInterface({ input: child.stdout });
  // The last lines may arrive after the exit.
  const exited = Promise.all([once(child, "exit"), once(lines, "close")]).then(([[code]]) => code as number | null);
  lines.on("line", (text) => {
    const line = JSON.parse(text) as LogLine;
    log.push(line);
    for (const { found } of waiting.filter(({ fits }) => fits(line))) found(line);
  });
  return {
    log,
    line: (msg, statement) =>
      new Promise((found, reject) => {
        const fits = (line: LogLine) => line.msg === msg && (statement === undefined || line.statement === statement);
        const past = log.find(fits);
        if (past !== undefined) found(past);
        waiting.push({ fits, found });
        void exited.then((code) => reject(new Error(`${file} exited ${code} before "${msg}": ${JSON.stringify(log)}`)));
      }),
    kill: (signal) => void child.kill(signal),
    exited,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
