import { spawn } from "node:child_process";
import type { ServiceShape } from "../../release/manifest.ts";
import { http } from "../http.ts";
import { signalGroup } from "./process-group.ts";

export interface CheckSubject {
  readonly health: ServiceShape["health"];
  readonly port: number | null;
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly upSeconds: number;
}
/** Null when healthy, else why not. */
export type CheckAnswer = string | null;

const timeoutMilliseconds = 5_000;

/** Asks one instance once. */
export async function checkHealth(subject: CheckSubject): Promise<CheckAnswer> {
  const { health } = subject;
  switch (health.kind) {
    case "http":
      return subject.port === null ? "it has no port to ask" : askPath(subject.port, health.path);
    case "command":
      return runCommand(health.command, subject);
    case "uptime":
      return subject.upSeconds >= health.seconds
        ? null
        : `up ${Math.floor(subject.upSeconds)} s of ${health.seconds} s`;
  }
}

function askPath(port: number, path: string): Promise<CheckAnswer> {
  return new Promise((resolve) => {
    const asked = http.request(
      { host: "127.0.0.1", port, path, agent: false, signal: AbortSignal.timeout(timeoutMilliseconds) },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200 ? null : `GET ${path} answered ${answer.statusCode}`);
      },
    );
    asked.on("error", (error: NodeJS.ErrnoException) =>
      resolve(
        error.name === "AbortError" || error.name === "TimeoutError"
          ? `GET ${path} did not answer within ${timeoutMilliseconds / 1_000} s`
          : `GET ${path} failed: ${error.code ?? error.message}`,
      ),
    );
    asked.end();
  });
}

function runCommand(command: readonly string[], subject: CheckSubject): Promise<CheckAnswer> {
  const [program = "", ...rest] = command;
  return new Promise((resolve) => {
    const child = spawn(program, rest, {
      cwd: subject.folder,
      env: { ...subject.variables },
      detached: true,
      stdio: "ignore",
    });
    const limit = setTimeout(() => {
      if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
    }, timeoutMilliseconds);
    child.once("error", (error) => {
      clearTimeout(limit);
      resolve(`${program} did not start: ${error.message}`);
    });
    child.once("close", (code, signal) => {
      clearTimeout(limit);
      resolve(code === 0 ? null : `${command.join(" ")} ended with ${signal ?? `exit ${code}`}`);
    });
  });
}
