import { randomBytes } from "node:crypto";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { inject } from "vitest";
import { environmentOf, shaOf } from "../../test/builders.ts";
import { serviceRuntimeContract } from "../../test/contract/service-runtime.contract.ts";
import { credentials, region, s3ClientsAt } from "../../test/emulators/clients.ts";
import { openBucket } from "../../test/emulators/open-bucket.ts";
import { permitOf } from "../../test/platform-fixture.ts";
import { templateKey } from "../environment/template-key.ts";
import type { Digest, ServiceName } from "../identifiers.ts";
import type { Revision } from "../ports.ts";
import { canonicalBytes, digestOf } from "../release/canonical-json.ts";
import { S3ObjectStore } from "./object-store.ts";
import { EcsServiceRuntime } from "./service-runtime.ts";

const endpoint = inject("ministack");
const environment = environmentOf("staging");
const [repository = "", image = ""] = inject("busybox").split("@");
const [, otherImage = ""] = inject("otherBusybox").split("@");

/*
 * ministack starts and stops real containers, and finishes whatever it was told: it has no service deployments, no breaker and no way to stop one. Going back
 * is asked of the double alone.
 */
serviceRuntimeContract("ECS of ministack, on real containers,", async () => {
  const at = { endpoint, region, credentials };
  const ecs = new ECSClient(at);
  const cluster = `slipway-${randomBytes(4).toString("hex")}`;
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  const template = {
    family: `${cluster}-api`,
    networkMode: "bridge",
    cpu: "128",
    memory: "128",
    containerDefinitions: [{ name: "api", essential: true }],
  };
  await makeService(ecs, cluster);
  const clients = s3ClientsAt(endpoint);
  const store = new S3ObjectStore({ clients, bucket: await openBucket(clients.records), prefix: "app" });
  const digest = digestOf(template);
  await store.putIfAbsent(templateKey(environment, digest), canonicalBytes(template));
  const revision = (sha: string, of: string): Revision => ({ sha: shaOf(sha), image: of as Digest, template: digest });
  return {
    services: new EcsServiceRuntime({
      ecs,
      changes: ecs,
      logs: new CloudWatchLogsClient(at),
      store,
      environment,
      url: null,
      cluster,
      repository,
      services: { api: { service: "api", kind: "ecs", initialCount: 1, madeWith: null } },
    }),
    permit: permitOf(1),
    shape: {
      name: "api" as ServiceName,
      run: ["sh", "-c", "trap exit TERM; while :; do sleep 1; done"],
      port: null,
      paths: [],
      health: { kind: "uptime", seconds: 1 },
      startTimeoutSeconds: 30,
      drainTimeoutSeconds: 2,
      instances: 1,
      smoke: [],
    },
    good: revision("a1", image),
    better: revision("b2", otherImage),
    bad: revision("c3", image),
  };
});

/** As infrastructure makes it: nothing runs. */
async function makeService(ecs: ECSClient, cluster: string): Promise<void> {
  const family = `${cluster}-placeholder`;
  const containerDefinitions = [{ name: "api", image: "nothing", memory: 16 }];
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }));
  const definition = taskDefinition?.taskDefinitionArn;
  await ecs.send(
    new CreateServiceCommand({ cluster, serviceName: "api", taskDefinition: definition, desiredCount: 0 }),
  );
}
