import type { Deployment, Service, ServiceDeployment, ServiceDeploymentStatus } from "@aws-sdk/client-ecs";
import type { RolloutPhase } from "../../ports.ts";

/** What ECS says of the newest rollout of a service, from whichever of its two lists knows more. */
export interface Rollout {
  /** `ecs-svc/…` of the deployment, or the last part of the service deployment's ARN. */
  readonly id: string;
  readonly phase: RolloutPhase;
  readonly taskDefinition: string | null;
  /** All its tasks are up, by the word of the load balancer where there is one; traffic is being shifted to them, or watched. */
  readonly isScaledUp: boolean;
  /** Of the tasks that it starts: their `startedBy`; null when it is not known. */
  readonly deployment: string | null;
  /** Milliseconds since 1970 by ECS's clock. */
  readonly createdAt: number;
  /** In ECS's words; empty: it gives none. */
  readonly because: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html: there is no FAILED. */
const phases: Readonly<Record<ServiceDeploymentStatus, RolloutPhase>> = {
  PENDING: "pending",
  IN_PROGRESS: "rolling",
  SUCCESSFUL: "drained",
  STOP_REQUESTED: "stopping",
  STOPPED: "stopped",
  ROLLBACK_REQUESTED: "going-back",
  ROLLBACK_IN_PROGRESS: "going-back",
  ROLLBACK_SUCCESSFUL: "went-back",
  ROLLBACK_FAILED: "stuck-going-back",
};

/**
 * The newest rollout. A service's own list of deployments is told at once, the list of service deployments may lag (aws.md A2 #16), and is empty
 * for services of other controllers: a primary deployment that no service deployment leads to, or back to, is a rollout of its own.
 */
export function rolloutOf(
  service: Service,
  newest: ServiceDeployment | null,
  definitionOf: (serviceRevision: string) => string | null,
): Rollout | null {
  const primary = service.deployments?.find(({ status }) => status === "PRIMARY") ?? null;
  const isNewest = newest !== null && (primary === null || leadsTo(newest, primary, definitionOf));
  if (!isNewest) return primary && withEvent(ofPrimary(primary), service);
  const target = newest.targetServiceRevision?.arn;
  const rollout = ofServiceDeployment(newest, target === undefined ? null : definitionOf(target));
  return withEvent(isReplaced(rollout, primary) ? { ...rollout, phase: "rolling" } : rollout, service);
}

/** One that another deployment took the place of is stopped too, and perhaps before that other one is seen: it has failed if the service says so. */
const isReplaced = ({ phase }: Rollout, primary: Deployment | null): boolean =>
  (phase === "stopped" || phase === "stopping") && primary !== null && primary.rolloutState !== "FAILED";

/** Where nothing is said of the whole, the newest event that speaks of trouble: that there is no room is told nowhere else. */
function withEvent(rollout: Rollout, { events = [] }: Service): Rollout {
  if (rollout.because !== "" || !underWay.has(rollout.phase)) return rollout;
  const since = events.filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= rollout.createdAt);
  const told = since.toSorted((one, other) => (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0));
  const message = told.find(({ message = "" }) => /unable|fail/i.test(message))?.message;
  return message === undefined ? rollout : { ...rollout, because: message };
}
const underWay: ReadonlySet<RolloutPhase> = new Set(["pending", "rolling"]);

/** The number after `ecs-svc/` is that of the service revision (aws.md A2 #11). */
const numberOf = (text: string | undefined): string | undefined => text?.slice(text.lastIndexOf("/") + 1);

function leadsTo(
  newest: ServiceDeployment,
  primary: Deployment,
  definitionOf: (serviceRevision: string) => string | null,
): boolean {
  const number = numberOf(primary.id);
  if (numberOf(newest.targetServiceRevision?.arn) === number) return true;
  if ((newest.createdAt?.getTime() ?? 0) > (primary.createdAt?.getTime() ?? 0)) return true;
  const goesBack = newest.status?.startsWith("ROLLBACK_") || newest.status?.startsWith("STOP");
  return Boolean(goesBack) && backOf(newest).some((arn) => definitionOf(arn) === primary.taskDefinition);
}

/** Service revisions that it leads back to when it fails. */
export const backOf = ({ rollback, sourceServiceRevisions = [] }: ServiceDeployment): readonly string[] =>
  [rollback?.serviceRevisionArn, ...sourceServiceRevisions.map(({ arn }) => arn)].filter((arn) => arn !== undefined);

function ofServiceDeployment(newest: ServiceDeployment, taskDefinition: string | null): Rollout {
  const phase = newest.status === undefined ? "pending" : phases[newest.status];
  const number = numberOf(newest.targetServiceRevision?.arn);
  return {
    id: numberOf(newest.serviceDeploymentArn) ?? "",
    // The new tasks serve, and the old ones are being stopped.
    phase: phase === "rolling" && newest.lifecycleStage === "CLEAN_UP" ? "healthy" : (phase ?? "pending"),
    taskDefinition,
    isScaledUp: newest.lifecycleStage !== undefined && !beforeTasksAreUp.has(newest.lifecycleStage),
    deployment: number === undefined ? null : `ecs-svc/${number}`,
    createdAt: newest.createdAt?.getTime() ?? 0,
    because: [newest.rollback?.reason, alarmsOf(newest), newest.statusReason].filter(Boolean).join("; "),
  };
}

const beforeTasksAreUp: ReadonlySet<string> = new Set(["RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP"]);

function alarmsOf({ alarms }: ServiceDeployment): string | null {
  if (alarms?.status !== "TRIGGERED") return null;
  const names = alarms.triggeredAlarmNames ?? [];
  return names.length === 0
    ? "an alarm went off"
    : `alarm${names.length === 1 ? "" : "s"} ${names.join(", ")} went off`;
}

function ofPrimary(primary: Deployment): Rollout {
  return {
    id: primary.id ?? "",
    phase: primary.rolloutState === "COMPLETED" ? "drained" : primary.rolloutState === "FAILED" ? "stopped" : "rolling",
    taskDefinition: primary.taskDefinition ?? null,
    isScaledUp: false,
    deployment: primary.id ?? null,
    createdAt: primary.createdAt?.getTime() ?? 0,
    because: primary.rolloutState === "FAILED" ? (primary.rolloutStateReason ?? "") : "",
  };
}
