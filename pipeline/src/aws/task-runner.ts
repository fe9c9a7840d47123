import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import type { Digest, EnvironmentName } from "../identifiers.ts";
import type { ObjectStore, Permit, TaskOrder, TaskRunner, TaskState } from "../ports.ts";
import { askAws } from "./aws-error.ts";
import { Definitions } from "./ecs/definitions.ts";
import { taskDefinitionOf } from "./ecs/task-definition.ts";
import { logPlaceOf, readLog } from "./ecs/task-log.ts";
import { taskStateOf } from "./ecs/task-state.ts";
import { readTaskTemplate, type TaskTemplate } from "./ecs/task-template.ts";
import { serverTimeOf } from "./server-time.ts";
import { underPermit } from "./under-permit.ts";

export interface EcsTaskRunnerInput {
  readonly ecs: ECSClient;
  readonly logs: CloudWatchLogsClient;
  readonly store: ObjectStore;
  readonly environment: EnvironmentName;
  readonly cluster: string;
  /** `<registry>/<repository>` of the app's images. */
  readonly repository: string;
  /** Of the one-off tasks: their logs are looked for where it says. */
  readonly template: Digest;
  /** Where and on what the task runs: networkConfiguration, launchType or capacityProviderStrategy, platformVersion. */
  readonly placement: Pick<
    RunTaskCommandInput,
    "networkConfiguration" | "launchType" | "capacityProviderStrategy" | "platformVersion"
  >;
}

interface Found {
  readonly task: Task;
  /** Milliseconds since it stopped. */
  readonly age: number;
}
/** The last lines of a task may reach CloudWatch after it has stopped. */
const logLagMilliseconds = 5_000;
/** DescribeTasks takes no more at once. */
const tasksPerCall = 100;

/**
 * One-off tasks on ECS. The order's key is both the client token, by which ECS starts no second task
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html), and `startedBy`, by which the task is found again. ListTasks takes
 * `startedBy` as its only filter, and then tells no stopped ones: they are listed by family instead.
 */
export class EcsTaskRunner implements TaskRunner {
  readonly pollMilliseconds = 5_000;
  readonly #input: EcsTaskRunnerInput;
  readonly #definitions: Definitions;

  constructor(input: EcsTaskRunnerInput) {
    this.#input = input;
    this.#definitions = new Definitions(input.ecs, input.store, input.environment);
  }

  async start(order: TaskOrder, permit: Permit): ReturnType<TaskRunner["start"]> {
    if ((await this.#find("tasks.start", order.key)) !== null) return { status: "started" };
    const { environment, store, repository } = this.#input;
    const definition = taskDefinitionOf({
      environment,
      template: await readTaskTemplate(store, environment, order.template),
      image: `${repository}@${order.image}`,
      command: null,
      variables: {},
      stopSeconds: null,
      health: null,
    });
    const arn = await this.#definitions.register(definition, permit);
    permit.check();
    return await askAws("tasks.start", order.key, "changes", () => this.#run(order, arn, definition.container, permit));
  }

  async inspect(key: string): Promise<TaskState | null> {
    const found = await this.#find("tasks.inspect", key);
    return found === null ? null : taskStateOf(found.task, await this.#essential());
  }

  async log(key: string, from: number): ReturnType<TaskRunner["log"]> {
    const found = await this.#find("tasks.log", key);
    if (found === null) return { lines: [], complete: false };
    const { task, age } = found;
    const place = logPlaceOf(await this.#template(), task);
    const read = () => (place === null ? Promise.resolve([]) : readLog(this.#input.logs, place));
    const lines = await askAws("tasks.log", key, "reads", read);
    return { lines: lines.slice(from), complete: task.lastStatus === "STOPPED" && age >= logLagMilliseconds };
  }

  async stop(key: string, permit: Permit): Promise<void> {
    const found = await this.#find("tasks.stop", key);
    if (found === null || found.task.lastStatus === "STOPPED") return;
    const { ecs, cluster } = this.#input;
    const input = { cluster, task: found.task.taskArn, reason: `stopped by Slipway, epoch ${permit.epoch}` };
    permit.check();
    await askAws("tasks.stop", key, "changes", () =>
      ecs.send(new StopTaskCommand(input), { abortSignal: permit.signal }),
    );
  }

  async #run(
    { key, command, environment }: TaskOrder,
    taskDefinition: string,
    container: string,
    permit: Permit,
  ): Promise<{ readonly status: "started" } | { readonly status: "declined"; readonly because: string }> {
    const { ecs, cluster, placement } = this.#input;
    const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
    const run = new RunTaskCommand({
      ...placement,
      cluster,
      taskDefinition,
      count: 1,
      clientToken: key,
      startedBy: key,
      overrides: { containerOverrides: [{ name: container, command: [...command], environment: variables }] },
    });
    const { tasks = [], failures = [] } = await ecs.send(underPermit(run, permit), { abortSignal: permit.signal });
    if (tasks.length > 0) return { status: "started" };
    // 200 without a task is how ECS says that it has no room, or may not (aws.md A2 #5).
    const because = failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(": ")).join("; ");
    return { status: "declined", because: because || "ECS started no task and gives no reason" };
  }

  /** The task with this key, and for how long it has been stopped by ECS's clock; one that runs comes before one that has stopped. */
  async #find(call: string, key: string): Promise<Found | null> {
    const { family } = await this.#template();
    return await askAws(call, key, "reads", async () => {
      const running = await this.#describe(key, await this.#arns({ startedBy: key }));
      return running ?? (await this.#describe(key, await this.#arns({ family, desiredStatus: "STOPPED" })));
    });
  }

  async #describe(key: string, arns: readonly string[]): Promise<Found | null> {
    const { ecs, cluster } = this.#input;
    for (let from = 0; from < arns.length; from += tasksPerCall) {
      const tasks = arns.slice(from, from + tasksPerCall);
      const answer = await ecs.send(new DescribeTasksCommand({ cluster, tasks }));
      const task = answer.tasks?.find(({ startedBy }) => startedBy === key);
      if (task === undefined) continue;
      const now = Date.parse(serverTimeOf("tasks.inspect", answer));
      return { task, age: task.stoppedAt ? now - task.stoppedAt.getTime() : 0 };
    }
    return null;
  }

  async #arns(filter: { readonly startedBy: string } | { readonly family: string; readonly desiredStatus: "STOPPED" }) {
    const { ecs, cluster } = this.#input;
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const answer: { readonly taskArns?: string[] | undefined; readonly nextToken?: string | undefined } =
        await ecs.send(new ListTasksCommand({ cluster, ...filter, ...(nextToken === undefined ? {} : { nextToken }) }));
      arns.push(...(answer.taskArns ?? []));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    return arns;
  }

  #templateOnce: Promise<TaskTemplate> | null = null;
  #template(): Promise<TaskTemplate> {
    const { store, environment, template } = this.#input;
    this.#templateOnce ??= readTaskTemplate(store, environment, template).catch((error: unknown) => {
      this.#templateOnce = null;
      throw error;
    });
    return this.#templateOnce;
  }

  async #essential(): Promise<(container: string) => boolean> {
    const { containerDefinitions } = await this.#template();
    const optional = new Set(
      containerDefinitions.filter(({ essential }) => essential === false).map(({ name }) => name),
    );
    return (container) => !optional.has(container);
  }
}
