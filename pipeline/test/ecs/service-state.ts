import type {
  Deployment,
  Service,
  ServiceDeployment,
  ServiceDeploymentStatus,
  ServiceRevision,
  Task,
} from "@aws-sdk/client-ecs";

export const clusterArn = "arn:aws:ecs:eu-central-1:111122223333:cluster/prod";
export const arnOf = (resource: string): string => `arn:aws:ecs:eu-central-1:111122223333:${resource}`;

/** What tasks of one image do. */
export type Behaviour =
  /** Healthy so many seconds after it runs. */
  | { readonly does: "runs"; readonly readySeconds?: number }
  /** Before any container started: TaskFailedToStart. */
  | { readonly does: "never-starts"; readonly reason: string }
  | { readonly does: "exits"; readonly exitCode: number }
  | { readonly does: "fails-health-checks"; readonly reason: string }
  /** Starts, and is never called healthy, nor ended. */
  | { readonly does: "hangs" };

/** How ECS was told to deal with deployments of a service (API_DeploymentConfiguration). */
export interface ServiceSettings {
  readonly desiredCount: number;
  readonly breaker: "rolls-back" | "stops" | "off";
  /** Failed tasks after which a deployment fails: 3 at least (deployment-circuit-breaker.html). */
  readonly threshold: number;
  readonly drainSeconds: number;
  /** Says SUCCESSFUL when the old tasks begin to drain (aws.md A2 #13). */
  readonly earlySuccess: boolean;
  /** A way back that ECS cannot finish. */
  readonly rollbackFails: boolean;
  /** Seconds that a lifecycle hook holds each deployment before any task starts; null: there is none. */
  readonly hookSeconds: number | null;
  /** Seconds for which ECS watches a deployment once all its tasks are healthy, before it ends it. */
  readonly bakeSeconds: number;
  /** Room for so many tasks; further ones are not placed, and an event says so. */
  readonly room: number;
}
export const usualSettings: ServiceSettings = {
  desiredCount: 2,
  breaker: "rolls-back",
  threshold: 3,
  drainSeconds: 10,
  earlySuccess: false,
  rollbackFails: false,
  hookSeconds: null,
  bakeSeconds: 0,
  room: Number.POSITIVE_INFINITY,
};

/** One deployment, with what both lists of ECS tell of it. */
export interface DeploymentState {
  /** Of the service revision: `ecs-svc/<number>`, and the end of the revision's ARN. */
  readonly number: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  status: ServiceDeploymentStatus;
  stage: ServiceDeployment["lifecycleStage"];
  reason: string;
  alarms: readonly string[];
  failedTasks: number;
  /** The revision that was completed before, to which it goes back; null: there is none. */
  readonly source: string | null;
  /** When all its tasks were healthy. */
  readyAt: number | null;
  finishedAt: number | null;
}

export interface ServiceState {
  readonly name: string;
  settings: ServiceSettings;
  desiredCount: number;
  /** Number of the deployment that is PRIMARY. */
  primary: string;
  /** Newest last. The first is what infrastructure made the service with. */
  readonly deployments: DeploymentState[];
  readonly tasks: Task[];
  readonly events: { readonly message: string; readonly createdAt: Date }[];
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
}

const deploymentOf = (service: ServiceState, number: string): DeploymentState => {
  const found = service.deployments.find((one) => one.number === number);
  if (!found) throw new Error(`no deployment ${number} of ${service.name}`);
  return found;
};
export const primaryOf = (service: ServiceState): DeploymentState => deploymentOf(service, service.primary);
export const newestOf = (service: ServiceState): DeploymentState => {
  const newest = service.deployments.at(-1);
  if (!newest) throw new Error(`${service.name} has no deployment`);
  return newest;
};
export const isLive = ({ lastStatus }: Task): boolean => lastStatus !== "STOPPED";

const revisionArn = ({ name }: ServiceState, number: string): string =>
  arnOf(`service-revision/prod/${name}/${number}`);

