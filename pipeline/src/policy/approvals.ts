import * as z from "zod";
import { PortError, UnreadableObjectError } from "../errors.ts";
import type { Digest, EnvironmentName, Sha } from "../identifiers.ts";
import { digestSchema, environmentNameSchema, shaSchema } from "../ledger/identifier-schemas.ts";
import type { Actor, Approval, Approvals, ObjectStore, StoredObject } from "../ports.ts";
import { canonicalBytes, sha256 } from "../release/canonical-json.ts";
import { parseStored } from "../release/parse-stored.ts";
import { hexOf } from "../release/store-keys.ts";
import { toInstant } from "./earliest.ts";
import { lineSchema } from "./line-schema.ts";

const approvalFileSchema = z.strictObject({
  version: z.literal(1),
  environment: environmentNameSchema,
  sha: shaSchema,
  planHash: digestSchema,
  actor: z.strictObject({ id: lineSchema(200), name: lineSchema(200) }),
  /** From the time at which the store wrote the file: nobody's own clock makes an approval last longer. */
  validSeconds: z
    .number()
    .positive()
    .max(366 * 86_400),
});

/** Who approves exactly which plan. */
export type ApprovalSubject = Pick<Approval, "environment" | "sha" | "planHash" | "actor">;
export interface ApproveAnswer {
  /** `already`: this person's approval of this plan is in force, and was not renewed. */
  readonly status: "approved" | "already";
  readonly approval: Approval;
}

/** Renewals of one person for one plan; more than this is no person. */
const mostRenewals = 100;
const mostBytes = 16 * 1024;

/**
 * Records an approval, create-only: one that has expired or was revoked is renewed beside it, never written over.
 * @throws PortError when the store gives no answer, or holds what is no approval; ZodError for an actor that is none.
 */
export async function approve(
  store: ObjectStore,
  subject: ApprovalSubject,
  validSeconds: number,
): Promise<ApproveAnswer> {
  const { environment, sha, planHash, actor } = subject;
  const file = approvalFileSchema.parse({ version: 1, environment, sha, planHash, actor, validSeconds });
  for (let n = 1; n <= mostRenewals; n += 1) {
    const key = keyOf(subject, n);
    const isNew = (await store.get(key)) === null;
    if (isNew) await store.putIfAbsent(key, canonicalBytes(file));
    const { approval, inForce } = await readApproval(store, key);
    if (inForce) return { status: isNew ? "approved" : "already", approval };
  }
  throw new PortError("approvals.approve", "none", `${actor.name} has approved this plan ${mostRenewals} times`);
}

/** "none": nothing was in force. @throws PortError */
export async function revokeApproval(store: ObjectStore, subject: ApprovalSubject): Promise<"revoked" | "none"> {
  let answer: "revoked" | "none" = "none";
  for (let n = 1; n <= mostRenewals; n += 1) {
    const key = keyOf(subject, n);
    if ((await store.get(key)) === null) return answer;
    if (!(await readApproval(store, key)).inForce) continue;
    // The key says all; when it was revoked is when the store wrote it.
    await store.putIfAbsent(revocationOf(key), canonicalBytes({ version: 1, revokes: key }));
    answer = "revoked";
  }
  return answer;
}

/** Approvals as they are in the store. A file that cannot be read fails the list: it is never "no approval". */
export function storeApprovals(store: ObjectStore): Approvals {
  return {
    async list(environment: EnvironmentName, sha: Sha): Promise<readonly Approval[]> {
      const keys = await store.list(`approvals/${environment}/${sha}/`);
      const files = keys.filter((key) => !key.endsWith(revoked));
      const found = await Promise.all(files.map((key) => readApproval(store, key)));
      return found.map(({ approval }) => approval);
    },
  };
}

const revoked = ".revoked.json";
const revocationOf = (key: string): string => key.replace(/\.json$/, revoked);

function keyOf(subject: ApprovalSubject, n: number): string {
  return `approvals/${subject.environment}/${subject.sha}/${hexOf(subject.planHash)}/${fileNameOf(subject.actor)}.${n}.json`;
}

/** For people to read, and told apart by a hash: an id may hold anything, and file systems fold case. */
function fileNameOf(actor: Actor): string {
  const readable = actor.id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40);
  return `${readable}-${hexOf(sha256(actor.id)).slice(0, 16)}`;
}

async function readApproval(
  store: ObjectStore,
  key: string,
): Promise<{ readonly approval: Approval; readonly inForce: boolean }> {
  const [stored, revocation] = await Promise.all([store.get(key), store.get(revocationOf(key))]);
  if (!stored) throw new PortError(`get ${key}`, "none", "it was listed and is not there");
  const approval = { ...parseApproval(key, stored), revokedAt: revocation?.writtenAt ?? null };
  const expired = Date.parse(stored.serverTime) >= Date.parse(approval.expiresAt);
  return { approval, inForce: approval.revokedAt === null && !expired };
}

function parseApproval(key: string, stored: StoredObject): Approval {
  const parsed = parseStored(approvalFileSchema, stored.body, mostBytes);
  if (parsed.status !== "parsed") throw new UnreadableObjectError(key, parsed.because);
  const { environment, sha, planHash, actor, validSeconds } = parsed.value;
  const n = Number(/\.(\d{1,3})\.json$/.exec(key)?.[1] ?? 0);
  if (keyOf({ environment, sha, planHash, actor }, n) !== key) {
    throw new UnreadableObjectError(key, "is of another plan or person than its name says");
  }
  const at = stored.writtenAt;
  const expiresAt = toInstant(Date.parse(at) + validSeconds * 1000);
  return { environment, sha, planHash: planHash as Digest, actor, at, expiresAt, revokedAt: null };
}
