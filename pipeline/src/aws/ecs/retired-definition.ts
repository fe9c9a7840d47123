import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import { PortError } from "../../errors.ts";
import type { EnvironmentName } from "../../identifiers.ts";
import { digestOf } from "../../release/canonical-json.ts";
import { type Definition, definitionTags } from "./task-definition.ts";
import { answered } from "./task-template.ts";

const label = "slipway.retired";

/**
 * A copy of what the service is set to, which stands for no revision. A service at 0 that is set to it was retired; one at 0 that is set to a
 * revision only sleeps: one request says both, so no crash comes between. @throws what the SDK throws
 */
export async function retiredDefinition(
  client: ECSClient,
  environment: EnvironmentName,
  arn: string,
  container: string | null,
): Promise<Definition> {
  const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
  const containers = taskDefinition?.containerDefinitions ?? [];
  const own = containers.find(({ name }) => container === null || name === container);
  if (taskDefinition === undefined || own?.name === undefined)
    throw new PortError("services.retire", "none", `${arn} has no container ${container ?? ""}`);
  const kept = Object.entries(taskDefinition).filter(([name]) => !isAnswered.has(name));
  const marked = { ...own, dockerLabels: { ...own.dockerLabels, [label]: "true" } };
  const input = {
    ...Object.fromEntries(kept),
    containerDefinitions: containers.map((one) => (one === own ? marked : one)),
  } as RegisterTaskDefinitionCommandInput;
  const hash = digestOf(input);
  return { hash, input: { ...input, tags: definitionTags(hash, environment) }, container: own.name };
}
const isAnswered: ReadonlySet<string> = new Set(answered);
