import * as z from "zod";
import { templateKey } from "../../environment/template-key.ts";
import { PortError } from "../../errors.ts";
import type { Digest, EnvironmentName } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { sha256 } from "../../release/canonical-json.ts";

/** In what ECS answers of a definition, and not in what it takes (aws.md A2 #2): a template that was copied from an answer has them. */
export const answered = [
  "compatibilities",
  "deleteRequestedAt",
  "deregisteredAt",
  "registeredAt",
  "registeredBy",
  "requiresAttributes",
  "revision",
  "status",
  "taskDefinitionArn",
] as const;

const pair = z.object({ name: z.string(), value: z.string() });
const container = z.looseObject({
  name: z.string().min(1).max(255),
  image: z.string().min(1).optional(),
  essential: z.boolean().optional(),
  environment: z.array(pair).optional(),
  portMappings: z.array(z.looseObject({ containerPort: z.number().int().optional() })).optional(),
  logConfiguration: z
    .looseObject({ logDriver: z.string(), options: z.record(z.string(), z.string()).optional() })
    .optional(),
});

/**
 * What infrastructure gives a task: the input of RegisterTaskDefinition, in which one container has no image. That one gets the
 * release's. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 */
const taskTemplateSchema = z
  .looseObject({
    family: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
    containerDefinitions: z.array(container).min(1).max(10),
  })
  .check(({ value, issues }) => {
    const own = value.containerDefinitions.filter(({ image }) => image === undefined);
    if (own.length !== 1)
      issues.push({
        code: "custom",
        input: value,
        path: ["containerDefinitions"],
        message: `${own.length} containers have no image; the one that gets the release's has none`,
      });
    for (const name of [...answered, "tags"])
      if (Object.hasOwn(value, name))
        issues.push({ code: "custom", input: value, path: [name], message: "a template does not have it" });
  });
export type TaskTemplate = z.infer<typeof taskTemplateSchema>;

/** @throws PortError when it is not in the store, or is not what its name says */
export async function readTaskTemplate(
  store: Pick<ObjectStore, "get">,
  environment: EnvironmentName,
  digest: Digest,
): Promise<TaskTemplate> {
  const key = templateKey(environment, digest);
  const stored = await store.get(key);
  const no = (because: string) => new PortError("services.prepare", "none", `task template ${key} ${because}`);
  if (stored === null) throw no("is not in the store");
  if (sha256(stored.body) !== digest) throw no("does not have the bytes it is named by");
  const parsed = taskTemplateSchema.safeParse(JSON.parse(new TextDecoder().decode(stored.body)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw no(`is no task template: ${issue?.path.join(".")} ${issue?.message}`);
}