/** API_Service. */
export function serviceAnswer(service: ServiceState): Service {
  const primary = primaryOf(service);
  const live = service.tasks.filter(isLive);
  const others = service.deployments.filter(({ number }) => number !== primary.number && live.some(startedBy(number)));
  return {
    serviceArn: arnOf(`service/prod/${service.name}`),
    serviceName: service.name,
    clusterArn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: live.filter(({ lastStatus }) => lastStatus === "RUNNING").length,
    pendingCount: live.filter(({ lastStatus }) => lastStatus !== "RUNNING").length,
    taskDefinition: primary.taskDefinition,
    deployments: [
      deploymentAnswer(service, primary, "PRIMARY"),
      ...others.map((one) => deploymentAnswer(service, one, "ACTIVE")),
    ],
    events: service.events.toReversed(),
  };
}
const startedBy = (number: string) => (task: Task) => task.startedBy === `ecs-svc/${number}`;

/** API_Deployment. */
function deploymentAnswer(service: ServiceState, one: DeploymentState, status: "PRIMARY" | "ACTIVE"): Deployment {
  const back = service.primary === one.number && newestOf(service) !== one ? newestOf(service).status : one.status;
  const rolloutState =
    back === "SUCCESSFUL" || back === "ROLLBACK_SUCCESSFUL"
      ? "COMPLETED"
      : back === "STOPPED"
        ? "FAILED"
        : "IN_PROGRESS";
  return {
    id: `ecs-svc/${one.number}`,
    status,
    taskDefinition: one.taskDefinition,
    desiredCount: service.desiredCount,
    failedTasks: one.failedTasks,
    createdAt: new Date(one.createdAt),
    rolloutState,
    rolloutStateReason: one.reason,
  };
}

export const serviceDeploymentArn = ({ name }: ServiceState, { number }: DeploymentState): string =>
  arnOf(`service-deployment/prod/${name}/d${number}`);

/** API_ServiceDeployment. */
export function serviceDeploymentAnswer(service: ServiceState, one: DeploymentState): ServiceDeployment {
  const isGoingBack = one.status.startsWith("ROLLBACK_");
  return {
    serviceDeploymentArn: serviceDeploymentArn(service, one),
    serviceArn: arnOf(`service/prod/${service.name}`),
    clusterArn,
    createdAt: new Date(one.createdAt),
    ...(one.finishedAt === null ? {} : { finishedAt: new Date(one.finishedAt) }),
    status: one.status,
    ...(one.reason === "" ? {} : { statusReason: one.reason }),
    ...(one.stage === undefined ? {} : { lifecycleStage: one.stage }),
    targetServiceRevision: { arn: revisionArn(service, one.number), requestedTaskCount: service.desiredCount },
    sourceServiceRevisions: one.source === null ? [] : [{ arn: revisionArn(service, one.source) }],
    ...(isGoingBack && one.source !== null
      ? { rollback: { reason: one.reason, serviceRevisionArn: revisionArn(service, one.source) } }
      : {}),
    deploymentCircuitBreaker: {
      status:
        service.settings.breaker === "off"
          ? "DISABLED"
          : one.reason.includes("circuit breaker")
            ? "TRIGGERED"
            : "MONITORING",
      failureCount: one.failedTasks,
      threshold: service.settings.threshold,
    },
    ...(one.alarms.length === 0 ? {} : { alarms: { status: "TRIGGERED", triggeredAlarmNames: [...one.alarms] } }),
  };
}

/** API_ServiceRevision: images are resolved to digests once per deployment. */
export function serviceRevisionAnswer(
  service: ServiceState,
  one: DeploymentState,
  images: ServiceRevision["containerImages"],
): ServiceRevision {
  return {
    serviceRevisionArn: revisionArn(service, one.number),
    serviceArn: arnOf(`service/prod/${service.name}`),
    clusterArn,
    taskDefinition: one.taskDefinition,
    createdAt: new Date(one.createdAt),
    ...(images === undefined ? {} : { containerImages: images }),
  };
}
