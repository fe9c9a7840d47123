import * as z from "zod";
import { templateKey } from "../../environment/template-key.ts";
import type { Digest, EnvironmentName } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { canonicalBytes, digestOf, sha256 } from "../../release/canonical-json.ts";
import { variablesField } from "./fields.ts";
import { OrderRefused } from "./refusals.ts";

const templateSchema = z.strictObject({
  version: z.literal(1),
  /** For every service. */
  env: variablesField,
  /** Relative to the folder of slipway.yaml; read when a process starts, never stored. */
  envFile: z.string().max(500).nullable(),
  /** Variable that holds the database's address. */
  database: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
});
/** What the local target gives a process beside its image: the twin of an ECS task template. */
export type LocalTemplate = z.infer<typeof templateSchema>;

export const templateDigest = (template: LocalTemplate): Digest => digestOf(template);

/** Written before the target that names it, so that a template that is named is there. */
export async function storeTemplate(
  store: ObjectStore,
  environment: EnvironmentName,
  template: LocalTemplate,
): Promise<Digest> {
  const digest = templateDigest(template);
  await store.putIfAbsent(templateKey(environment, digest), canonicalBytes(template));
  return digest;
}

/** @throws OrderRefused when it is not in the store, or is not what its name says. */
export async function readTemplate(
  store: ObjectStore,
  environment: EnvironmentName,
  digest: Digest,
): Promise<LocalTemplate> {
  const key = templateKey(environment, digest);
  const stored = await store.get(key);
  if (!stored) throw new OrderRefused(`template ${key} is not in the store`);
  if (sha256(stored.body) !== digest) throw new OrderRefused(`template ${key} does not have the bytes it is named by`);
  return templateSchema.parse(JSON.parse(new TextDecoder().decode(stored.body)));
}
