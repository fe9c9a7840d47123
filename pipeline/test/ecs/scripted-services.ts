import type { ListTasksCommandInput, Task, TaskDefinition, UpdateServiceCommandInput } from "@aws-sdk/client-ecs";
import { refusal } from "./refusal.ts";
import {
  type Behaviour,
  type DeploymentState,
  newestOf,
  primaryOf,
  type ServiceSettings,
  type ServiceState,
  serviceAnswer,
  serviceDeploymentAnswer,
  serviceDeploymentArn,
  serviceRevisionAnswer,
  usualSettings,
} from "./service-state.ts";
import { type TimelineWorld, tick } from "./service-timeline.ts";

/**
 * Services of one cluster, as ECS would run them second by second. What a read tells may be some seconds old; what was ordered is carried out at
 * once. Each rule names the page it is from, here and in the timeline.
 */
export class ScriptedServices {
  /** By image digest; what is not named runs. */
  readonly behaviours = new Map<string, Behaviour>();
  /** Milliseconds by which the answer to this call is behind. */
  lag: (call: string) => number = () => 0;
  /** What the service revision resolved the image to, where it is not what the definition names. */
  readonly resolved = new Map<string, string>();
  #swapped: () => string | null = () => null;
  readonly #spared = new Set<string>();
  #states = new Map<string, ServiceState>();
  #past: { readonly at: number; readonly states: Map<string, ServiceState> }[] = [];
  #now: number;
  #ids = 0;
  readonly #definitions: ReadonlyMap<string, TaskDefinition>;

  constructor(now: number, definitions: ReadonlyMap<string, TaskDefinition>) {
    this.#now = now;
    this.#definitions = definitions;
  }

