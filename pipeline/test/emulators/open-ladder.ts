import { randomBytes } from "node:crypto";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { S3ObjectStore } from "../../src/aws/object-store.ts";
import { writeTarget } from "../../src/environment/read-target.ts";
import { templateKey } from "../../src/environment/template-key.ts";
import type { Digest } from "../../src/identifiers.ts";
import type { ObjectStore } from "../../src/ports.ts";
import { canonicalBytes, digestOf } from "../../src/release/canonical-json.ts";
import { environmentOf } from "../builders.ts";
import { credentials, region, s3ClientsAt } from "./clients.ts";
import { Front } from "./front.ts";
import { openBucket } from "./open-bucket.ts";
import { cloudFrontAt, keyValueStoreAt, openDistribution, openKeyValueStore } from "./open-web.ts";

export interface LadderWanted {
  readonly emulator: string;
  /** `<registry>/<repository>` */
  readonly repository: string;
  readonly environments: readonly string[];
  /** Services, and what paths lead there; an empty one: none. */
  readonly services: Readonly<Record<string, string>>;
}
export interface EmulatedLadder {
  readonly store: ObjectStore;
  /** `s3://bucket/prefix` */
  readonly address: string;
  /** Of each environment, by name: where people reach it. */
  readonly urls: Readonly<Record<string, string>>;
  readonly ecs: ECSClient;
  clusterOf(environment: string): string;
  close(): void;
}
const subnets = ["subnet-12345678"];

/** As infrastructure makes it, on an emulator that runs real containers: a bucket for releases, and environments with services that nothing runs in yet. */
export async function openLadder(wanted: LadderWanted): Promise<EmulatedLadder> {
  const { emulator, environments } = wanted;
  const clients = s3ClientsAt(emulator);
  const at = { bucket: await openBucket(clients.records), prefix: "apps/tiny" };
  const store = new S3ObjectStore({ clients, ...at });
  const ecs = new ECSClient({ endpoint: emulator, region, credentials });
  const run = randomBytes(3).toString("hex");
  const fronts: Front[] = [];
  const urls: Record<string, string> = {};
  for (const name of environments) {
    const { front, url } = await openEnvironment(wanted, { store, ecs, name, cluster: `${name}-${run}` });
    fronts.push(front);
    urls[name] = url;
  }
  return {
    store,
    address: `s3://${at.bucket}/${at.prefix}`,
    urls,
    ecs,
    clusterOf: (name) => `${name}-${run}`,
    close: () => {
      for (const front of fronts) front.close();
    },
  };
}

interface EnvironmentWanted {
  readonly store: ObjectStore;
  readonly ecs: ECSClient;
  readonly name: string;
  readonly cluster: string;
}

async function openEnvironment(wanted: LadderWanted, { store, ecs, name, cluster }: EnvironmentWanted) {
  const { emulator, repository } = wanted;
  const environment = environmentOf(name);
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  await new CloudWatchLogsClient({ endpoint: emulator, region, credentials }).send(
    new CreateLogGroupCommand({ logGroupName: cluster }),
  );
  const services: Record<string, { template: Digest }> = {};
  for (const service of Object.keys(wanted.services)) {
    const template = templateOf(service, cluster);
    services[service] = { template: digestOf(template) };
    await store.putIfAbsent(templateKey(environment, digestOf(template)), canonicalBytes(template));
    await makeService(ecs, cluster, service);
  }
  const clients = s3ClientsAt(emulator);
  const cloudFront = cloudFrontAt(emulator);
  const web = {
    bucket: await openBucket(clients.records),
    prefix: "web",
    distribution: await openDistribution(cloudFront),
    keyValueStore: await openKeyValueStore(cloudFront),
  };
  const keyValueStore = { client: keyValueStoreAt(emulator), arn: web.keyValueStore };
  const routes = Object.fromEntries(
    Object.entries(wanted.services)
      .filter(([, path]) => path !== "")
      .map(([service, path]) => [path, service]),
  );
  const front = new Front({
    ecs,
    s3: clients.records,
    keyValueStore,
    cluster,
    routes,
    bucket: web.bucket,
    prefix: web.prefix,
  });
  const url = await front.listen();
  await writeTarget(store, {
    version: 1,
    environment,
    kind: "aws",
    url,
    services,
    anyService: null,
    migrations: null,
    web: { switch: "pointer" },
    site: {
      region,
      account: await accountAt(emulator),
      endpoint: emulator,
      images: { repository, platform: "linux/amd64" },
      cluster,
      services: Object.fromEntries(Object.keys(services).map((service) => [service, { service }])),
      tasks: null,
      web,
    },
  });
  return { front, url };
}

const templateOf = (service: string, cluster: string) => ({
  family: `${cluster}-${service}`,
  networkMode: "awsvpc",
  cpu: "128",
  memory: "128",
  containerDefinitions: [
    {
      name: service,
      essential: true,
      portMappings: [{ containerPort: 8080 }],
      logConfiguration: {
        logDriver: "awslogs",
        options: { "awslogs-group": cluster, "awslogs-region": region, "awslogs-stream-prefix": service },
      },
    },
  ],
});

async function makeService(ecs: ECSClient, cluster: string, serviceName: string): Promise<void> {
  const containerDefinitions = [{ name: serviceName, image: "nothing", memory: 16 }];
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: `${cluster}-${serviceName}-placeholder`,
      networkMode: "awsvpc",
      containerDefinitions,
    }),
  );
  const networkConfiguration = { awsvpcConfiguration: { subnets } };
  const definition = taskDefinition?.taskDefinitionArn;
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName,
      taskDefinition: definition,
      desiredCount: 0,
      networkConfiguration,
    }),
  );
}

async function accountAt(emulator: string): Promise<string> {
  const { Account = "" } = await new STSClient({ endpoint: emulator, region, credentials }).send(
    new GetCallerIdentityCommand({}),
  );
  return Account;
}
