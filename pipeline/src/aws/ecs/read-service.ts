import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type DescribeTasksCommandOutput,
  type ECSClient,
  ListServiceDeploymentsCommand,
  type ListServiceDeploymentsCommandOutput,
  paginateListTasks,
  type Service,
  type ServiceDeployment,
  type ServiceDeploymentBrief,
  type ServiceRevision,
  type Task,
} from "@aws-sdk/client-ecs";
import { PortError } from "../../errors.ts";
import { backOf } from "./rollout.ts";

export interface SeenService {
  readonly service: Service;
  readonly newest: ServiceDeployment | null;
  /** By ARN: what the newest deployment leads to, and back to. */
  readonly revisions: ReadonlyMap<string, ServiceRevision>;
  /** Those that run, and those that stopped within the last hour. */
  readonly tasks: readonly Task[];
}

/** DescribeTasks takes no more at once. */
const tasksPerCall = 100;

/** Everything that ECS tells of one service. */
export class ServiceReader {
  readonly #client: ECSClient;
  readonly #cluster: string;
  /** A service revision never changes, once its images are resolved. */
  readonly #revisions = new Map<string, ServiceRevision>();

  constructor(client: ECSClient, cluster: string) {
    this.#client = client;
    this.#cluster = cluster;
  }

  /** Null: there is no such service, or it was deleted. @throws what the SDK throws */
  async read(name: string): Promise<SeenService | null> {
    const service = await this.service(name);
    if (service === null) return null;
    const [newest, tasks] = await Promise.all([this.newestOf(name), this.#tasksOf(name)]);
    return { service, newest, revisions: await this.#revisionsOf(newest), tasks };
  }

  async service(name: string): Promise<Service | null> {
    const input = { cluster: this.#cluster, services: [name] };
    const { services = [], failures = [] } = await this.#client.send(new DescribeServicesCommand(input));
    const failure = failures.find(({ reason }) => reason !== "MISSING");
    if (failure !== undefined)
      throw new PortError(
        "services.inspect",
        "none",
        `${name}: ${[failure.reason, failure.detail].filter(Boolean).join(": ")}`,
      );
    return services.find(({ status }) => status !== "INACTIVE") ?? null;
  }

  /** No order is promised, so all of them are looked at, by ECS's own times. */
  async newestOf(service: string): Promise<ServiceDeployment | null> {
    let newest: ServiceDeploymentBrief | null = null;
    let nextToken: string | undefined;
    do {
      const input = {
        cluster: this.#cluster,
        service,
        maxResults: 100,
        ...(nextToken === undefined ? {} : { nextToken }),
      };
      const answer: ListServiceDeploymentsCommandOutput = await this.#client.send(
        new ListServiceDeploymentsCommand(input),
      );
      for (const one of answer.serviceDeployments ?? []) if (createdAt(one) > createdAt(newest)) newest = one;
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    const arn = newest?.serviceDeploymentArn;
    if (arn === undefined) return null;
    const input = { serviceDeploymentArns: [arn] };
    const { serviceDeployments } = await this.#client.send(new DescribeServiceDeploymentsCommand(input));
    return serviceDeployments?.[0] ?? null;
  }

  async #revisionsOf(newest: ServiceDeployment | null): Promise<ReadonlyMap<string, ServiceRevision>> {
    if (newest === null) return new Map();
    const target = newest.targetServiceRevision?.arn;
    const wanted = new Set([...(target === undefined ? [] : [target]), ...backOf(newest)]);
    const unknown = [...wanted].filter((arn) => !this.#revisions.has(arn)).slice(0, 20);
    if (unknown.length === 0) return this.#revisions;
    const input = { serviceRevisionArns: unknown };
    const { serviceRevisions = [] } = await this.#client.send(new DescribeServiceRevisionsCommand(input));
    const seen = new Map(this.#revisions);
    for (const revision of serviceRevisions) {
      const arn = revision.serviceRevisionArn ?? "";
      seen.set(arn, revision);
      if (revision.containerImages?.some(({ imageDigest }) => imageDigest)) this.#revisions.set(arn, revision);
    }
    return seen;
  }

  async #tasksOf(service: string): Promise<readonly Task[]> {
    // The only call that takes no ARN.
    const serviceName = service.slice(service.lastIndexOf("/") + 1);
    const [running, stopped] = await Promise.all([
      this.#taskArns(serviceName, "RUNNING"),
      this.#taskArns(serviceName, "STOPPED"),
    ]);
    const arns = [...new Set([...running, ...stopped])];
    const tasks: Task[] = [];
    for (let from = 0; from < arns.length; from += tasksPerCall) {
      const some = arns.slice(from, from + tasksPerCall);
      const answer = await this.#client.send(new DescribeTasksCommand({ cluster: this.#cluster, tasks: some }));
      tasks.push(
        ...(answer.tasks ?? []),
        ...some.filter((arn) => running.includes(arn) && !isTold(answer, arn)).map(untold),
      );
    }
    return tasks;
  }

  async #taskArns(serviceName: string, desiredStatus: "RUNNING" | "STOPPED"): Promise<readonly string[]> {
    const arns: string[] = [];
    const input = { cluster: this.#cluster, serviceName, desiredStatus };
    for await (const { taskArns = [] } of paginateListTasks({ client: this.#client }, input)) arns.push(...taskArns);
    return arns;
  }
}

const isTold = ({ tasks = [] }: DescribeTasksCommandOutput, arn: string): boolean =>
  tasks.some(({ taskArn }) => taskArn === arn);

/** Said to run, and not described yet, or no more: it may be anything. */
const untold = (taskArn: string): Task => ({ taskArn, desiredStatus: "RUNNING", lastStatus: "PENDING" });

const createdAt = (one: ServiceDeploymentBrief | null): number => one?.createdAt?.getTime() ?? 0;
