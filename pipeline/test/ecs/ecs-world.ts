import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { type EcsServicePlace, EcsServiceRuntime } from "../../src/aws/service-runtime.ts";
import { templateKey } from "../../src/environment/template-key.ts";
import type { Digest, EnvironmentName, Epoch, ServiceName } from "../../src/identifiers.ts";
import type { Permit, Revision, ServiceRuntime } from "../../src/ports.ts";
import { canonicalBytes, digestOf } from "../../src/release/canonical-json.ts";
import type { ServiceShape } from "../../src/release/manifest.ts";
import { environmentOf, instantOf } from "../builders.ts";
import { MemoryObjectStore } from "../memory-store.ts";
import { ScriptedEcs } from "./scripted-ecs.ts";
import { arnOf, type ServiceSettings } from "./service-state.ts";

export const ecsEnvironment: EnvironmentName = environmentOf("prod");
export const ecsPermit: Permit = {
  environment: ecsEnvironment,
  epoch: 7 as Epoch,
  signal: new AbortController().signal,
  check: () => undefined,
};
const options = { "awslogs-group": "/app/prod", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "svc" };
const templateFor = (service: string) => ({
  family: `app-prod-${service}`,
  containerDefinitions: [
    {
      name: "app",
      portMappings: [{ containerPort: 8080 }],
      logConfiguration: { logDriver: "awslogs", options },
    },
  ],
});
export const imageNumber = (number: number): Digest => `sha256:${number.toString(16).padStart(64, "0")}` as Digest;

export interface EcsWorld {
  readonly ecs: ScriptedEcs;
  readonly store: MemoryObjectStore;
  readonly services: ServiceRuntime;
  shapeOf: (service: string) => ServiceShape;
  /** SHA and image of that number. */
  readonly revisionOf: (number: number, service?: string) => Revision;
}

/** An environment on the double of ECS, with a store in memory; each service is as infrastructure makes it. */
export async function openEcsWorld(
  names: readonly string[],
  settings: Partial<ServiceSettings> = {},
  kind: "ecs" | "express" = "ecs",
): Promise<EcsWorld> {
  const ecs = new ScriptedEcs();
  const store = new MemoryObjectStore(() => instantOf("2026-11-22T10:00"));
  const places: Record<string, EcsServicePlace> = {};
  for (const name of names) {
    const template = templateFor(name);
    await store.putIfAbsent(templateKey(ecsEnvironment, digestOf(template)), canonicalBytes(template));
    const placeholder = ecs.placeholder(name);
    const service = kind === "express" ? arnOf(`service/prod/${name}`) : name;
    places[name] = { service, kind, initialCount: 1, madeWith: kind === "express" ? placeholder : null };
    ecs.services.add(name, placeholder, { desiredCount: 0, ...settings });
  }
  const services = new EcsServiceRuntime({
    ecs: ecs.client,
    changes: ecs.client,
    logs: logsThatSay(["first line", "last line"]),
    store,
    environment: ecsEnvironment,
    url: "https://app.example",
    cluster: "prod",
    repository: "registry.example/app",
    services: places,
  });
  return { ecs, store, services, shapeOf, revisionOf };
}

function shapeOf(service: string): ServiceShape {
  return {
    name: service as ServiceName,
    run: ["node", "server.js"],
    port: "PORT",
    paths: ["/*"],
    health: { kind: "command", command: ["node", "healthy.js"] },
    startTimeoutSeconds: 30,
    drainTimeoutSeconds: 10,
    instances: 1,
    smoke: [],
  };
}

const revisionOf = (number: number, service = "api"): Revision => ({
  sha: number.toString(16).padStart(40, "0") as Revision["sha"],
  image: imageNumber(number),
  template: digestOf(templateFor(service)),
});

function logsThatSay(lines: readonly string[]): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient({ region: "eu-central-1" });
  client.middlewareStack.add(
    () => async () => ({
      output: { $metadata: {}, events: lines.map((message) => ({ message })) },
      response: {},
    }),
    { step: "initialize" },
  );
  return client;
}
