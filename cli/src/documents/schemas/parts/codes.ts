import { buildRefusals, type FailureCode, failures, type RefusalCode, refusals, usageCodes } from "@slipway/pipeline";
import * as z from "zod";

export const refusalCode = z
  .enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]])
  .describe("Why not: promote help <code> explains it.");
export const failureCode = z
  .enum(Object.keys(failures) as [FailureCode, ...FailureCode[]])
  .describe("What went wrong: promote help <code> explains it.");
/** Of what was recorded: perhaps by a newer version, which knows more of them. */
export const recordedCode = z.string().describe("promote help <code> explains it.");
export const errorCode = z
  .enum([...new Set([...usageCodes, ...refusalCode.options, ...buildRefusals, ...failureCode.options, "bug" as const])])
  .describe("promote help <code> explains it.");
