import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { EnvironmentName } from "../../identifiers.ts";
import type { Revision } from "../../ports.ts";
import type { ServiceShape } from "../../release/manifest.ts";
import { type Definition, taskDefinitionOf } from "./task-definition.ts";
import type { TaskTemplate } from "./task-template.ts";

export interface ServiceDefinitionOrder {
  readonly environment: EnvironmentName;
  readonly template: TaskTemplate;
  /** `<registry>/<repository>` of the app's images. */
  readonly repository: string;
  /** Where people reach the environment; null: nowhere. */
  readonly url: string | null;
  readonly shape: ServiceShape;
  readonly revision: Revision;
}

/** ECS takes no longer start period (API_HealthCheck). */
const longestStartSeconds = 300;

/** Pure: what ECS is told of a service. A process is told the same as on one machine, its SHA among it, so each SHA is a definition of its own. */
export function serviceDefinitionOf(order: ServiceDefinitionOrder): Definition {
  const { environment, template, repository, shape, revision } = order;
  return taskDefinitionOf({
    environment,
    template,
    image: `${repository}@${revision.image}`,
    command: shape.run,
    variables: variablesOf(order),
    stopSeconds: shape.drainTimeoutSeconds,
    health: healthCheckOf(shape),
  });
}

function variablesOf({ environment, url, template, shape, revision }: ServiceDefinitionOrder): Record<string, string> {
  const own = template.containerDefinitions.find(({ image }) => image === undefined);
  const port = own?.portMappings?.[0]?.containerPort;
  return {
    SLIPWAY_ENV: environment,
    SLIPWAY_SHA: revision.sha,
    SLIPWAY_IMAGE: revision.image,
    ...(url === null ? {} : { SLIPWAY_URL: url }),
    ...(shape.port === null || port === undefined ? {} : { [shape.port]: String(port) }),
  };
}

/** A path is asked by the load balancer, as infrastructure has told it; an image need not have a program that can ask. */
function healthCheckOf({ health, startTimeoutSeconds }: ServiceShape): ContainerDefinition["healthCheck"] | null {
  if (health.kind !== "command") return null;
  return {
    command: ["CMD", ...health.command],
    interval: 5,
    timeout: 5,
    retries: 3,
    startPeriod: Math.min(Math.ceil(startTimeoutSeconds), longestStartSeconds),
  };
}
