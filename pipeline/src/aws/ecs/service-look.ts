import type { Task } from "@aws-sdk/client-ecs";
import { type Digest, isDigest } from "../../identifiers.ts";
import type { Revision, RolloutCause, ServiceLook, TaskHealth, TaskLook } from "../../ports.ts";
import type { DefinitionMeaning } from "./definition-meaning.ts";
import type { SeenService } from "./read-service.ts";
import type { Rollout } from "./rollout.ts";

export interface ServiceFacts {
  readonly seen: SeenService;
  readonly rollout: Rollout | null;
  /** By ARN of a definition; one that is missing is somebody else's. */
  readonly meanings: ReadonlyMap<string, DefinitionMeaning>;
  readonly causes: readonly RolloutCause[];
  /** Definition that infrastructure made the service with, where it says so. */
  readonly madeWith: string | null;
}

export const nothing: ServiceLook = { wanted: null, tasksWanted: 0, tasks: [], rollout: null };

/** Pure: one look at a service, made of everything that ECS told. */
export function serviceLookOf(facts: ServiceFacts): ServiceLook {
  const { service } = facts.seen;
  const tasks = facts.seen.tasks.filter(({ lastStatus }) => lastStatus !== "STOPPED");
  const wanted = service.status === "ACTIVE" ? wantedOf(facts, tasks) : null;
  const rollout = wanted === null && tasks.length === 0 && !isOurs(facts) ? null : facts.rollout;
  return {
    wanted,
    tasksWanted: service.desiredCount ?? 0,
    tasks: tasks.map((task) => taskLookOf(task, facts)),
    rollout: rollout && {
      id: rollout.id,
      phase: rollout.phase,
      revision: rolloutRevisionOf(rollout, facts),
      causes: facts.causes,
      requestsServed: null,
      ...(rollout.because === "" ? {} : { because: rollout.because }),
    },
  };
}

const isOurs = ({ rollout, meanings }: ServiceFacts): boolean => meanings.has(rollout?.taskDefinition ?? "");

/**
 * Somebody else's definition of which nothing runs and nothing shall is what infrastructure made the service with. Tasks of ours may be listed
 * before the service is seen to have changed: they are none of its.
 */
function wantedOf(
  { seen: { service }, meanings, madeWith }: ServiceFacts,
  tasks: readonly Task[],
): ServiceLook["wanted"] {
  const meaning = meanings.get(service.taskDefinition ?? "");
  if (meaning !== undefined) return meaning.revision;
  if (madeWith !== null && service.taskDefinition === madeWith) return null;
  const runs = tasks.some(({ taskDefinitionArn }) => taskDefinitionArn === service.taskDefinition);
  return (service.desiredCount ?? 0) === 0 && !runs ? null : "unknown-revision";
}

/** The service revision tells which bytes it resolved the image to: others than the definition names are no revision of ours (aws.md A2 #14). */
function rolloutRevisionOf(
  { taskDefinition }: Rollout,
  { seen, meanings }: ServiceFacts,
): Revision | "unknown-revision" {
  const meaning = meanings.get(taskDefinition ?? "");
  if (!meaning?.revision) return "unknown-revision";
  const target = seen.revisions.get(seen.newest?.targetServiceRevision?.arn ?? "");
  if (target?.taskDefinition !== taskDefinition) return meaning.revision;
  const resolved = target?.containerImages?.find(
    ({ containerName }) => containerName === meaning.container,
  )?.imageDigest;
  return resolved === undefined || resolved === meaning.revision.image ? meaning.revision : "unknown-revision";
}

function taskLookOf(task: Task, facts: ServiceFacts): TaskLook {
  const meaning = facts.meanings.get(task.taskDefinitionArn ?? "");
  const container = task.containers?.find(({ name }) => meaning === undefined || name === meaning.container);
  return {
    id: task.taskArn?.slice(task.taskArn.lastIndexOf("/") + 1) ?? "",
    image: digestOf(container?.imageDigest),
    revision: meaning?.revision ?? "unknown-revision",
    health: healthOf(task, facts),
  };
}

const digestOf = (text: string | undefined): Digest | null => (text !== undefined && isDigest(text) ? text : null);

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
const ending: ReadonlySet<string> = new Set(["DEACTIVATING", "STOPPING", "DEPROVISIONING"]);

/**
 * A container without a health check is UNKNOWN for ever. The load balancer asks it, and ECS neither shifts traffic nor ends the rollout before that
 * says yes: until then a task of it is starting.
 */
function healthOf(task: Task, { rollout }: ServiceFacts): TaskHealth {
  if (task.desiredStatus === "STOPPED" || ending.has(task.lastStatus ?? "")) return "draining";
  if (task.lastStatus !== "RUNNING") return "starting";
  if (task.healthStatus === "HEALTHY") return "healthy";
  if (task.healthStatus === "UNHEALTHY") return "unhealthy";
  if (rollout === null || task.startedBy !== rollout.deployment) return "healthy";
  return settled.has(rollout.phase) || (rollout.phase === "rolling" && rollout.isScaledUp) ? "healthy" : "starting";
}
const settled: ReadonlySet<string> = new Set(["healthy", "drained", "went-back"]);
