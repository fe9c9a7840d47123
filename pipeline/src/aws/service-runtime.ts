import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  type ECSClient,
  StopServiceDeploymentCommand,
  UpdateExpressGatewayServiceCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { PortError } from "../errors.ts";
import type { Digest, EnvironmentName, ServiceName } from "../identifiers.ts";
import type { ObjectStore, Permit, Revision, ServiceLook, ServiceRuntime } from "../ports.ts";
import type { ServiceShape } from "../release/manifest.ts";
import { askAws } from "./aws-error.ts";
import { type DefinitionMeaning, DefinitionMeanings } from "./ecs/definition-meaning.ts";
import { Definitions } from "./ecs/definitions.ts";
import { CauseReader } from "./ecs/read-causes.ts";
import { type SeenService, ServiceReader } from "./ecs/read-service.ts";
import { retiredDefinition } from "./ecs/retired-definition.ts";
import { type Rollout, rolloutOf } from "./ecs/rollout.ts";
import { serviceDefinitionOf } from "./ecs/service-definition.ts";
import { nothing, serviceLookOf } from "./ecs/service-look.ts";
import { readTaskTemplate } from "./ecs/task-template.ts";
import { underPermit } from "./under-permit.ts";

/** Where infrastructure has put a service. */
export interface EcsServicePlace {
  /** Name or ARN; of an Express Mode service its ARN. */
  readonly service: string;
  readonly kind: "ecs" | "express";
  /** Tasks of a service that is woken for the first time, or again; then autoscaling owns the number. */
  readonly initialCount: number;
  /** ARN of the definition that infrastructure made the service with: one that runs it runs nothing of ours. Null: none that runs. */
  readonly madeWith: string | null;
}
export interface EcsServiceRuntimeInput {
  /** Its requests may be repeated by the SDK. */
  readonly ecs: ECSClient;
  /** One attempt a request, which lands within a known time or never (protocol R11). */
  readonly changes: ECSClient;
  readonly logs: CloudWatchLogsClient;
  readonly store: ObjectStore;
  readonly environment: EnvironmentName;
  /** Where people reach the environment; null: nowhere. */
  readonly url: string | null;
  readonly cluster: string;
  /** `<registry>/<repository>` of the app's images. */
  readonly repository: string;
  readonly services: Readonly<Record<string, EcsServicePlace>>;
}

/**
 * Services on ECS. What a definition stands for is on record in the store; ECS tells which one a service is set to, and how its newest deployment
 * goes. How many tasks it has is infrastructure's, but for a service that wakes up (types.md §3).
 */
export class EcsServiceRuntime implements ServiceRuntime {
  readonly pollMilliseconds = 5_000;
  readonly #input: EcsServiceRuntimeInput;
  readonly #definitions: Definitions;
  readonly #meanings: DefinitionMeanings;
  readonly #reader: ServiceReader;
  /** When the deployment was made that ECS answered to the last order of this process, by service: milliseconds since 1970 by ECS's clock. */
  readonly #taken = new Map<string, number>();
  readonly #causes: CauseReader;

  constructor(input: EcsServiceRuntimeInput) {
    this.#input = input;
    this.#definitions = new Definitions(input.ecs, input.store, input.environment);
    this.#meanings = new DefinitionMeanings(input.store, input.environment);
    this.#reader = new ServiceReader(input.ecs, input.cluster);
    this.#causes = new CauseReader(input.logs, (digest) => this.#templateOf(digest));
  }

  async inspect(service: ServiceName): Promise<ServiceLook> {
    const place = this.#find(service);
    if (place === null) return nothing;
    const seen = await this.#look("services.inspect", service, place);
    if (seen === null) return nothing;
    const rollout = this.#rolloutOf(seen);
    const meanings = await this.#meaningsOf(seen, rollout);
    return serviceLookOf({
      seen,
      rollout,
      meanings,
      causes: await this.#causes.read(seen.tasks, rollout, meanings),
      madeWith: place.madeWith,
    });
  }

  async prepare(shape: ServiceShape, revision: Revision, permit: Permit): Promise<void> {
    await this.#register(shape, revision, permit);
  }

