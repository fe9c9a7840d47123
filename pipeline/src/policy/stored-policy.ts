import * as z from "zod";
import { type RefusalCode, refusals } from "../codes.ts";
import { UserError } from "../errors.ts";
import {
  type AppName,
  appNamePattern,
  type EnvironmentName,
  environmentNamePattern,
  quoteInput,
  type Sha,
  shaPattern,
} from "../identifiers.ts";
import { canonicalBytes, sha256 } from "../release/canonical-json.ts";
import type { Policy, StoredPolicy } from "./policy.ts";

/** The layout of the whole store; an engine refuses a store that a newer one has written. */
const storeFormat = 1;

/** Far above twelve environments with fifty freezes each. */
const maxBytes = 512 * 1024;

const code = z.enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]]);
const seconds = z.number().min(0).max(31_536_000);
const moment = z.strictObject({ weekday: z.int().min(1).max(7), minute: z.int().min(0).max(1439) });
const local = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$/);
const named = { name: z.string().min(1).max(100), zone: z.string().min(1).max(60), line: z.int().min(1).nullable() };
const freeze = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("weekly"), from: moment, until: moment, ...named }),
  z.strictObject({ kind: z.literal("once"), from: local, until: local, ...named }),
]);
const environment = z.strictObject({
  name: z
    .string()
    .regex(environmentNamePattern)
    .transform((text) => text as EnvironmentName),
  ancestry: z.enum(["forward", "any"]),
  supersede: z.boolean(),
  soakSeconds: seconds,
  approvals: z.int().min(0).max(20),
  approvers: z.array(z.string().min(1).max(120)).max(50).nullable(),
  approvalExpirySeconds: seconds,
  freeze: z.array(freeze).max(50),
  override: z.array(code).max(100),
  waive: z.array(code).max(100),
});
const storedPolicySchema = z.strictObject({
  format: z.literal(storeFormat),
  version: z.literal(1),
  /** Newest commit that this policy was published from: an older one does not take it back. Not part of the digest. */
  sha: z
    .string()
    .regex(shaPattern)
    .transform((text) => text as Sha)
    .optional(),
  app: z
    .string()
    .regex(appNamePattern)
    .transform((text) => text as AppName),
  branch: z.string().min(1).max(200),
  rollbackWindow: z.int().min(1).max(100),
  environments: z
    .array(environment)
    .min(1)
    .max(12)
    .refine((rungs) => new Set(rungs.map(({ name }) => name)).size === rungs.length, "two environments have one name"),
});

/** The bytes of `policy.json`: canonical, so that equal policies are equal objects. */
export const serialisePolicy = (policy: Policy, sha?: Sha): Uint8Array =>
  canonicalBytes({ format: storeFormat, ...policy, sha });

/** A policy as it would be in force: known by the digest that a store gives it. */
export const storedPolicyOf = (policy: Policy): StoredPolicy => ({ policy, digest: sha256(serialisePolicy(policy)) });

/**
 * Reads `policy.json` back; the digest is of the policy, whichever commit it was published from.
 * @throws UserError `engine-too-old` for a store of a newer format, `store-unusable` for anything that is no policy.
 */
export function parsePolicy(bytes: Uint8Array): StoredPolicy & { readonly sha: Sha | null } {
  if (bytes.byteLength > maxBytes) throw unusable("is larger than 512 KiB");
  const document = readJson(bytes);
  const header = z.object({ format: z.int().min(1) }).safeParse(document);
  if (header.success && header.data.format > storeFormat) {
    throw new UserError({
      code: "engine-too-old",
      message: `This store has format ${header.data.format}; this Slipway knows format ${storeFormat}. Nothing was changed.`,
    });
  }
  const parsed = storedPolicySchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unusable(`is not a policy: ${quoteInput([issue?.path.join("."), issue?.message].join(" "))}`, parsed.error);
  }
  const { format: _, sha, ...policy } = parsed.data;
  // A key that is there twice would say one thing to whoever reads it and another to us.
  if (Buffer.compare(serialisePolicy(policy, sha), bytes) !== 0) throw unusable("is not canonical JSON");
  return { policy, digest: sha256(serialisePolicy(policy)), sha: sha ?? null };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw unusable("is not JSON", error);
  }
}

const unusable = (why: string, cause?: unknown): UserError =>
  new UserError({
    code: "store-unusable",
    message: `policy.json of the store ${why}. Put back the version before it, or remove it and publish it anew with promote build. Nothing was changed.`,
    cause,
  });
