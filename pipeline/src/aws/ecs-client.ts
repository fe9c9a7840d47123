import { ECSClient } from "@aws-sdk/client-ecs";
import type { ClientOptions } from "./client-options.ts";
import { recordServerTime } from "./server-time.ts";

export interface EcsClients {
  /** For what may be asked twice: it is, up to five times, and slower where ECS throttles. */
  readonly reading: ECSClient;
  /** For what takes no precondition (UpdateService, StopServiceDeployment): one attempt, which ends (protocol R11). */
  readonly changing: ECSClient;
}

const connectMilliseconds = 3_000;
const requestMilliseconds = 12_000;

/**
 * L of protocol §3 for a request of this process, which gives it up after the times above: so long may it still be under way (A2). Whoever takes
 * over from another process waits longer.
 */
export const longestRequestMilliseconds = 60_000;

export function createEcsClients(options: ClientOptions): EcsClients {
  const clients = {
    reading: new ECSClient({ ...options, ...attempts("adaptive", 5) }),
    changing: new ECSClient({ ...options, ...attempts("standard", 1) }),
  };
  recordServerTime(clients.reading);
  recordServerTime(clients.changing);
  return clients;
}

const attempts = (retryMode: "adaptive" | "standard", maxAttempts: number) => ({
  retryMode,
  maxAttempts,
  requestHandler: {
    connectionTimeout: connectMilliseconds,
    requestTimeout: requestMilliseconds,
    // Without it the time is only warned of (measured, protocol R11).
    throwOnRequestTimeout: true,
  },
});
