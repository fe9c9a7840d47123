import type { EnvironmentName } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import { currentKey } from "./keys.ts";
import type { Standing } from "./records.ts";
import { currentSchema, foldVersion } from "./standing-schema.ts";

export interface Current {
  readonly standing: Standing;
  readonly etag: string;
}

/** Null: not there, or nothing that can be read; it is a copy, so the ledger then tells. @throws PortError */
export async function readCurrent(store: ObjectStore, environment: EnvironmentName): Promise<Current | null> {
  const stored = await store.get(currentKey(environment));
  const standing = stored && parseCurrent(environment, stored.body);
  return stored && standing ? { standing, etag: stored.etag } : null;
}

function parseCurrent(environment: EnvironmentName, body: Uint8Array): Standing | null {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return null;
  }
  const parsed = currentSchema.safeParse(json);
  return parsed.success && parsed.data.standing.environment === environment ? parsed.data.standing : null;
}

/**
 * Replaces `current.json` by this standing if it is of a higher record number; a late write of a dead run finds a
 * higher one and leaves it. Called after an outcome, and by a run that finds it behind.
 * @throws PortError; the copy is then repaired by the next run.
 */
export async function writeCurrent(store: ObjectStore, standing: Standing): Promise<"written" | "newer"> {
  const { environment } = standing;
  if (environment === null) return "newer";
  const key = currentKey(environment);
  const bytes = new TextEncoder().encode(JSON.stringify({ version: 1, fold: foldVersion, standing }));
  for (;;) {
    const stored = await store.get(key);
    const found = stored && parseCurrent(environment, stored.body);
    if (found && found.seq >= standing.seq) return "newer";
    const answer = stored ? await store.putIfMatch(key, bytes, stored.etag) : await store.putIfAbsent(key, bytes);
    if (answer.status === "written") return "written";
  }
}