  async roll(shape: ServiceShape, revision: Revision, permit: Permit): Promise<void> {
    const place = this.#placeOf(shape.name, "services.roll");
    const taskDefinition = await this.#register(shape, revision, permit);
    const seen = await this.#look("services.roll", shape.name, place);
    if (seen === null) throw new PortError("services.roll", "none", `ECS has no service ${place.service}`);
    const { service } = seen;
    const isSet = service.taskDefinition === taskDefinition;
    const hasFailed = ["stopped", "stuck-going-back"].includes(this.#rolloutOf(seen)?.phase ?? "");
    if (isSet && !hasFailed) return;
    if (isSet && place.kind === "express")
      throw new PortError(
        "services.roll",
        "none",
        `ECS gave up ${taskDefinition}, and an Express Mode service takes no order for the same again`,
      );
    // What infrastructure made the service with, or what it was retired to, has no tasks: nobody else will wake it.
    const meaning = await this.#meanings.of(service.taskDefinition ?? "");
    const isAsleep = (service.desiredCount ?? 0) === 0 && (meaning === null || meaning.revision === null);
    await this.#update("services.roll", shape.name, place, permit, {
      taskDefinition,
      ...(isAsleep ? { desiredCount: place.initialCount } : {}),
      ...(isSet ? { forceNewDeployment: true } : {}),
    });
  }

  async stop(service: ServiceName, permit: Permit): Promise<void> {
    const place = this.#placeOf(service, "services.stop");
    const newest = await askAws("services.stop", service, "reads", () => this.#reader.newestOf(place.service));
    const { serviceDeploymentArn, status } = newest ?? {};
    if (serviceDeploymentArn === undefined || !(status === "PENDING" || status === "IN_PROGRESS")) return;
    const command = underPermit(
      new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: "ROLLBACK" }),
      permit,
      1,
    );
    permit.check();
    await askAws("services.stop", service, "changes", () =>
      this.#input.changes.send(command, { abortSignal: permit.signal }),
    );
  }

  async retire(service: ServiceName, permit: Permit): Promise<void> {
    const place = this.#find(service);
    if (place === null) return;
    const look = await this.#look("services.retire", service, place);
    const seen = look?.service;
    const current = seen?.taskDefinition;
    if (seen === undefined || current === undefined) return;
    const meaning = await this.#meanings.of(current);
    if ((seen.desiredCount ?? 0) === 0 && !meaning?.revision) return;
    if (place.kind === "express")
      throw new PortError(
        "services.retire",
        "none",
        `${service} is an Express Mode service: only infrastructure can take it away`,
      );
    const definition = await askAws("services.retire", service, "reads", () =>
      retiredDefinition(this.#input.ecs, this.#input.environment, current, meaning?.container ?? null),
    );
    const { container } = definition;
    const taskDefinition = await this.#definitions.register(definition, permit, { container, revision: null });
    await this.#update("services.retire", service, place, permit, { taskDefinition, desiredCount: 0 });
  }

  #find(service: string): EcsServicePlace | null {
    const { services } = this.#input;
    return (Object.hasOwn(services, service) ? services[service] : null) ?? null;
  }

  #placeOf(service: string, call: string): EcsServicePlace {
    const place = this.#find(service);
    if (place !== null) return place;
    throw new PortError(call, "none", `the target of ${this.#input.environment} has no service ${service}`);
  }

  async #register(shape: ServiceShape, revision: Revision, permit: Permit): Promise<string> {
    const { environment, repository, url } = this.#input;
    const template = await this.#templateOf(revision.template);
    const definition = serviceDefinitionOf({ environment, template, repository, url, shape, revision });
    return await this.#definitions.register(definition, permit, { container: definition.container, revision });
  }

  #templateOf(digest: Digest) {
    return readTaskTemplate(this.#input.store, this.#input.environment, digest);
  }

  async #update(
    call: "services.roll" | "services.retire",
    name: string,
    { service, kind }: EcsServicePlace,
    permit: Permit,
    change: { readonly taskDefinition: string; readonly desiredCount?: number; readonly forceNewDeployment?: boolean },
  ): Promise<void> {
    const { cluster, changes } = this.#input;
    const sent = { abortSignal: permit.signal };
    const express = { serviceArn: service, taskDefinitionArn: change.taskDefinition };
    permit.check();
    const taken = await askAws(call, name, "changes", async () => {
      if (kind === "ecs")
        return await changes.send(
          underPermit(new UpdateServiceCommand({ cluster, service, ...change }), permit, 1),
          sent,
        );
      await changes.send(underPermit(new UpdateExpressGatewayServiceCommand(express), permit, 1), sent);
      return null;
    });
    const primary = taken?.service?.deployments?.find(({ status }) => status === "PRIMARY");
    if (primary?.createdAt !== undefined) this.#taken.set(name, primary.createdAt.getTime());
  }

  /** What ECS has answered to an order is older than no later look: one that is from before it says nothing (aws.md A2 #11, #16). @throws PortError */
  async #look(call: string, name: string, { service }: EcsServicePlace): Promise<SeenService | null> {
    const seen = await askAws(call, name, "reads", () => this.#reader.read(service));
    const taken = this.#taken.get(name);
    const primary = seen?.service.deployments?.find(({ status }) => status === "PRIMARY");
    if (taken === undefined || primary?.createdAt === undefined || goesBack(seen, taken)) return seen;
    if (primary.createdAt.getTime() < taken)
      throw new PortError(call, "none", `${name}: ECS does not show yet what it was ordered and took`);
    return seen;
  }

  #rolloutOf(seen: SeenService): Rollout | null {
    return rolloutOf(seen.service, seen.newest, (arn) => seen.revisions.get(arn)?.taskDefinition ?? null);
  }

  async #meaningsOf(seen: SeenService, rollout: Rollout | null): Promise<ReadonlyMap<string, DefinitionMeaning>> {
    const arns = [
      seen.service.taskDefinition,
      rollout?.taskDefinition,
      ...seen.tasks.map((task) => task.taskDefinitionArn),
    ];
    const known = new Map<string, DefinitionMeaning>();
    for (const arn of new Set(arns)) {
      const meaning = arn ? await this.#meanings.of(arn) : null;
      if (arn && meaning !== null) known.set(arn, meaning);
    }
    return known;
  }
}

/** What was ordered goes back by itself, which makes the deployment of before the primary one again. Both times are of one order. */
function goesBack(seen: SeenService | null, taken: number): boolean {
  const { status = "", createdAt } = seen?.newest ?? {};
  return status.startsWith("ROLLBACK") && (createdAt?.getTime() ?? 0) >= taken - sameOrderMilliseconds;
}
const sameOrderMilliseconds = 1_000;
