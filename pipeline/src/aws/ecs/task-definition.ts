import type { ContainerDefinition, RegisterTaskDefinitionCommandInput, Tag } from "@aws-sdk/client-ecs";
import type { Digest, EnvironmentName } from "../../identifiers.ts";
import { digestOf } from "../../release/canonical-json.ts";
import type { TaskTemplate } from "./task-template.ts";

export interface DefinitionOrder {
  readonly environment: EnvironmentName;
  readonly template: TaskTemplate;
  /** `<registry>/<repository>@sha256:…`: by digest, never by a tag. */
  readonly image: string;
  /** Argument list of the release's container; null: what the image says. */
  readonly command: readonly string[] | null;
  /** Set beside those of the template, which they override. */
  readonly variables: Readonly<Record<string, string>>;
  /** Seconds between SIGTERM and SIGKILL; null: what the template says. */
  readonly stopSeconds: number | null;
  /** Shell-free command whose exit code 0 says that the container is healthy; null: what the template says. */
  readonly health: ContainerDefinition["healthCheck"] | null;
}
export interface Definition {
  /** Of everything that ECS is told: equal hashes are equal definitions. */
  readonly hash: Digest;
  readonly input: RegisterTaskDefinitionCommandInput;
  /** The container that has the release's image. */
  readonly container: string;
}

/** ECS takes no more. */
const longestStopSeconds = 120;
const hashTag = "slipway:definition";

/** Pure: what ECS is told to run. Names, order and defaults are such that the same order always has the same hash. */
export function taskDefinitionOf(order: DefinitionOrder): Definition {
  const { template } = order;
  const containers = template.containerDefinitions.map((container) =>
    container.image === undefined ? ownContainer(container, order) : container,
  );
  const own = template.containerDefinitions.find(({ image }) => image === undefined);
  const input = { ...template, containerDefinitions: containers } as RegisterTaskDefinitionCommandInput;
  const hash = digestOf(input);
  return { hash, input: { ...input, tags: definitionTags(hash, order.environment) }, container: own?.name ?? "" };
}

/** For people who look at definitions in a console; nothing is decided by them. */
export const definitionTags = (hash: Digest, environment: EnvironmentName): Tag[] => [
  { key: hashTag, value: hash.slice("sha256:".length) },
  { key: "slipway:environment", value: environment },
];

function ownContainer(
  container: TaskTemplate["containerDefinitions"][number],
  { image, command, variables, stopSeconds, health }: DefinitionOrder,
): object {
  const kept = (container.environment ?? []).filter(({ name }) => !Object.hasOwn(variables, name));
  const all = [...kept, ...Object.entries(variables).map(([name, value]) => ({ name, value }))];
  return {
    ...container,
    image,
    environment: all.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    ...(command === null ? {} : { command: [...command] }),
    ...(stopSeconds === null ? {} : { stopTimeout: Math.min(Math.ceil(stopSeconds), longestStopSeconds) }),
    ...(health === null ? {} : { healthCheck: health }),
  };
}
