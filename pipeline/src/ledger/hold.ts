import * as z from "zod";
import { UserError } from "../errors.ts";
import type { EnvironmentName } from "../identifiers.ts";
import type { ObjectStore, StoredObject } from "../ports.ts";
import { canonicalJson } from "../release/canonical-json.ts";
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
  const found = stored && parseHold(stored);
  if (found !== "unreadable") return found;
  throw new UserError({
    code: "store-unusable",
    message: `${holdKey(environment)} is not a hold that can be read; until it is lifted, ${environment} counts as held`,
    next: [`promote hold --env ${environment} --lift`],
  });
}

/**
 * Replaces what is there, whatever it is. `mayWrite` is asked right before each put, so that a run that lost its lease
 * holds nothing. @throws PortError, or what `mayWrite` throws
 */
export async function writeHold(
  store: ObjectStore,
  environment: EnvironmentName,
  hold: Hold,
  mayWrite: () => void = () => undefined,
): Promise<void> {
  await swap(store, environment, { hold, lifted: null }, () => true, mayWrite);
}

/** Lifts what is there, also what cannot be read. "none": there was nothing to lift. @throws PortError */
export async function liftHold(
  store: ObjectStore,
  environment: EnvironmentName,
  by: Hold["by"],
  at: Hold["at"],
): Promise<"lifted" | "none"> {
  const changed = await swap(store, environment, { hold: null, lifted: { by, at } }, (found) => found !== null);
  return changed ? "lifted" : "none";
}

/**
 * Lifts this very hold, the one that a run saw when it decided. Another one was set since, by somebody who means it, and
 * stays, as does what cannot be read. @throws PortError, or what `mayWrite` throws
 */
export async function liftSeenHold(
  store: ObjectStore,
  environment: EnvironmentName,
  seen: Hold,
  lifted: Pick<Hold, "by" | "at">,
  mayWrite: () => void,
): Promise<void> {
  const isSeen = (found: Found): boolean => canonicalJson(found) === canonicalJson(seen);
  await swap(store, environment, { hold: null, lifted }, isSeen, mayWrite);
}

type HoldChange = Pick<z.infer<typeof holdSchema>, "hold" | "lifted">;
type Found = Hold | null | "unreadable";

async function swap(
  store: ObjectStore,
  environment: EnvironmentName,
  change: HoldChange,
  applies: (found: Found) => boolean,
  mayWrite: () => void = () => undefined,
): Promise<boolean> {
  const key = holdKey(environment);
  const bytes = new TextEncoder().encode(JSON.stringify({ version: 1, environment, ...change }));
  for (;;) {
    const stored = await store.get(key);
    if (!applies(stored && parseHold(stored))) return false;
    mayWrite();
    const answer = stored ? await store.putIfMatch(key, bytes, stored.etag) : await store.putIfAbsent(key, bytes);
    if (answer.status === "written") return true;
  }
}

function parseHold(stored: StoredObject): Found {
  try {
    return holdSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(stored.body))).hold;
  } catch {
    return "unreadable";
  }
}
