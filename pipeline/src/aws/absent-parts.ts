import { PortError } from "../errors.ts";
import type { EnvironmentName } from "../identifiers.ts";
import type { TaskRunner, WebHost } from "../ports.ts";

const pollMilliseconds = 5_000;

/** Of an environment whose target has no place for tasks: none was ever started, and none can be. */
export function noTasks(environment: EnvironmentName): TaskRunner {
  const refuse = async (): Promise<never> => {
    throw new PortError("tasks.start", "none", `the target of ${environment} has no tasks`);
  };
  return {
    start: refuse,
    inspect: async () => null,
    log: async () => ({ lines: [], complete: true }),
    stop: async () => undefined,
    pollMilliseconds,
  };
}

/** Of an environment whose target has no pages: none are live, and none can be. */
export function noWeb(environment: EnvironmentName): WebHost {
  const refuse = async (): Promise<never> => {
    throw new PortError("web", "none", `the target of ${environment} has no web`);
  };
  return {
    readLive: async () => ({ web: null, epoch: 0, etag: "" }),
    missing: async (files) => ({ missing: files.map(({ path }) => path), clashing: [] }),
    addAssets: refuse,
    raiseFence: async () => "raised",
    switchTo: refuse,
    invalidate: refuse,
    isInvalidated: async () => true,
    pollMilliseconds,
  };
}
