import * as z from "zod";
import {
  type Digest,
  digestPattern,
  type EnvironmentName,
  environmentNamePattern,
  type ServiceName,
  type Sha,
  serviceNamePattern,
  shaPattern,
} from "../../identifiers.ts";

/** Parts that the control protocol and the stored state share. */
export const digestField = z
  .string()
  .regex(digestPattern)
  .transform((text) => text as Digest);
const shaField = z
  .string()
  .regex(shaPattern)
  .transform((text) => text as Sha);
export const environmentField = z
  .string()
  .regex(environmentNamePattern)
  .transform((text) => text as EnvironmentName);
export const serviceField = z
  .string()
  .regex(serviceNamePattern)
  .transform((text) => text as ServiceName);
export const epochField = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
export const portField = z.number().int().min(1).max(65_535);
/** Task and invalidation keys. */
export const keyField = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:_.-]{0,199}$/);
export const revisionField = z.strictObject({ sha: shaField, image: digestField, template: digestField });
export const webRevisionField = z.strictObject({ sha: shaField, digest: digestField });
/** No NUL: the operating system would cut there. */
const argumentField = z
  .string()
  .max(32_768)
  .refine((text) => !text.includes("\0"), "holds a NUL");
export const commandField = z.array(argumentField).min(1).max(256);
export const variablesField = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), argumentField);
