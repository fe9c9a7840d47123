import * as z from "zod";
import { PortError, UnreadableObjectError } from "../errors.ts";
import { type Instant, isSha, type Sha } from "../identifiers.ts";
import { instantSchema, shaSchema } from "../ledger/identifier-schemas.ts";
import type { ObjectStore } from "../ports.ts";
import { canonicalBytes } from "../release/canonical-json.ts";
import { parseStored } from "../release/parse-stored.ts";
import { lineSchema } from "./line-schema.ts";
import type { Quarantine } from "./policy.ts";

const markSchema = z.strictObject({
  reason: lineSchema(500),
  by: lineSchema(200),
  at: instantSchema,
  lifted: z.strictObject({ by: lineSchema(200), at: instantSchema }).nullable(),
});
const quarantineFileSchema = z.strictObject({
  version: z.literal(1),
  sha: shaSchema,
  /** Oldest first. The last one is in force unless it was lifted; all stay on record. */
  marks: z.array(markSchema).min(1).max(200),
});

const prefix = "quarantine/";
const keyOf = (sha: Sha): string => `${prefix}${sha}.json`;
const mostBytes = 512 * 1024;
/** Each lost race is somebody else's mark; this many in a row is a store that does not compare. */
const mostRaces = 50;

/** The newest mark, lifted or not; null: never marked. @throws PortError, also when what is stored cannot be read. */
export async function readQuarantine(store: ObjectStore, sha: Sha): Promise<Quarantine | null> {
  return (await read(store, sha)).marks.at(-1) ?? null;
}

/** Releases that are marked as bad now. @throws PortError */
export async function listQuarantined(store: ObjectStore): Promise<ReadonlySet<Sha>> {
  const keys = await store.list(prefix);
  const shas = keys.map((key) => key.slice(prefix.length).replace(/\.json$/, "")).filter(isSha);
  const marks = await Promise.all(shas.map((sha) => readQuarantine(store, sha)));
  return new Set(shas.filter((_, index) => marks[index]?.lifted === null));
}

/**
 * Marks a release as bad for every environment. "already": it is marked, and the first reason stays.
 * @throws PortError; ZodError for a reason or name that is no line of text.
 */
export async function quarantineRelease(
  store: ObjectStore,
  sha: Sha,
  mark: { readonly reason: string; readonly by: string; readonly at: Instant },
): Promise<"quarantined" | "already"> {
  const { reason, by, at } = mark;
  const fresh = markSchema.parse({ reason, by, at, lifted: null });
  const changed = await change(store, sha, (marks) => (isInForce(marks) ? null : [...marks, fresh]));
  return changed ? "quarantined" : "already";
}

/** "none": nothing was in force. @throws PortError */
export async function liftQuarantine(
  store: ObjectStore,
  sha: Sha,
  lifted: { readonly by: string; readonly at: Instant },
): Promise<"lifted" | "none"> {
  const changed = await change(store, sha, (marks) => {
    const last = marks.at(-1);
    return last && isInForce(marks)
      ? [...marks.slice(0, -1), { ...last, lifted: { by: lifted.by, at: lifted.at } }]
      : null;
  });
  return changed ? "lifted" : "none";
}

const isInForce = (marks: readonly Quarantine[]): boolean => marks.at(-1)?.lifted === null;

async function read(
  store: ObjectStore,
  sha: Sha,
): Promise<{ readonly marks: readonly Quarantine[]; readonly etag: string | null }> {
  const key = keyOf(sha);
  const stored = await store.get(key);
  if (!stored) return { marks: [], etag: null };
  const parsed = parseStored(quarantineFileSchema, stored.body, mostBytes);
  if (parsed.status !== "parsed") throw new UnreadableObjectError(key, parsed.because);
  if (parsed.value.sha !== sha) throw new UnreadableObjectError(key, "is of another release than its name says");
  return { marks: parsed.value.marks, etag: stored.etag };
}

/** By create or compare-and-swap, again after each lost race. `next` answers null to leave it. */
async function change(
  store: ObjectStore,
  sha: Sha,
  next: (marks: readonly Quarantine[]) => readonly Quarantine[] | null,
): Promise<boolean> {
  for (let race = 0; race < mostRaces; race += 1) {
    const { marks, etag } = await read(store, sha);
    const wanted = next(marks);
    if (!wanted) return false;
    const body = canonicalBytes(quarantineFileSchema.parse({ version: 1, sha, marks: wanted }));
    const answer =
      etag === null ? await store.putIfAbsent(keyOf(sha), body) : await store.putIfMatch(keyOf(sha), body, etag);
    if (answer.status === "written") return true;
  }
  throw new PortError(`put ${keyOf(sha)}`, "none", `lost ${mostRaces} races in a row`);
}
