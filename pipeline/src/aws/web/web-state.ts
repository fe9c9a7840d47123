import type * as z from "zod";
import { UnreadableObjectError } from "../../errors.ts";
import type { ObjectStore } from "../../ports.ts";
import { canonicalJson } from "../../release/canonical-json.ts";
import { parseStored } from "../../release/parse-stored.ts";

/** A hundred thousand files of an environment, several times over. */
const largestState = 64 * 1024 ** 2;

/** A document of the web's own, which is only ever replaced as it was seen. */
export interface SeenState<T> {
  /** Null: it was never written. */
  readonly etag: string | null;
  readonly value: T;
}

/** @throws UnreadableObjectError */
export async function readState<T>(
  state: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  unwritten: T,
): Promise<SeenState<T>> {
  const stored = await state.get(key);
  if (stored === null) return { etag: null, value: unwritten };
  const parsed = parseStored(schema, stored.body, largestState);
  if (parsed.status === "corrupt") throw new UnreadableObjectError(key, parsed.because);
  return { etag: stored.etag, value: parsed.value };
}

/** Null: it is no longer what was seen. */
export async function writeState<T>(
  state: ObjectStore,
  key: string,
  { etag }: Pick<SeenState<T>, "etag">,
  value: T,
): Promise<SeenState<T> | null> {
  const body = new TextEncoder().encode(canonicalJson(value));
  const answer = etag === null ? await state.putIfAbsent(key, body) : await state.putIfMatch(key, body, etag);
  return answer.status === "written" ? { etag: answer.etag, value } : null;
}
