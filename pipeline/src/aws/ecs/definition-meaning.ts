import * as z from "zod";
import { PortError } from "../../errors.ts";
import { type Digest, digestPattern, type EnvironmentName, type Sha, shaPattern } from "../../identifiers.ts";
import type { ObjectStore, Permit, Revision } from "../../ports.ts";
import { canonicalBytes } from "../../release/canonical-json.ts";

const digest = z
  .string()
  .regex(digestPattern)
  .transform((text) => text as Digest);
const revision = z.strictObject({
  sha: z
    .string()
    .regex(shaPattern)
    .transform((text) => text as Sha),
  image: digest,
  template: digest,
});
const meaningSchema = z.object({
  version: z.literal(1),
  arn: z.string().startsWith("arn:"),
  /** Container that has the release's image. */
  container: z.string(),
  /** Null: of a service that is retired. */
  revision: revision.nullable(),
});

/** What one of our definitions stands for. ECS knows ARNs alone, and a definition that is not on record here is somebody else's. */
export interface DefinitionMeaning {
  readonly container: string;
  readonly revision: Revision | null;
}

/** @throws PortError */
export async function keepMeaning(
  store: ObjectStore,
  environment: EnvironmentName,
  arn: string,
  { container, revision: means }: DefinitionMeaning,
  permit: Permit,
): Promise<void> {
  permit.check();
  const key = keyOf(environment, arn);
  const body = canonicalBytes({ version: 1, arn, container, revision: means });
  const put = await store.putIfAbsent(key, body);
  if (put.status === "written") return;
  // Families are counted anew where an environment was moved to: what stands there is of an ARN that is no more.
  const stored = await store.get(key);
  if (stored !== null && parse(key, stored.body).arn !== arn) {
    permit.check();
    if ((await store.putIfMatch(key, body, stored.etag)).status === "written") return;
  }
  throw new PortError("services.prepare", "none", `${key} says something else`);
}

/** A definition never changes, and neither does what was written of it. */
export class DefinitionMeanings {
  readonly #store: ObjectStore;
  readonly #environment: EnvironmentName;
  readonly #known = new Map<string, DefinitionMeaning>();

  constructor(store: ObjectStore, environment: EnvironmentName) {
    this.#store = store;
    this.#environment = environment;
  }

  /** Null: no definition of ours in this environment. @throws PortError */
  async of(arn: string): Promise<DefinitionMeaning | null> {
    const known = this.#known.get(arn);
    if (known) return known;
    const key = keyOf(this.#environment, arn);
    const stored = await this.#store.get(key);
    if (stored === null) return null;
    const meaning = parse(key, stored.body);
    // The same family and number in another account or region.
    if (meaning.arn !== arn) return null;
    this.#known.set(arn, meaning);
    return meaning;
  }
}

/** `…:task-definition/<family>:<number>` */
function keyOf(environment: EnvironmentName, arn: string): string {
  const [family = "", number = ""] = arn.slice(arn.lastIndexOf("/") + 1).split(":");
  return `environments/${environment}/by-definition/${family}/${number}.json`;
}

function parse(key: string, body: Uint8Array): DefinitionMeaning & { readonly arn: string } {
  try {
    return meaningSchema.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch (error) {
    throw new PortError("services.inspect", "none", `${key} is damaged`, { cause: error });
  }
}
