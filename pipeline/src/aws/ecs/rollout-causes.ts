import type { Container, Task } from "@aws-sdk/client-ecs";
import type { RolloutCause } from "../../ports.ts";

/** Why a task of a rollout stopped, before its log is read. */
export interface StoppedTask {
  readonly task: Task;
  readonly kind: RolloutCause["kind"];
  readonly message: string;
}

/** ECS tells a hundred stopped tasks; people read the newest. */
const mostCauses = 20;

/** Pure: tasks that failed, oldest first. One that the scheduler stops because it needs no such task any more has not failed. */
export function stoppedOf(tasks: readonly Task[]): readonly StoppedTask[] {
  return tasks
    .filter(({ lastStatus }) => lastStatus === "STOPPED")
    .toSorted((one, other) => (one.stoppedAt?.getTime() ?? 0) - (other.stoppedAt?.getTime() ?? 0))
    .flatMap((task) => {
      const kind = kindOf(task);
      return kind === null ? [] : [{ task, kind, message: messageOf(task) }];
    })
    .slice(-mostCauses);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
function kindOf({ stopCode, stoppedReason = "", containers = [] }: Task): RolloutCause["kind"] | null {
  switch (stopCode) {
    case "TaskFailedToStart":
      return "never-started";
    case "EssentialContainerExited":
      return containers.some(({ exitCode }) => exitCode !== undefined) ? "exited" : "never-started";
    case "ServiceSchedulerInitiated":
      return /health check/i.test(stoppedReason) ? "unhealthy" : null;
    case "UserInitiated":
      return null;
    case undefined:
      return containers.every(({ exitCode }) => exitCode === undefined) ? "never-started" : "exited";
    // Spot, termination notices, hardware: the task was taken away.
    default:
      return "exited";
  }
}

function messageOf({ stoppedReason, stopCode, containers = [] }: Task): string {
  const ended = containers.flatMap(({ name, exitCode, reason }) => endOf({ name, exitCode, reason }));
  return [stoppedReason ?? stopCode, ...ended].filter(Boolean).join("; ") || "ECS gives no reason";
}

function endOf({ name, exitCode, reason }: Pick<Container, "name" | "exitCode" | "reason">): readonly string[] {
  const parts = [exitCode === undefined ? null : `exit code ${exitCode}`, reason].filter(Boolean);
  return parts.length === 0 ? [] : [`${name}: ${parts.join(", ")}`];
}
