import {
  type Deployment,
  ECSClient,
  type ListTasksCommandInput,
  type RegisterTaskDefinitionCommandInput,
  type RunTaskCommandInput,
  type Service,
  type ServiceDeployment,
  type Task,
  type UpdateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import type { Digest, Sha } from "../../../src/identifiers.ts";
import type { Permit, Revision } from "../../../src/ports.ts";
import { refusal } from "../../ecs/refusal.ts";
import { arnOf } from "../../ecs/service-state.ts";
import type { Gate } from "../gate.ts";
import type { SimEnvironment } from "../sim-environment.ts";

/** One template for everything: what differs is the image, and the SHA that a process is told. */
export interface EcsView {
  readonly environment: SimEnvironment;
  readonly gate: Gate;
  readonly template: Digest;
  /** Milliseconds of the world's wall clock. */
  readonly now: () => number;
  readonly landsMilliseconds: number;
}

const changing: ReadonlySet<string> = new Set([
  "RegisterTaskDefinition",
  "RunTask",
  "StopTask",
  "UpdateService",
  "StopServiceDeployment",
]);
const placeholder = arnOf("task-definition/placeholder:1");

/**
 * The simulated environment, told and asked in the words of ECS: every API call of the adapters is one call that faults strike. `permit` is that of
 * the port method under way: a request that is held up is judged by it, as the client's time limits do.
 */
export class EcsOfEnvironment {
  permit: Permit | null = null;
  readonly client: ECSClient;
  readonly #view: EcsView;

  constructor(view: EcsView) {
    this.#view = view;
    this.client = Object.assign(Object.create(ECSClient.prototype) as ECSClient, {
      send: (command: { readonly constructor: { readonly name: string }; readonly input: object }) =>
        this.#send(command.constructor.name.replace(/Command$/, ""), command.input),
    });
  }

  async #send(call: string, input: object): Promise<object> {
    const { gate, landsMilliseconds, now } = this.#view;
    const permit = this.permit;
    const mutating = changing.has(call);
    const options = mutating
      ? { mutating, landsMilliseconds, guard: () => permit?.check() }
      : { mutating, stale: true };
    const answer = await gate.call(`ecs.${call} ${subjectOf(input)}`.trim(), options, () => ({
      ...this.#answer(call, input),
      $metadata: { httpStatusCode: 200, attempts: 1, serverDate: new Date(now()).toUTCString() },
    }));
    return withDates(answer);
  }

  #answer(call: string, input: object): object {
    const { environment } = this.#view;
    environment.settle();
    switch (call) {
      case "RegisterTaskDefinition":
        return this.#register(input as RegisterTaskDefinitionCommandInput);
      case "DescribeTaskDefinition":
        return this.#describeDefinition((input as { readonly taskDefinition: string }).taskDefinition);
      case "DescribeServices":
        return { services: [this.#service((input as { readonly services: readonly [string] }).services[0])] };
      case "ListServiceDeployments":
        return { serviceDeployments: this.#listed((input as { readonly service: string }).service) };
      case "DescribeServiceDeployments":
        return {
          serviceDeployments: this.#described(
            (input as { readonly serviceDeploymentArns: readonly string[] }).serviceDeploymentArns,
          ),
        };
      case "DescribeServiceRevisions":
        return {
          serviceRevisions: (input as { readonly serviceRevisionArns: readonly string[] }).serviceRevisionArns.map(
            (arn) => ({ serviceRevisionArn: arn, taskDefinition: this.#definitionIn(arn) }),
          ),
        };
      case "ListTasks":
        return { taskArns: this.#tasks(input as ListTasksCommandInput).map(({ taskArn }) => taskArn) };
      case "DescribeTasks": {
        const arns = (input as { readonly tasks: readonly string[] }).tasks;
        return { tasks: [...this.#allTasks(), ...this.#oneOff()].filter(({ taskArn = "" }) => arns.includes(taskArn)) };
      }
      case "UpdateService":
        return this.#update(input as UpdateServiceCommandInput);
      case "RunTask":
        return this.#run(input as RunTaskCommandInput);
      case "StopTask":
      case "StopServiceDeployment":
        return {};
      default:
        throw new Error(`the simulation has no ${call}`);
    }
  }

  #register({ family = "", containerDefinitions = [] }: RegisterTaskDefinitionCommandInput): object {
    const { definitions } = this.#view.environment;
    const [own] = containerDefinitions;
    const variables = Object.fromEntries((own?.environment ?? []).map(({ name = "", value = "" }) => [name, value]));
    const taskDefinitionArn = arnOf(`task-definition/${family}:${definitions.size + 1}`);
    const isRetired = own?.dockerLabels !== undefined;
    definitions.set(taskDefinitionArn, {
      image: (own?.image?.split("@")[1] ?? "") as Digest,
      sha: isRetired ? null : ((variables.SLIPWAY_SHA ?? null) as Sha | null),
      containers: containerDefinitions,
    });
    return { taskDefinition: { taskDefinitionArn } };
  }

  #describeDefinition(arn: string): object {
    const known = this.#view.environment.definitions.get(arn);
    if (!known) throw refusal("ClientException", "Unable to describe task definition.");
    const { containers } = known;
    return {
      taskDefinition: { taskDefinitionArn: arn, family: "app", status: "ACTIVE", containerDefinitions: containers },
    };
  }

  /** The newest definition that says this. */
  #arnOf(revision: Revision | null): string {
    const found = [...this.#view.environment.definitions].findLast(
      ([, { sha, image }]) => revision !== null && sha === revision.sha && image === revision.image,
    );
    return found?.[0] ?? placeholder;
  }

  #service(name: string): Service {
    const { environment } = this.#view;
    const wanted = environment.services.get(name)?.wanted ?? null;
    const taskDefinition = this.#arnOf(wanted);
    const newest = this.#newest(name);
    const isNewest = newest !== null && this.#definitionIn(newest.targetServiceRevision?.arn ?? "") === taskDefinition;
    const primary: Deployment = {
      id: isNewest
        ? `ecs-svc/${environment.services.get(name)?.rollout?.id}`
        : `ecs-svc/${taskDefinition.split("/").at(-1)}`,
      status: "PRIMARY",
      taskDefinition,
      rolloutState: isNewest && newest?.status === "IN_PROGRESS" ? "IN_PROGRESS" : "COMPLETED",
      createdAt: isNewest ? newest?.createdAt : new Date(0),
    };
    return {
      serviceName: name,
      status: "ACTIVE",
      taskDefinition,
      desiredCount: wanted ? 1 : 0,
      deployments: [primary],
    };
  }

  #newest(name: string): ServiceDeployment | null {
    const { environment, now } = this.#view;
    const service = environment.services.get(name);
    const rollout = service?.rollout;
    const look = environment.look(name).rollout;
    if (!(service && rollout && look)) return null;
    const back = this.#arnOf(service.lastHealthy);
    return {
      serviceDeploymentArn: arnOf(`service-deployment/prod/${name}/${rollout.id}`),
      createdAt: new Date(now() - environment.ageOf(rollout.orderedAt)),
      status:
        look.phase === "rolling" ? "IN_PROGRESS" : look.phase === "went-back" ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL",
      targetServiceRevision: { arn: `${this.#arnOf(rollout.revision)}/${rollout.id}` },
      sourceServiceRevisions: [{ arn: `${back}/${back.split("/").at(-1)}` }],
    };
  }

  /** A service revision's ARN is here that of its definition, and then the number. */
  #definitionIn(serviceRevision: string): string {
    return serviceRevision.slice(0, serviceRevision.lastIndexOf("/"));
  }

  #listed(name: string): object[] {
    const newest = this.#newest(name);
    if (!newest) return [];
    const { serviceDeploymentArn, createdAt, status, targetServiceRevision } = newest;
    return [{ serviceDeploymentArn, createdAt, status, targetServiceRevisionArn: targetServiceRevision?.arn }];
  }

  #described(arns: readonly string[]): ServiceDeployment[] {
    const all = [...this.#view.environment.services.keys()].map((name) => this.#newest(name));
    return all
      .filter((one) => one !== null)
      .filter(({ serviceDeploymentArn = "" }) => arns.includes(serviceDeploymentArn));
  }

  #tasks({ serviceName, startedBy, desiredStatus = "RUNNING" }: ListTasksCommandInput): readonly Task[] {
    const all = serviceName === undefined ? this.#oneOff() : this.#tasksOf(serviceName);
    return all.filter(
      (task) => task.desiredStatus === desiredStatus && (startedBy === undefined || task.startedBy === startedBy),
    );
  }

  #allTasks(): readonly Task[] {
    return [...this.#view.environment.services.keys()].flatMap((name) => this.#tasksOf(name));
  }

  #tasksOf(name: string): readonly Task[] {
    const { environment } = this.#view;
    const { tasks, rollout } = environment.look(name);
    const running = tasks.map(
      ({ id, image }): Task => ({
        taskArn: arnOf(`task/prod/${id}`),
        taskDefinitionArn: this.#arnOf(environment.services.get(name)?.wanted ?? null),
        lastStatus: "RUNNING",
        desiredStatus: "RUNNING",
        healthStatus: "HEALTHY",
        containers: [{ name: "app", imageDigest: image ?? "" }],
      }),
    );
    const died = (rollout?.causes ?? []).map(
      ({ task }): Task => ({
        taskArn: arnOf(`task/prod/${name}-${task}`),
        startedBy: `ecs-svc/${rollout?.id}`,
        lastStatus: "STOPPED",
        desiredStatus: "STOPPED",
        stopCode: "EssentialContainerExited",
        containers: [{ name: "app", exitCode: 1 }],
      }),
    );
    return [...running, ...died];
  }

  #oneOff(): readonly Task[] {
    const { environment, now } = this.#view;
    return [...environment.tasks].map(([key, { end, startedAt }]): Task => {
      const task: Task = {
        taskArn: arnOf(`task/prod/${key}`),
        startedBy: key,
        lastStatus: end ? "STOPPED" : "RUNNING",
        desiredStatus: end ? "STOPPED" : "RUNNING",
        containers: [{ name: "app", ...(end ? { exitCode: end.exitCode } : {}) }],
      };
      return end
        ? { ...task, stopCode: "EssentialContainerExited", stoppedAt: new Date(now() - environment.ageOf(startedAt)) }
        : task;
    });
  }

  #update({ service = "", taskDefinition = "", desiredCount }: UpdateServiceCommandInput): object {
    const { environment, template } = this.#view;
    const known = environment.definitions.get(taskDefinition);
    if (!known) throw refusal("ClientException", "TaskDefinition is inactive");
    const epoch = this.permit?.epoch ?? 0;
    const isRetired = known.sha === null || desiredCount === 0;
    environment.order(
      service,
      isRetired || known.sha === null ? null : { sha: known.sha, image: known.image, template },
      epoch,
    );
    return {};
  }

  #run({ clientToken = "", taskDefinition = "", overrides }: RunTaskCommandInput): object {
    const { environment, template } = this.#view;
    const [own] = overrides?.containerOverrides ?? [];
    const image = environment.definitions.get(taskDefinition)?.image;
    if (image === undefined) throw refusal("InvalidParameterException", "TaskDefinition is inactive");
    const variables = Object.fromEntries((own?.environment ?? []).map(({ name = "", value = "" }) => [name, value]));
    const order = { key: clientToken, image, command: own?.command ?? [], template, environment: variables };
    environment.startTask(order);
    return { tasks: [{ taskArn: arnOf(`task/prod/${clientToken}`) }], failures: [] };
  }
}

/** An answer that is given once more was kept as text. */
const withDates = (answer: object): object =>
  JSON.parse(JSON.stringify(answer), (key, value) => (key.endsWith("At") ? new Date(value) : value)) as object;

function subjectOf(input: object): string {
  const { service, services, serviceName, startedBy, family, clientToken, taskDefinition } = input as Record<
    string,
    unknown
  >;
  const subject =
    service ??
    (services as readonly string[] | undefined)?.[0] ??
    serviceName ??
    startedBy ??
    clientToken ??
    family ??
    taskDefinition;
  const { desiredStatus } = input as { readonly desiredStatus?: string };
  return [
    String(subject ?? "")
      .split("/")
      .at(-1)
      ?.slice(0, 24),
    desiredStatus?.toLowerCase(),
  ]
    .filter(Boolean)
    .join(" ");
}
