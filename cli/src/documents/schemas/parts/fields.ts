import {
  digestPattern,
  type ExitCode,
  environmentNamePattern,
  exitCodes,
  shaPattern,
  stepKinds,
} from "@slipway/pipeline";
import * as z from "zod";

/*
 * Words of all documents. These schemas are for the published JSON Schema and for tests: verbs import nothing of this folder but types, since a
 * library that is loaded makes every call slower.
 */

/** What a schema describes, for those who only read. */
export type Described<Schema extends z.ZodType> = ReadonlyAll<z.infer<Schema>>;
type ReadonlyAll<T> = T extends object ? { readonly [Name in keyof T]: ReadonlyAll<T[Name]> } : T;

export const version = z.literal(1).describe("Of the document. Within it fields are added, never renamed or removed.");
export const exit = z
  .literal(Object.values(exitCodes) as ExitCode[])
  .describe("Exit code of the call: promote help lists them.");
/** Of a document that tells of nothing but success. */
export const done = z.literal(0).describe("Exit code of the call.");

export const sha = z.string().regex(shaPattern).describe("A whole commit SHA.");
export const digest = z.string().regex(digestPattern).describe("sha256: and 64 hexadecimal digits.");
export const planHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe("Hash of a plan, 64 hexadecimal digits.");
export const env = z.string().regex(environmentNamePattern).describe("Name of an environment of the ladder.");
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .refine((text) => !Number.isNaN(Date.parse(text)), "no such time")
  .meta({ format: "date-time", description: "A time in UTC, with milliseconds." });
export const quietUntil = instant
  .nullable()
  .describe("Nothing changes before: a late request may land; null: nothing to wait for.");
export const count = z.number().int().nonnegative();
export const bytes = count.describe("Bytes.");
export const seconds = z.number().nonnegative().describe("Seconds.");
export const epoch = z.number().int().positive().describe("Number of a run within its environment, from 1.");
export const position = z.number().int().positive().describe("Position in its plan, from 1.");
export const processId = z.number().int().positive().describe("Number of a process.");
export const runUrl = z
  .string()
  .nullable()
  .describe("The run of the pipeline that did it; null: none, or it was done by hand.");
export const next = z.array(z.string()).describe("Whole commands that help now; none: nothing has to be done.");

export const direction = z.enum(["forward", "back"]).describe("A promotion leads forward, a rollback back.");
export const decision = z
  .enum(["allowed", "refused", "unknown"])
  .describe("unknown: no rule said no, and one could not be asked.");
export const ask = z.boolean().describe("An approval is the only reason left.");
/** When a release may enter. */
export const entry = {
  earliest: instant
    .nullable()
    .describe(
      "The first moment, in UTC, at which every reason that time clears has cleared and no freeze holds, if nothing else changes; a missing approval is not waited for. Null: it may enter now, only an approval is missing, or waiting is not enough.",
    ),
  until: instant
    .nullable()
    .describe(
      "When, in UTC, the next freeze begins after earliest, which shuts it out again. Null: none is known, or earliest is null.",
    ),
};
export const stepKind = z.enum(stepKinds);
/** Of a step that was taken. */
export const stepEnd = {
  outcome: z.enum(["same", "done", "failed", "unknown"]).describe("same: it was so already."),
  summary: z.string().describe("What was seen, in words."),
  seconds,
};
