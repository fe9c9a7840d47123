import type { Task } from "@aws-sdk/client-ecs";
import {
  arnOf,
  type Behaviour,
  clusterArn,
  type DeploymentState,
  isLive,
  newestOf,
  primaryOf,
  type ServiceSettings,
  type ServiceState,
} from "./service-state.ts";

export interface TimelineWorld {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly containersOf: (taskDefinition: string) => readonly { readonly name: string; readonly imageDigest: string }[];
  /** What is pulled for the digest that a definition names. */
  readonly bytesOf: (digest: string) => string;
  readonly behaviourOf: (task: Task) => Behaviour;
  /** Whether its containers have a health check; without one a task is UNKNOWN for ever. */
  readonly hasHealthCheck: (taskDefinition: string) => boolean;
  readonly newId: () => string;
}

const pendingSeconds = 2;
const runningSeconds = 5;
/** After it runs: when it is healthy, exits, or is found ill. */
const verdictSeconds = 10;
const illSeconds = 20;

/** One second of a service's life (deployment-type-ecs.html: start new, wait until they are healthy, stop old). */
export function tick(service: ServiceState, world: TimelineWorld): void {
  for (const task of service.tasks.filter(isLive)) advanceTask(task, service, world);
  const newest = newestOf(service);
  if (newest.status === "PENDING") begin(newest, service, world);
  if (newest.status === "IN_PROGRESS") advanceRollout(newest, service, world);
  if (newest.status === "ROLLBACK_REQUESTED") goBack(newest, service);
  else if (newest.status === "ROLLBACK_IN_PROGRESS") advanceWayBack(newest, service, world);
  else if (newest.status === "STOP_REQUESTED") newest.status = "STOPPED";
  if (isSettled(newest)) keepCount(service, world);
}
const isSettled = ({ status }: DeploymentState): boolean =>
  ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"].includes(status);

const secondsOf = (task: Task, world: TimelineWorld): number => (world.now - (task.createdAt?.getTime() ?? 0)) / 1_000;
const startedBy = (task: Task, { number }: DeploymentState): boolean => task.startedBy === `ecs-svc/${number}`;
const wantedTasks = (service: ServiceState, one: DeploymentState): readonly Task[] =>
  service.tasks.filter((task) => isLive(task) && task.desiredStatus === "RUNNING" && startedBy(task, one));

function advanceTask(task: Task, service: ServiceState, world: TimelineWorld): void {
  if (task.desiredStatus === "STOPPED") {
    drain(task, service, world);
    return;
  }
  const seconds = secondsOf(task, world);
  const behaviour = world.behaviourOf(task);
  const failure = failureOf(behaviour, seconds);
  if (seconds >= pendingSeconds && task.lastStatus === "PROVISIONING") task.lastStatus = "PENDING";
  if (seconds >= runningSeconds && task.lastStatus === "PENDING" && behaviour.does !== "never-starts")
    start(task, world);
  if (seconds >= runningSeconds + readySeconds(behaviour) && world.hasHealthCheck(task.taskDefinitionArn ?? ""))
    task.healthStatus = behaviour.does === "runs" ? "HEALTHY" : "UNHEALTHY";
  if (failure === null) return;
  if (behaviour.does === "exits")
    for (const container of task.containers ?? []) container.exitCode = behaviour.exitCode;
  Object.assign(task, { lastStatus: "STOPPED", desiredStatus: "STOPPED", stoppedAt: new Date(world.now), ...failure });
  const deployment = service.deployments.find((one) => startedBy(task, one));
  if (deployment) deployment.failedTasks += 1;
}

