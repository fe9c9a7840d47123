import type { RolloutCause } from "../../ports.ts";
import type { Fleet } from "./fleet.ts";

/** Starts that may fail in one rollout before it is given up. */
const failedStartsAllowed = 3;

type HealthAnswer =
  | { readonly status: "healthy" }
  | { readonly status: "failed"; readonly causes: readonly RolloutCause[] };
export interface HealthWait {
  readonly answer: Promise<HealthAnswer>;
  failed(cause: RolloutCause): void;
  changed(): void;
  /** Nobody asks any more: the answer never comes. */
  abandon(): void;
}

/** The circuit breaker: all healthy within the time, or failed after too many failed starts, or when the time is over. */
export function awaitHealth(startTimeoutSeconds: number, fleetOf: () => Fleet): HealthWait {
  const causes: RolloutCause[] = [];
  const { promise, resolve } = Promise.withResolvers<HealthAnswer>();
  const end = (answer: HealthAnswer) => {
    clearTimeout(limit);
    resolve(answer);
  };
  const limit = setTimeout(
    () => end({ status: "failed", causes: [...causes, ...fleetOf().complaints()] }),
    startTimeoutSeconds * 1_000,
  );
  return {
    answer: promise,
    failed: (cause) => {
      causes.push(cause);
      if (causes.length >= failedStartsAllowed) end({ status: "failed", causes });
    },
    changed: () => {
      if (fleetOf().isComplete) end({ status: "healthy" });
    },
    abandon: () => clearTimeout(limit),
  };
}
