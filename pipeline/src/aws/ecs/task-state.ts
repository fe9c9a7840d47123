import type { Task } from "@aws-sdk/client-ecs";
import type { TaskState } from "../../ports.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
const notYet: ReadonlySet<string> = new Set(["PROVISIONING", "PENDING", "ACTIVATING"]);

/** Every essential container counts; one without an exit code never started (aws.md A2 #7). */
export function taskStateOf(task: Task, isEssential: (container: string) => boolean): TaskState {
  const status = task.lastStatus ?? "PENDING";
  if (status !== "STOPPED") return { status: notYet.has(status) ? "pending" : "running" };
  const containers = (task.containers ?? []).filter(({ name }) => isEssential(name ?? ""));
  return {
    status: "stopped",
    because: becauseOf(task),
    containers: containers.map(({ name = "", exitCode }) => ({ name, exitCode: exitCode ?? null })),
  };
}

/** The stop code first, since that is what people look up; then what ECS and each container say. */
function becauseOf(task: Task): string {
  const reasons = (task.containers ?? []).flatMap(({ name, reason }) => (reason ? [`${name}: ${reason}`] : []));
  const parts = [task.stopCode, task.stoppedReason, ...reasons].filter((part) => part !== undefined && part !== "");
  return parts.join("; ") || "ECS gives no reason";
}
