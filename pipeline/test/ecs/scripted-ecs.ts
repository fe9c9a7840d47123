import {
  ECSClient,
  type Failure,
  type ListTasksCommandInput,
  type RegisterTaskDefinitionCommandInput,
  type RunTaskCommandInput,
  type Task,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { misfits } from "./published-model.ts";
import { refusal } from "./refusal.ts";
import { ScriptedServices } from "./scripted-services.ts";
import { arnOf } from "./service-state.ts";

/** The published model decides what may be asked and answered: a double that invents a field proves nothing. */
function fitting(call: string, input: object, output: object): object {
  const wrong = [...misfits(call, "input", input), ...misfits(call, "output", output)];
  if (wrong.length > 0) throw new Error(`not in the published model: ${wrong.join("; ")}`);
  return output;
}

/**
 * One-off tasks and definitions of one cluster as the API reference describes them, with time that stands still until it is told to pass. What no
 * emulator has: client tokens, the filters of ListTasks, and answers without a task. Containers do as the test says.
 */
export class ScriptedEcs {
  /** Every call that was answered, by name. */
  readonly calls: string[] = [];
  readonly definitions = new Map<string, TaskDefinition>();
  readonly tasks: Task[] = [];
  readonly started: RunTaskCommandInput[] = [];
  /** What RunTask answers instead of a task. */
  failures: readonly Failure[] = [];
  /** Called before each call; what it throws is what the caller sees. `after`: the call was carried out, and its answer is lost. */
  fault: (call: string) => { readonly when: "before" | "after"; readonly error: Error } | null = () => null;
  #now = Date.parse("2026-11-22T10:00:00Z");
  readonly #tokens = new Map<string, Task>();

  readonly services = new ScriptedServices(this.#now, this.definitions);

  readonly client: ECSClient = this.#connect();

  /** The definition that infrastructure makes a service with; nobody means anything by it. */
  placeholder(name: string): string {
    const input = { family: `${name}-placeholder`, containerDefinitions: [{ name: "app", image: "nothing" }] };
    const { taskDefinition } = this.#register(input);
    return taskDefinition.taskDefinitionArn ?? "";
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
    this.services.pass(milliseconds);
  }

  /** The newest task ends so, as if its containers had. */
  end(exitCode: number | undefined, fields: Partial<Task> = {}): void {
    const task = this.tasks.at(-1);
    if (!task) throw new Error("no task was started");
    Object.assign(task, { lastStatus: "STOPPED", desiredStatus: "STOPPED", stoppedAt: new Date(this.#now), ...fields });
    for (const container of task.containers ?? []) if (exitCode !== undefined) container.exitCode = exitCode;
  }

  #connect(): ECSClient {
    const client = new ECSClient({ region: "eu-central-1", credentials: { accessKeyId: "x", secretAccessKey: "x" } });
    client.middlewareStack.add(
      (_, { commandName = "" }) =>
        async ({ input }) => {
          const call = commandName.replace(/Command$/, "");
          const fault = this.fault(call);
          if (fault?.when === "before") throw fault.error;
          const output = fitting(call, input, this.#answer(call, input));
          this.calls.push(call);
          if (fault) throw fault.error;
          const $metadata = { httpStatusCode: 200, attempts: 1, serverDate: new Date(this.#now).toUTCString() };
          return { output: { ...output, $metadata }, response: {} };
        },
      { step: "initialize" },
    );
    return client;
  }

  #answer(call: string, input: object): object {
    switch (call) {
      case "RegisterTaskDefinition":
        return this.#register(input as RegisterTaskDefinitionCommandInput);
      case "DescribeTaskDefinition":
        return this.#describeDefinition((input as { readonly taskDefinition: string }).taskDefinition);
      case "RunTask":
        return this.#run(input as RunTaskCommandInput);
      case "ListTasks":
        return { taskArns: this.#listAny(input as ListTasksCommandInput) };
      case "DescribeTasks": {
        const { tasks = [] } = input as { readonly tasks?: readonly string[] };
        if (tasks.length > 100) throw refusal("InvalidParameterException", "Tasks cannot have more than 100 elements");
        return {
          tasks: structuredClone(
            [...this.tasks, ...this.services.tasks()].filter(({ taskArn = "" }) => tasks.includes(taskArn)),
          ),
          failures: [],
        };
      }
      case "StopTask":
        return this.#stop((input as { readonly task: string }).task);
      default: {
        const answer = this.services.answer(call, input);
        if (answer === null) throw new Error(`the double of ECS knows no ${call}`);
        return structuredClone(answer);
      }
    }
  }

  #register({ family = "", ...input }: RegisterTaskDefinitionCommandInput) {
    const revision = [...this.definitions.values()].filter((one) => one.family === family).length + 1;
    const taskDefinitionArn = arnOf(`task-definition/${family}:${revision}`);
    const { tags, ...rest } = input;
    const taskDefinition = { ...rest, family, revision, taskDefinitionArn, status: "ACTIVE" } as TaskDefinition;
    this.definitions.set(taskDefinitionArn, taskDefinition);
    return { taskDefinition, tags };
  }

  #describeDefinition(arn: string): object {
    const taskDefinition = this.definitions.get(arn);
    if (!taskDefinition) throw refusal("ClientException", "Unable to describe task definition.");
    return { taskDefinition };
  }

  /** ECS_Idempotency: the same token starts the same task; with other parameters it is a conflict. API_RunTask: 200 with failures and no task. */
  #run(input: RunTaskCommandInput): object {
    const { clientToken = "", startedBy, taskDefinition = "" } = input;
    if (clientToken.length > 64) throw refusal("InvalidParameterException", "clientToken is longer than 64");
    const known = this.#tokens.get(clientToken);
    const before = this.started.find((one) => one.clientToken === clientToken);
    if (before && JSON.stringify(before) !== JSON.stringify(input))
      throw refusal("ConflictException", "the token was used with other parameters");
    if (known) return { tasks: [known], failures: [] };
    if (this.failures.length > 0) return { tasks: [], failures: this.failures };
    const definition = this.definitions.get(taskDefinition);
    if (definition?.status !== "ACTIVE") throw refusal("InvalidParameterException", "TaskDefinition is inactive");
    const id = String(this.tasks.length + 1).padStart(32, "0");
    const task: Task = {
      taskArn: arnOf(`task/prod/${id}`),
      taskDefinitionArn: taskDefinition,
      ...(startedBy === undefined ? {} : { startedBy }),
      lastStatus: "PROVISIONING",
      desiredStatus: "RUNNING",
      containers: (definition.containerDefinitions ?? []).map(({ name = "" }) => ({ name })),
    };
    this.started.push(input);
    this.tasks.push(task);
    this.#tokens.set(clientToken, task);
    return { tasks: [task], failures: [] };
  }

  #listAny(input: ListTasksCommandInput): readonly string[] {
    return input.serviceName === undefined ? this.#list(input) : this.services.listTasks(input);
  }

  /** API_ListTasks: `startedBy` must be the only filter, and the default is tasks that should run. Stopped ones are told for an hour. */
  #list({ startedBy, family, desiredStatus = "RUNNING", ...others }: ListTasksCommandInput): readonly string[] {
    const { cluster: _, ...filters } = others;
    const isAlone = family === undefined && desiredStatus === "RUNNING" && Object.keys(filters).length === 0;
    if (startedBy !== undefined && !isAlone)
      throw refusal("InvalidParameterException", "startedBy must be the only filter");
    return this.tasks
      .filter((task) => task.desiredStatus === desiredStatus)
      .filter((task) => startedBy === undefined || task.startedBy === startedBy)
      .filter(({ taskDefinitionArn = "" }) => family === undefined || taskDefinitionArn.includes(`/${family}:`))
      .filter(({ stoppedAt }) => stoppedAt === undefined || this.#now - stoppedAt.getTime() < 3_600_000)
      .map(({ taskArn = "" }) => taskArn);
  }

  #stop(arn: string): object {
    const task = this.tasks.find(({ taskArn }) => taskArn === arn);
    if (!task) throw refusal("InvalidParameterException", "The referenced task was not found.");
    Object.assign(task, { desiredStatus: "STOPPED", lastStatus: "STOPPING", stopCode: "UserInitiated" });
    return { task };
  }
}