  /** As infrastructure makes it: with a definition of its own, and settled. */
  add(name: string, taskDefinition: string, settings: Partial<ServiceSettings> = {}): ServiceState {
    const all = { ...usualSettings, ...settings };
    const first = this.#deployment(taskDefinition, null);
    Object.assign(first, { status: "SUCCESSFUL", finishedAt: this.#now });
    const state: ServiceState = {
      name,
      settings: all,
      desiredCount: all.desiredCount,
      primary: first.number,
      deployments: [first],
      tasks: [],
      events: [],
      status: "ACTIVE",
    };
    this.#states.set(name, state);
    return state;
  }

  of(name: string): ServiceState {
    const state = this.#states.get(name.slice(name.lastIndexOf("/") + 1));
    if (!state) throw refusal("ServiceNotFoundException", "Service not found.");
    return state;
  }

  pass(milliseconds: number): void {
    for (const end = this.#now + milliseconds; this.#now < end; ) {
      this.#past.push({ at: this.#now, states: structuredClone(this.#states) });
      if (this.#past.length > 120) this.#past.shift();
      this.#now = Math.min(end, this.#now + 1_000);
      for (const state of this.#states.values()) tick(state, this.#world);
    }
  }

  /** An alarm of the deployment under way goes off (deployment-alarm-failure.html). */
  soundAlarm(name: string, alarm: string): void {
    newestOf(this.of(name)).alarms = [alarm];
  }

  /** When the newest deployment was over, with no old task left; null: it is not. */
  finishedAt(name: string): number | null {
    return newestOf(this.of(name)).finishedAt;
  }

  stopNewest(name: string): void {
    const state = this.of(name);
    this.#stop(serviceDeploymentArn(state, newestOf(state)));
  }

  /** The newest task that runs loses its machine (SpotInterruption); the scheduler will start another one. */
  takeAway(name: string): void {
    const task = this.of(name).tasks.findLast(({ desiredStatus }) => desiredStatus === "RUNNING");
    const ended = { lastStatus: "STOPPED", desiredStatus: "STOPPED", stopCode: "SpotInterruption" } as const;
    if (task) Object.assign(task, ended, { stoppedAt: new Date(this.#now) });
  }

  remove(name: string): void {
    this.of(name);
    this.#states.delete(name);
  }

  /** Tasks that run already go on as they do, whatever those of their image do from now on. */
  sparePast(): void {
    for (const { tasks } of this.#states.values()) for (const { taskArn = "" } of tasks) this.#spared.add(taskArn);
  }

  /** From now on every second task that starts runs these bytes, whatever its definition names. */
  swapBytes(digest: string): void {
    let tasks = 0;
    this.#swapped = () => {
      tasks += 1;
      return tasks % 2 === 0 ? digest : null;
    };
  }

  answer(call: string, input: object): object | null {
    switch (call) {
      case "DescribeServices":
        return this.#describeServices((input as { readonly services: readonly string[] }).services);
      case "UpdateService":
        return { service: this.update(input as UpdateServiceCommandInput) };
      case "UpdateExpressGatewayService": {
        const { serviceArn = "", taskDefinitionArn } = input as { serviceArn?: string; taskDefinitionArn: string };
        this.update({ service: serviceArn, taskDefinition: taskDefinitionArn });
        return { service: { serviceArn } };
      }
      case "StopServiceDeployment":
        return this.#stop((input as { readonly serviceDeploymentArn: string }).serviceDeploymentArn);
      case "ListServiceDeployments":
        return { serviceDeployments: this.#list((input as { readonly service: string }).service) };
      case "DescribeServiceDeployments":
        return {
          serviceDeployments: this.#describe(
            (input as { readonly serviceDeploymentArns: string[] }).serviceDeploymentArns,
          ),
        };
      case "DescribeServiceRevisions":
        return {
          serviceRevisions: this.#revisions((input as { readonly serviceRevisionArns: string[] }).serviceRevisionArns),
        };
      default:
        return null;
    }
  }

  /** API_ListTasks: by service; stopped ones are told for an hour. */
  listTasks({ serviceName = "", desiredStatus = "RUNNING" }: ListTasksCommandInput): readonly string[] {
    const state = this.#seen("ListTasks").get(serviceName);
    if (!state) throw refusal("ServiceNotFoundException", "Service not found.");
    return state.tasks
      .filter((task) => task.desiredStatus === desiredStatus)
      .filter(({ stoppedAt }) => stoppedAt === undefined || this.#now - stoppedAt.getTime() < 3_600_000)
      .map(({ taskArn = "" }) => taskArn);
  }

  tasks(): readonly Task[] {
    return [...this.#seen("DescribeTasks").values()].flatMap(({ tasks }) => tasks);
  }

  /** API_UpdateService: a new deployment for another definition, or where it is forced; a count alone is none. */
  update({ service = "", taskDefinition, desiredCount, forceNewDeployment }: UpdateServiceCommandInput) {
    const state = this.of(service);
    if (state.status !== "ACTIVE") throw refusal("ServiceNotActiveException", "Service was not ACTIVE.");
    if (taskDefinition !== undefined && this.#definitions.get(taskDefinition)?.status !== "ACTIVE")
      throw refusal("ClientException", "TaskDefinition is inactive");
    if (desiredCount !== undefined) state.desiredCount = desiredCount;
    const primary = primaryOf(state);
    if ((taskDefinition !== undefined && taskDefinition !== primary.taskDefinition) || forceNewDeployment) {
      const completed = state.deployments.findLast(
        (one) => one.status === "SUCCESSFUL" && one.number !== primary.number,
      );
      const source = primary.status === "SUCCESSFUL" ? primary : completed;
      const running = state.deployments.at(-1);
      // The one under way is left where it is: its tasks are stopped as old ones.
      if (running && ["PENDING", "IN_PROGRESS"].includes(running.status))
        Object.assign(running, { status: "STOPPED", reason: "A new deployment was started.", finishedAt: this.#now });
      const isFirst =
        source !== undefined && state.tasks.every((task) => task.startedBy !== `ecs-svc/${source.number}`);
      const next = this.#deployment(
        taskDefinition ?? primary.taskDefinition,
        isFirst ? null : (source?.number ?? null),
      );
      state.deployments.push(next);
      state.primary = next.number;
    }
    return serviceAnswer(state);
  }

  #deployment(taskDefinition: string, source: string | null): DeploymentState {
    this.#ids += 1;
    return {
      number: String(1_000_000_000 + this.#ids),
      taskDefinition,
      createdAt: this.#now,
      status: "PENDING",
      stage: undefined,
      reason: "",
      alarms: [],
      failedTasks: 0,
      source,
      readyAt: null,
      finishedAt: null,
    };
  }

  /** The cluster as this call sees it. */
  #seen(call: string): ReadonlyMap<string, ServiceState> {
    const at = this.#now - this.lag(call);
    if (at >= this.#now) return this.#states;
    return this.#past.findLast((one) => one.at <= at)?.states ?? this.#past[0]?.states ?? this.#states;
  }

  #describeServices(names: readonly string[]): object {
    const seen = this.#seen("DescribeServices");
    const found = names.map((name) => ({ name, state: seen.get(name.slice(name.lastIndexOf("/") + 1)) }));
    return {
      services: found.flatMap(({ state }) => (state ? [serviceAnswer(state)] : [])),
      failures: found.flatMap(({ name, state }) => (state ? [] : [{ arn: name, reason: "MISSING" }])),
    };
  }

  #list(service: string): object[] {
    const state = this.#seen("ListServiceDeployments").get(service.slice(service.lastIndexOf("/") + 1));
    if (!state) throw refusal("ServiceNotFoundException", "Service not found.");
    // No order is documented.
    return state.deployments
      .slice(1)
      .toReversed()
      .map((one) => {
        const {
          serviceDeploymentArn: arn,
          status,
          createdAt,
          targetServiceRevision,
        } = serviceDeploymentAnswer(state, one);
        return { serviceDeploymentArn: arn, status, createdAt, targetServiceRevisionArn: targetServiceRevision?.arn };
      });
  }

  #describe(arns: readonly string[]): object[] {
    return [...this.#seen("DescribeServiceDeployments").values()].flatMap((state) =>
      state.deployments
        .filter((one) => arns.includes(serviceDeploymentArn(state, one)))
        .map((one) => serviceDeploymentAnswer(state, one)),
    );
  }

  #revisions(arns: readonly string[]): object[] {
    return [...this.#seen("DescribeServiceRevisions").values()].flatMap((state) =>
      state.deployments
        .map((one) => serviceRevisionAnswer(state, one, this.#imagesOf(one.taskDefinition)))
        .filter(({ serviceRevisionArn = "" }) => arns.includes(serviceRevisionArn)),
    );
  }

  /** API_StopServiceDeployment: the only type is ROLLBACK. */
  #stop(arn: string): object {
    for (const state of this.#states.values())
      for (const one of state.deployments) {
        if (serviceDeploymentArn(state, one) !== arn) continue;
        if (!["PENDING", "IN_PROGRESS"].includes(one.status))
          throw refusal("ConflictException", "The service deployment is not in a state that can be stopped.");
        Object.assign(one, {
          status: "ROLLBACK_REQUESTED",
          reason: "Service deployment rolled back because of a user request.",
        });
        return { serviceDeploymentArn: arn };
      }
    throw refusal("ServiceDeploymentNotFoundException", "The service deployment was not found.");
  }

  #imagesOf(taskDefinition: string): { containerName: string; imageDigest: string; image: string }[] {
    return (this.#definitions.get(taskDefinition)?.containerDefinitions ?? []).map(({ name = "", image = "" }) => ({
      containerName: name,
      image,
      imageDigest: this.resolved.get(image) ?? image.slice(image.indexOf("@") + 1),
    }));
  }

  #digestOf(taskDefinition: string): string {
    const [own] = this.#definitions.get(taskDefinition)?.containerDefinitions ?? [];
    return own?.image?.slice(own.image.indexOf("@") + 1) ?? "";
  }

  get #world(): TimelineWorld {
    return {
      now: this.#now,
      containersOf: (arn) =>
        this.#imagesOf(arn).map(({ containerName, imageDigest }) => ({ name: containerName, imageDigest })),
      bytesOf: (named) => this.#swapped() ?? named,
      behaviourOf: ({ taskArn = "", taskDefinitionArn = "" }) =>
        (this.#spared.has(taskArn) ? null : this.behaviours.get(this.#digestOf(taskDefinitionArn))) ?? { does: "runs" },
      hasHealthCheck: (arn) =>
        this.#definitions.get(arn)?.containerDefinitions?.some(({ healthCheck }) => healthCheck !== undefined) ?? false,
      newId: () => {
        this.#ids += 1;
        return String(this.#ids).padStart(32, "0");
      },
    };
  }
}
