import * as z from "zod";
import { type PortError, UnreadableObjectError } from "../errors.ts";
import type { Digest, EnvironmentName } from "../identifiers.ts";
import { digestSchema } from "../ledger/identifier-schemas.ts";
import type { ObjectStore } from "../ports.ts";
import { canonicalBytes, digestOf, sha256 } from "../release/canonical-json.ts";
import { type StoredTarget, type Target, targetSchema } from "./target.ts";

const pointerSchema = z.object({ target: digestSchema });
const pointerKey = (environment: EnvironmentName): string => `environments/${environment}/target.json`;
const targetKey = (environment: EnvironmentName, digest: Digest): string =>
  `environments/${environment}/targets/${digest.slice(7)}.json`;

/** Null: nobody has described this environment's infrastructure yet. */
export async function readTarget(store: ObjectStore, environment: EnvironmentName): Promise<StoredTarget | null> {
  const pointer = await store.get(pointerKey(environment));
  if (!pointer) return null;
  const named = pointerSchema.safeParse(parse(pointer.body, pointerKey(environment)));
  if (!named.success) throw unreadable(pointerKey(environment), "names no descriptor");
  const digest = named.data.target;
  const stored = await store.get(targetKey(environment, digest));
  if (!stored) throw unreadable(targetKey(environment, digest), "is not there");
  if (sha256(stored.body) !== digest)
    throw unreadable(targetKey(environment, digest), "has other bytes than its name says");
  const target = targetSchema.safeParse(parse(stored.body, targetKey(environment, digest)));
  if (!target.success || target.data.environment !== environment)
    throw unreadable(targetKey(environment, digest), "is not a target descriptor of this environment");
  return { target: target.data, digest };
}

/** For IaC: the descriptor by content, then the pointer to it. Nothing is written when it is the same. */
export async function writeTarget(store: ObjectStore, target: Target): Promise<StoredTarget> {
  const digest = digestOf(target);
  await store.putIfAbsent(targetKey(target.environment, digest), canonicalBytes(target));
  const body = canonicalBytes({ version: 1, target: digest });
  for (let round = 0; round < 20; round += 1) {
    const pointer = await store.get(pointerKey(target.environment));
    if (pointer && sha256(pointer.body) === sha256(body)) return { target, digest };
    const answer = pointer
      ? await store.putIfMatch(pointerKey(target.environment), body, pointer.etag)
      : await store.putIfAbsent(pointerKey(target.environment), body);
    if (answer.status === "written") return { target, digest };
  }
  throw unreadable(pointerKey(target.environment), "keeps changing");
}

function parse(body: Uint8Array, key: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw unreadable(key, "is not JSON");
  }
}
const unreadable = (key: string, because: string): PortError => new UnreadableObjectError(key, because);
