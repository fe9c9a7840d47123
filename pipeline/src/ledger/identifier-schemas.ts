import * as z from "zod";
import {
  type Digest,
  digestPattern,
  type EnvironmentName,
  environmentNamePattern,
  type Instant,
  type ServiceName,
  type Sha,
  serviceNamePattern,
  shaPattern,
} from "../identifiers.ts";

/* Words of records as they are read back; what records hold beside them is in record-schema.ts and plan-schema.ts. */

export const shaSchema = z
  .string()
  .regex(shaPattern)
  .transform((text) => text as Sha);
export const digestSchema = z
  .string()
  .regex(digestPattern)
  .transform((text) => text as Digest);
export const environmentNameSchema = z
  .string()
  .regex(environmentNamePattern)
  .transform((text) => text as EnvironmentName);
export const serviceNameSchema = z
  .string()
  .regex(serviceNamePattern)
  .transform((text) => text as ServiceName);
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
export const instantSchema = z
  .string()
  .regex(instantPattern)
  .refine((text) => !Number.isNaN(Date.parse(text)), "no such time")
  .transform((text) => text as Instant);
export const epochSchema = z.number().int().nonnegative();

/** A text of any length, of which this much is kept. */
export const cutText = (longest: number) =>
  z.string().transform((text) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text));
export const actorSchema = z.object({ id: z.string().max(300), name: cutText(300) });
