import * as z from "zod";
import { UserError } from "../errors.ts";
import type { StoredObject } from "../ports.ts";
import { environmentNameSchema, epochSchema, instantSchema } from "./identifier-schemas.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const duration = z.number().nonnegative().max(3_600_000);

const holderSchema = z.object({
  by: z.object({ id: z.string().max(300), name: z.string().max(300) }),
  host: z.string().max(300),
  runUrl: z.string().max(1000).nullable(),
  /** With its start, since process numbers are used again. */
  process: z.object({ pid: z.number().int(), startedAt: z.string().max(100) }).nullable(),
});
/** Who holds a lease, and where it could be looked for. */
export type LeaseHolder = z.infer<typeof holderSchema>;

const documentSchema = z.object({
  version: z.literal(1),
  environment: environmentNameSchema,
  state: z.enum(["free", "held", "broken"]),
  /** Of one acquisition: by it a holder knows its own bytes again after a lost reply. */
  nonce: z.string().min(1).max(100),
  holder: holderSchema,
  since: instantSchema,
  /** Null until the holder has opened one. */
  epoch: epochSchema.nullable(),
  doing: z.string().max(1000),
  /** Grows with each write, so that no two writes have equal bytes, and so no equal etags. */
  beat: z.number().int().nonnegative(),
  timing: z.object({
    beatMilliseconds: duration,
    staleMilliseconds: duration,
    skewMilliseconds: duration,
    landsKnownGoneMilliseconds: duration,
    landsMilliseconds: duration,
  }),
  /** By the store's clock: nobody opens an epoch before (R5). Never lowered. */
  quietUntil: instantSchema.nullable(),
  /** From whom it was taken, or who broke it, last. */
  lost: z
    .object({
      holder: z.string().max(300),
      epoch: epochSchema.nullable(),
      how: z.enum(["silent", "closed", "broken"]),
      by: z.string().max(300),
      reason: z.string().max(2000).nullable(),
    })
    .nullable(),
});
/** `environments/<env>/lease.json`: created once, then only ever replaced under its etag, never deleted. */
export type LeaseDocument = z.infer<typeof documentSchema>;

export const leaseBytes = (document: LeaseDocument): Uint8Array => new TextEncoder().encode(JSON.stringify(document));

const versionSchema = z.object({ version: z.number() });

/** @throws UserError engine-too-old for a newer version; SyntaxError or ZodError for what is no lease. */
export function parseLease(stored: StoredObject): LeaseDocument {
  const json: unknown = JSON.parse(utf8.decode(stored.body));
  const { version } = versionSchema.parse(json);
  if (version > 1) {
    throw new UserError({
      code: "engine-too-old",
      message: `the lease was written by a newer engine (version ${version}; this one reads 1)`,
    });
  }
  return documentSchema.parse(json);
}
