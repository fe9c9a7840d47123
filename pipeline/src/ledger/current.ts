import type { Digest, EnvironmentName } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import { currentKey } from "./keys.ts";
import type { Standing } from "./records.ts";
import { currentSchema, foldVersion, witnessSchema } from "./standing-schema.ts";

export interface Current {
  /** The last record when the copy was made, with its hash: it must be there, whoever folded it. */
  readonly seq: number;
  readonly head: Digest | null;
  /** Null: another engine folded it, otherwise than this one does. */
  readonly standing: Standing | null;
}

/** Null: not there, or nothing that can be read; it is a copy, so the ledger then tells. @throws PortError */
export async function readCurrent(store: ObjectStore, environment: EnvironmentName): Promise<Current | null> {
  const stored = await store.get(currentKey(environment));
  return stored && parseCurrent(environment, stored.body);
}

function parseCurrent(environment: EnvironmentName, body: Uint8Array): (Current & { readonly fold: number }) | null {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return null;
  }
  const witness = witnessSchema.safeParse(json);
  if (!witness.success || witness.data.standing.environment !== environment) return null;
  const { fold, standing } = witness.data;
  const whole = currentSchema.safeParse(json);
  if (!whole.success && fold === foldVersion) return null;
  return { seq: standing.seq, head: standing.head, standing: whole.success ? whole.data.standing : null, fold };
}

/**
 * Replaces `current.json` by this standing if it is of a higher record number, or of a later fold; a late write of a dead
 * run finds a higher one and leaves it. Called after an outcome, and by a run that finds it behind.
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
    if (found && found.seq >= standing.seq && !isOldFold(found, standing)) return "newer";
    const answer = stored ? await store.putIfMatch(key, bytes, stored.etag) : await store.putIfAbsent(key, bytes);
    if (answer.status === "written") return "written";
  }
}

/** As long as ours, and of a fold that we have left behind. */
const isOldFold = ({ seq, fold }: { readonly seq: number; readonly fold: number }, standing: Standing): boolean =>
  seq === standing.seq && fold < foldVersion;
