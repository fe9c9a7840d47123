import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EcsServiceRuntime } from "../../../src/aws/service-runtime.ts";
import { EcsTaskRunner } from "../../../src/aws/task-runner.ts";
import { writeTarget } from "../../../src/environment/read-target.ts";
import { templateKey } from "../../../src/environment/template-key.ts";
import type { Instant } from "../../../src/identifiers.ts";
import { awsTiming } from "../../../src/ledger/lease.ts";
import type { EnvironmentPorts, ObjectStore, Permit } from "../../../src/ports.ts";
import { canonicalBytes, digestOf } from "../../../src/release/canonical-json.ts";
import type { Gate } from "../gate.ts";
import { Simulation } from "../simulation.ts";
import { EcsOfEnvironment } from "./ecs-of-environment.ts";

const options = { "awslogs-group": "logs", "awslogs-region": "sim", "awslogs-stream-prefix": "task" };
const template = {
  family: "app",
  containerDefinitions: [{ name: "app", logConfiguration: { logDriver: "awslogs", options } }],
};
const place = { kind: "ecs", initialCount: 1, madeWith: null } as const;
/** Half the time that the end of a log may take to arrive: a look sees it coming, and the next but one sees it there. */
const taskPollMilliseconds = 2_500;

/** The same world, with services and tasks behind the real adapters: each API call is a call that faults strike. */
export class AwsSimulation extends Simulation {
  override readonly timing = awsTiming;

  override fork(): AwsSimulation {
    return new AwsSimulation(this);
  }

  override async begin(): Promise<void> {
    const digest = digestOf(template);
    await this.store.putIfAbsent(templateKey(this.name, digest), canonicalBytes(template));
    await writeTarget(this.store, {
      version: 1,
      environment: this.name,
      kind: "local",
      url: "http://sim",
      services: {},
      anyService: { template: digest },
      migrations: { template: digest },
      web: { switch: "pointer" },
      site: null,
    });
  }

  /** S3 knows whole seconds (RFC 9110 §6.6.1). */
  protected override storeTime(): Instant {
    const now = this.clock.now();
    return `${now.slice(0, now.indexOf("."))}.000Z` as Instant;
  }

  protected override portsOf(gate: Gate, store: ObjectStore): EnvironmentPorts {
    const ports = super.portsOf(gate, store);
    const ecs = new EcsOfEnvironment({
      environment: this.environment,
      gate,
      template: digestOf(template),
      now: () => Date.parse(this.clock.now()),
      landsMilliseconds: ports.longestRequestMilliseconds,
    });
    const at = { ecs: ecs.client, store, environment: this.name, cluster: "prod", repository: "sim/app" };
    const logs = this.#logs(gate);
    const services = new EcsServiceRuntime({
      ...at,
      changes: ecs.client,
      logs,
      url: "http://sim",
      services: { api: { service: "api", ...place }, worker: { service: "worker", ...place } },
    });
    const tasks = new EcsTaskRunner({ ...at, logs, template: digestOf(template), placement: {} });
    return {
      ...ports,
      services: sayingWhose(ecs, services, ports.services.pollMilliseconds),
      tasks: sayingWhose(ecs, tasks, taskPollMilliseconds),
    };
  }

  #logs(gate: Gate): CloudWatchLogsClient {
    const send = (command: { readonly input: { readonly logStreamName: string } }) => {
      const key = command.input.logStreamName.split("/").at(-1) ?? "";
      return gate.call(`logs.GetLogEvents ${key.slice(0, 6)}`, { mutating: false, stale: true }, () => ({
        events: (this.environment.tasks.get(key)?.end?.lines ?? []).map((message) => ({ message })),
      }));
    };
    return Object.assign(Object.create(CloudWatchLogsClient.prototype) as CloudWatchLogsClient, { send });
  }
}

/** Each mutating method says under whose permit its requests leave: the last that it is handed. */
const sayingWhose = <Port extends object>(ecs: EcsOfEnvironment, port: Port, pollMilliseconds: number): Port =>
  new Proxy(port, {
    get(target, name) {
      if (name === "pollMilliseconds") return pollMilliseconds;
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return (...handed: readonly unknown[]): unknown => {
        const last = handed.at(-1);
        if (isPermit(last)) ecs.permit = last;
        return method.apply(target, handed);
      };
    },
  });

const isPermit = (value: unknown): value is Permit => typeof value === "object" && value !== null && "check" in value;