/** Stopped-task error codes (stopped-task-error-codes.html); null: it goes on. */
function failureOf(behaviour: Behaviour, seconds: number): Pick<Task, "stopCode" | "stoppedReason"> | null {
  if (behaviour.does === "never-starts" && seconds >= runningSeconds)
    return { stopCode: "TaskFailedToStart", stoppedReason: behaviour.reason };
  if (behaviour.does === "exits" && seconds >= runningSeconds + verdictSeconds)
    return { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" };
  if (behaviour.does === "fails-health-checks" && seconds >= runningSeconds + illSeconds)
    return { stopCode: "ServiceSchedulerInitiated", stoppedReason: behaviour.reason };
  return null;
}

function start(task: Task, world: TimelineWorld): void {
  task.lastStatus = "RUNNING";
  const images = world.containersOf(task.taskDefinitionArn ?? "");
  for (const container of task.containers ?? [])
    container.imageDigest = world.bytesOf(images.find(({ name }) => name === container.name)?.imageDigest ?? "");
}

function drain(task: Task, { settings }: ServiceState, world: TimelineWorld): void {
  const since = (world.now - (task.stoppingAt?.getTime() ?? 0)) / 1_000;
  if (since >= settings.drainSeconds) Object.assign(task, { lastStatus: "STOPPED", stoppedAt: new Date(world.now) });
  else if (since >= 1) task.lastStatus = "DEACTIVATING";
}

function begin(newest: DeploymentState, { settings }: ServiceState, { now }: TimelineWorld): void {
  newest.stage = "PRE_SCALE_UP";
  if (settings.hookSeconds !== null && now - newest.createdAt < settings.hookSeconds * 1_000) return;
  if (settings.hookSeconds !== null) {
    newest.status = "ROLLBACK_REQUESTED";
    newest.reason = "Service deployment rolled back because a lifecycle hook timed out.";
  } else newest.status = "IN_PROGRESS";
}

function advanceRollout(newest: DeploymentState, service: ServiceState, world: TimelineWorld): void {
  const { settings, desiredCount } = service;
  const alarms = newest.alarms.join(", ");
  if (alarms !== "") fail(newest, `Service deployment rolled back because of a CloudWatch alarm(s): ${alarms}.`);
  else if (newest.failedTasks >= settings.threshold && settings.breaker !== "off") breakCircuit(newest, settings);
  else {
    newest.stage = "SCALE_UP";
    const own = wantedTasks(service, newest);
    place(service, newest, desiredCount - own.length, world);
    if (own.filter((task) => isReady(task, world)).length < desiredCount) return;
    newest.readyAt ??= world.now;
    if (world.now - newest.readyAt < settings.bakeSeconds * 1_000) newest.stage = "BAKE_TIME";
    else cleanUp(newest, service, world);
  }
}

/** With nothing that was ever completed there is nothing to go back to: it stalls (aws.md A4). */
function breakCircuit(newest: DeploymentState, { breaker }: ServiceSettings): void {
  if (breaker === "stops")
    Object.assign(newest, { status: "STOPPED", reason: "The deployment circuit breaker was triggered." });
  else if (newest.source !== null)
    fail(newest, "Service deployment rolled back because the circuit breaker threshold was exceeded.");
}

function cleanUp(newest: DeploymentState, service: ServiceState, world: TimelineWorld): void {
  newest.stage = "CLEAN_UP";
  const old = service.tasks.filter((task) => isLive(task) && !startedBy(task, newest));
  stopAll(old, `Scaling activity initiated by (deployment ecs-svc/${newest.number})`, world);
  if (old.length === 0 || service.settings.earlySuccess)
    Object.assign(newest, { status: "SUCCESSFUL", finishedAt: world.now });
}

/** Without a health check of its own, a load balancer asks the task for a while. */
function isReady(task: Task, world: TimelineWorld): boolean {
  if (task.lastStatus !== "RUNNING") return false;
  if (world.hasHealthCheck(task.taskDefinitionArn ?? "")) return task.healthStatus === "HEALTHY";
  const behaviour = world.behaviourOf(task);
  return behaviour.does === "runs" && secondsOf(task, world) >= runningSeconds + readySeconds(behaviour);
}

const readySeconds = (behaviour: Behaviour): number =>
  (behaviour.does === "runs" ? behaviour.readySeconds : null) ?? verdictSeconds;

const fail = (newest: DeploymentState, reason: string): void => {
  Object.assign(newest, { status: "ROLLBACK_REQUESTED", reason });
};

/** The revision that was completed before is PRIMARY again, under its own number. */
function goBack(newest: DeploymentState, service: ServiceState): void {
  newest.status = "ROLLBACK_IN_PROGRESS";
  if (newest.source !== null) service.primary = newest.source;
}

function advanceWayBack(newest: DeploymentState, service: ServiceState, world: TimelineWorld): void {
  if (service.settings.rollbackFails) {
    Object.assign(newest, { status: "ROLLBACK_FAILED", finishedAt: world.now });
    return;
  }
  const back = primaryOf(service);
  const own = wantedTasks(service, back);
  place(service, back, service.desiredCount - own.length, world);
  stopAll(wantedTasks(service, newest), `Scaling activity initiated by (deployment ecs-svc/${back.number})`, world);
  const left = service.tasks.some((task) => isLive(task) && startedBy(task, newest));
  if (!left && own.filter((task) => isReady(task, world)).length >= service.desiredCount)
    Object.assign(newest, { status: "ROLLBACK_SUCCESSFUL", finishedAt: world.now });
}

/** Outside of rollouts the scheduler keeps as many tasks as are wanted. */
function keepCount(service: ServiceState, world: TimelineWorld): void {
  const primary = primaryOf(service);
  const own = wantedTasks(service, primary);
  if (newestOf(service).status !== "STOPPED") place(service, primary, service.desiredCount - own.length, world);
  stopAll(own.slice(service.desiredCount), "Scaling activity initiated by desired count", world);
}

function place(service: ServiceState, deployment: DeploymentState, count: number, world: TimelineWorld): void {
  for (let n = 0; n < count; n += 1) {
    if (service.tasks.filter(isLive).length >= service.settings.room) {
      noRoom(service, world);
      return;
    }
    const id = world.newId();
    service.tasks.push({
      taskArn: arnOf(`task/prod/${id}`),
      clusterArn,
      taskDefinitionArn: deployment.taskDefinition,
      startedBy: `ecs-svc/${deployment.number}`,
      group: `service:${service.name}`,
      createdAt: new Date(world.now),
      lastStatus: "PROVISIONING",
      desiredStatus: "RUNNING",
      healthStatus: "UNKNOWN",
      containers: world
        .containersOf(deployment.taskDefinition)
        .map(({ name }) => ({ name, taskArn: arnOf(`task/prod/${id}`) })),
    });
  }
}

function noRoom({ events, name }: ServiceState, { now }: TimelineWorld): void {
  const message = `(service ${name}) was unable to place a task. Reason: Capacity is unavailable at this time.`;
  if (events.at(-1)?.message !== message) events.push({ message, createdAt: new Date(now) });
}

function stopAll(tasks: readonly Task[], stoppedReason: string, { now }: TimelineWorld): void {
  for (const task of tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING"))
    Object.assign(task, {
      desiredStatus: "STOPPED",
      stopCode: "ServiceSchedulerInitiated",
      stoppedReason,
      stoppingAt: new Date(now),
    });
}
