import { z } from "zod";
import { UserError } from "../errors.ts";
import type { EnvironmentName } from "../identifiers.ts";
import type { ObjectStore, StoredObject } from "../ports.ts";
import { actorSchema, environmentNameSchema, instantSchema } from "./identifier-schemas.ts";
import { holdKey } from "./keys.ts";
import type { Hold } from "./records.ts";

const holdSchema = z.object({
  version: z.literal(1),
  environment: environmentNameSchema,
  /** Null: lifted. The object stays, so that every change of it is a compare-and-swap. */
  hold: z.object({ by: actorSchema, at: instantSchema, reason: z.string().max(2000) }).nullable(),
  lifted: z.object({ by: actorSchema, at: instantSchema }).nullable(),
});

/** Null: automation may move the environment. @throws PortError; UserError when what is stored is no hold. */
export async function readHold(store: ObjectStore, environment: EnvironmentName): Promise<Hold | null> {
  const stored = await store.get(holdKey(environment));
  return stored ? parseHold(stored, environment) : null;
}

/** Replaces the hold that is there, if any. @throws PortError */
export async function writeHold(store: ObjectStore, environment: EnvironmentName, hold: Hold): Promise<void> {
  await swap(store, environment, { hold, lifted: null }, () => true);
}

/** "none": there was nothing to lift. @throws PortError */
export async function liftHold(
  store: ObjectStore,
  environment: EnvironmentName,
  by: Hold["by"],
  at: Hold["at"],
): Promise<"lifted" | "none"> {
  const changed = await swap(store, environment, { hold: null, lifted: { by, at } }, (found) => found !== null);
  return changed ? "lifted" : "none";
}

type HoldChange = Pick<z.infer<typeof holdSchema>, "hold" | "lifted">;

async function swap(
  store: ObjectStore,
  environment: EnvironmentName,
  change: HoldChange,
  applies: (found: Hold | null) => boolean,
): Promise<boolean> {
  const key = holdKey(environment);
  const bytes = new TextEncoder().encode(JSON.stringify({ version: 1, environment, ...change }));
  for (;;) {
    const stored = await store.get(key);
    if (!applies(stored && parseHold(stored, environment))) return false;
    const answer = stored ? await store.putIfMatch(key, bytes, stored.etag) : await store.putIfAbsent(key, bytes);
    if (answer.status === "written") return true;
  }
}

function parseHold(stored: StoredObject, environment: EnvironmentName): Hold | null {
  try {
    return holdSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(stored.body))).hold;
  } catch (cause) {
    throw new UserError({
      code: "store-unusable",
      message: `${holdKey(environment)} is not a hold that can be read`,
      cause,
    });
  }
}
