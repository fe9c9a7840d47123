import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { examined, type Finding, ok } from "../environment/doctor/finding.ts";
import type { Target } from "../environment/target.ts";
import { spellDuration } from "../policy/spell.ts";
import type { EnvironmentPorts, ObjectStore, TaskRunner } from "../ports.ts";
import { noTasks } from "./absent-parts.ts";
import { type ExpectedAccess, roleToTake } from "./access.ts";
import { guardAccount } from "./account-guard.ts";
import { type ClientOptions, clientOptionsOf } from "./client-options.ts";
import { connectImages } from "./connect-images.ts";
import { connectWeb } from "./connect-web.ts";
import { createEcsClients, type EcsClients, longestRequestMilliseconds } from "./ecs-client.ts";
import { awsProbe } from "./probe.ts";
import { EcsServiceRuntime } from "./service-runtime.ts";
import { type AwsSite, awsSiteOf } from "./site.ts";
import { EcsTaskRunner } from "./task-runner.ts";

export interface ConnectAwsInput {
  readonly target: Target;
  /** The ladder's: task templates lie there, and what is registered is kept there. */
  readonly store: ObjectStore;
  /** What slipway.yaml says of the environment, where there is one. */
  readonly expected: ExpectedAccess;
}

/**
 * Ports of an environment on AWS. Whose credentials these are is asked before anything else.
 * @throws UserError, RefusalError `account`, PortError; nothing was changed then
 */
export async function connectAws({ target, store, expected }: ConnectAwsInput): Promise<EnvironmentPorts> {
  const { environment, url } = target;
  const { site, options } = await enter({ target, expected });
  const at: Connection = { target, store, site, options };
  const ecs = createEcsClients(options);
  const logs = new CloudWatchLogsClient(options);
  return {
    images: connectImages(site.images, options),
    services: new EcsServiceRuntime({
      ecs: ecs.reading,
      changes: ecs.changing,
      logs,
      store,
      environment,
      url,
      cluster: site.cluster,
      repository: site.images.repository,
      services: site.services,
    }),
    tasks: connectTasks(at, ecs, logs),
    web: connectWeb(at),
    probe: awsProbe(url),
    // ECS takes no precondition, so nothing can be raised there (protocol R7); what guards it is R11.
    raiseFence: async () => undefined,
    longestRequestMilliseconds,
  };
}

/** The account is the right one from here on. */
async function enter({ target, expected }: Pick<ConnectAwsInput, "target" | "expected">) {
  const { environment } = target;
  const declared = awsSiteOf(target);
  const site = { ...declared, role: roleToTake(declared, expected, environment) };
  const options = clientOptionsOf(site, environment);
  const who = await guardAccount(options, environment, site.account);
  return { site, options, who };
}

/** For the doctor: who the credentials say it is, and how long they last. */
export const examineAccess = (input: Pick<ConnectAwsInput, "target" | "expected">): Promise<readonly Finding[]> =>
  examined("credentials", async () => {
    const { options, who } = await enter(input);
    const { expiration } = await options.credentials();
    const left = expiration === undefined ? "" : `, ${spellDuration((expiration.getTime() - Date.now()) / 1000)} left`;
    return [ok("credentials", `${who}${left}`)];
  });

/** An environment, and how its services are asked. */
export interface Connection {
  readonly target: Target;
  readonly store: ObjectStore;
  readonly site: AwsSite;
  readonly options: ClientOptions;
}

function connectTasks(
  { target, store, site }: Connection,
  { reading }: EcsClients,
  logs: CloudWatchLogsClient,
): TaskRunner {
  const { environment, migrations } = target;
  if (migrations === null || site.tasks === null) return noTasks(environment);
  return new EcsTaskRunner({
    ecs: reading,
    logs,
    store,
    environment,
    cluster: site.cluster,
    repository: site.images.repository,
    template: migrations.template,
    placement: site.tasks,
  });
}
