import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { type BatchFile, batchFilePath, batchFileSchema } from "../batch-file.ts";
import { codeOf, RunnerFailure } from "./failure.ts";

const count = z.pipe(
  z.string().check(z.regex(/^\d{1,15}$/, "a whole number")),
  z.transform((text) => Number(text)),
);
const orderSchema = z.object({
  SLIPWAY_TASK: z.enum(["run", "fence"]),
  SLIPWAY_EPOCH: count,
  SLIPWAY_ATTEMPT: count,
  SLIPWAY_LINEAGE: z.string().check(z.minLength(1), z.maxLength(200)),
  SLIPWAY_EXPECT: z._default(z.string().check(z.regex(/^(?:sha256:[0-9a-f]{64})?$/, "empty, or a digest")), ""),
  SLIPWAY_SHA: z.string().check(z.regex(/^[0-9a-f]{40}$/, "a full commit SHA")),
  SLIPWAY_ENV: z.string().check(z.minLength(1), z.maxLength(100)),
});

/** Which run of which environment asks, and for what. */
export interface TaskInput {
  readonly task: "run" | "fence";
  readonly epoch: number;
  readonly attempt: number;
  /** Of the ledger: an epoch of another lineage says nothing here. */
  readonly lineage: string;
  /** Digest of the names that must be applied; null: not known. */
  readonly expect: string | null;
  readonly sha: string;
  readonly environment: string;
  readonly batch: BatchFile;
  /** Secret. */
  readonly address: string;
}

/** @throws RunnerFailure `input`, which names what is wrong and never holds a value. */
export async function readTaskInput(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<TaskInput> {
  const order = orderSchema.safeParse(env);
  if (!order.success) throw malformed("environment", order.error.issues);
  const batch = await readBatchFile(root);
  const address = env[batch.database];
  if (address === undefined || address === "") {
    throw new RunnerFailure("refused", {
      code: "input",
      message: `${batch.database} is not set: no database to migrate`,
    });
  }
  const { SLIPWAY_TASK, SLIPWAY_EPOCH, SLIPWAY_ATTEMPT, SLIPWAY_LINEAGE, SLIPWAY_EXPECT, SLIPWAY_SHA, SLIPWAY_ENV } =
    order.data;
  return {
    task: SLIPWAY_TASK,
    epoch: SLIPWAY_EPOCH,
    attempt: SLIPWAY_ATTEMPT,
    lineage: SLIPWAY_LINEAGE,
    expect: SLIPWAY_EXPECT === "" ? null : SLIPWAY_EXPECT,
    sha: SLIPWAY_SHA,
    environment: SLIPWAY_ENV,
    batch,
    address,
  };
}

async function readBatchFile(root: string): Promise<BatchFile> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(join(root, batchFilePath), "utf8"));
  } catch (error) {
    throw new RunnerFailure("refused", {
      code: "input",
      message: `${batchFilePath} cannot be read (${codeOf(error)})`,
    });
  }
  const parsed = batchFileSchema.safeParse(value);
  if (!parsed.success) throw malformed(batchFilePath, parsed.error.issues);
  return parsed.data;
}

function malformed(what: string, issues: readonly z.core.$ZodIssue[]): RunnerFailure {
  const problems = issues.slice(0, 10).map(({ path, message }) => `${path.join(".")}: ${message}`);
  return new RunnerFailure("refused", { code: "input", message: `${what}: ${problems.join("; ")}` });
}
