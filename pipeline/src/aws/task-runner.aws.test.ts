import { randomBytes } from "node:crypto";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateClusterCommand,
  type DescribeTasksCommandOutput,
  ECSClient,
  type ServiceOutputTypes,
} from "@aws-sdk/client-ecs";
import type { InitializeHandlerOutput } from "@smithy/types";
import { inject } from "vitest";
import { environmentOf } from "../../test/builders.ts";
import { taskRunnerContract } from "../../test/contract/task-runner.contract.ts";
import { credentials, region, s3ClientsAt } from "../../test/emulators/clients.ts";
import { openBucket } from "../../test/emulators/open-bucket.ts";
import { permitOf } from "../../test/platform-fixture.ts";
import { templateKey } from "../environment/template-key.ts";
import type { Digest } from "../identifiers.ts";
import { canonicalBytes, digestOf } from "../release/canonical-json.ts";
import { S3ObjectStore } from "./object-store.ts";
import { recordServerTime } from "./server-time.ts";
import { EcsTaskRunner } from "./task-runner.ts";

const endpoint = inject("ministack");
const environment = environmentOf("staging");
const [repository = "", image = ""] = inject("busybox").split("@");
const ends = { well: "exit 0", ill: "exit 4", long: "sleep 600 & wait" };
const newKey = (): string => randomBytes(20).toString("hex");

/**
 * What ministack does otherwise than ECS: it starts one task a call, whatever the token (ECS_Idempotency), and says 0 of containers that it has killed,
 * where the exit code is 128 and the signal's number.
 */
function asDocumented(client: ECSClient): ECSClient {
  const started = new Map<string, Promise<InitializeHandlerOutput<ServiceOutputTypes>>>();
  client.middlewareStack.add(
    (send, { commandName }) =>
      async (args) => {
        if (commandName === "DescribeTasksCommand") {
          const answer = await send(args);
          for (const { stopCode, containers = [] } of (answer.output as DescribeTasksCommandOutput).tasks ?? [])
            for (const container of stopCode === "UserInitiated" ? containers : []) container.exitCode = 137;
          return answer;
        }
        if (commandName !== "RunTaskCommand") return await send(args);
        const { clientToken = "" } = args.input as { readonly clientToken?: string };
        const answer = started.get(clientToken) ?? send(args);
        started.set(clientToken, answer);
        return await answer;
      },
    { step: "initialize" },
  );
  return client;
}

taskRunnerContract("ECS of ministack, on real containers,", async () => {
  const at = { endpoint, region, credentials };
  const [ecs, logs] = [asDocumented(new ECSClient(at)), new CloudWatchLogsClient(at)];
  recordServerTime(ecs);
  const name = `slipway-${randomBytes(4).toString("hex")}`;
  await ecs.send(new CreateClusterCommand({ clusterName: name }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: name }));
  const clients = s3ClientsAt(endpoint);
  const store = new S3ObjectStore({ clients, bucket: await openBucket(clients.records), prefix: "app" });
  const template = {
    family: `${name}-migrations`,
    networkMode: "bridge",
    cpu: "128",
    memory: "128",
    containerDefinitions: [
      {
        name: "runner",
        essential: true,
        environment: [{ name: "WORD", value: "world" }],
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": name, "awslogs-region": region, "awslogs-stream-prefix": "runner" },
        },
      },
    ],
  };
  const digest = digestOf(template);
  await store.putIfAbsent(templateKey(environment, digest), canonicalBytes(template));
  const tasks = new EcsTaskRunner({
    ecs,
    logs,
    store,
    environment,
    cluster: name,
    repository,
    template: digest,
    placement: {},
  });
  return {
    tasks,
    permit: permitOf(1),
    order: async (does) => ({
      key: newKey(),
      image: image as Digest,
      command: ["sh", "-c", `echo hello; echo "$WORD"; ${ends[does]}`],
      template: digest,
      environment: {},
    }),
  };
});
