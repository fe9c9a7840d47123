import { UserError } from "../errors.ts";
import type { Digest, EnvironmentName } from "../identifiers.ts";
import { sha256 } from "../release/canonical-json.ts";
import { foldRecord } from "./fold.ts";
import { recordSchema } from "./record-schema.ts";
import type { LedgerRecord, Standing } from "./records.ts";

/** The ledger is not one whole chain of records: nothing may be promoted on it before a person has looked. */
export class BrokenChainError extends Error {
  /** The first record that is missing, or does not follow what is stored before it. */
  readonly seq: number;
  /** It, and the one before it where either may have been changed. */
  readonly suspects: readonly number[];
  constructor(
    environment: EnvironmentName,
    seq: number,
    because: string,
    options?: { readonly cause?: unknown; readonly suspects?: readonly number[] },
  ) {
    super(`the ledger of ${environment} is broken at record ${seq}: ${because}`, options);
    this.name = "BrokenChainError";
    this.seq = seq;
    this.suspects = options?.suspects ?? [seq];
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

export interface StoredRecord {
  readonly record: LedgerRecord;
  /** Of the bytes as they are stored. */
  readonly sha256: Digest;
}

export const recordBytes = (record: LedgerRecord): Uint8Array => new TextEncoder().encode(JSON.stringify(record));

/** @throws BrokenChainError for what is no record; UserError engine-too-old for one of a newer version. */
export function parseRecord(environment: EnvironmentName, seq: number, bytes: Uint8Array): StoredRecord {
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new BrokenChainError(environment, seq, "it is not JSON", { cause });
  }
  refuseNewer(environment, seq, json);
  const parsed = recordSchema.safeParse(json);
  if (parsed.success) return { record: parsed.data, sha256: sha256(bytes) };
  const issue = parsed.error.issues[0];
  const where = issue ? `${issue.path.join(".")}: ${issue.message}` : "it is no record";
  throw new BrokenChainError(environment, seq, where, { cause: parsed.error });
}

function refuseNewer(environment: EnvironmentName, seq: number, json: unknown): void {
  if (typeof json !== "object" || json === null || !("version" in json)) return;
  if (typeof json.version !== "number" || json.version <= 1) return;
  throw new UserError({
    code: "engine-too-old",
    message: `record ${seq} of ${environment} was written by a newer engine (version ${json.version}; this one reads 1)`,
  });
}

/** Folds a record that follows: next number, hash of the bytes before it, and only the newest epoch writes. */
export function followWith(standing: Standing, environment: EnvironmentName, stored: StoredRecord): Standing {
  const { record } = stored;
  const broken = (seq: number, because: string, suspects = [seq]): never => {
    throw new BrokenChainError(environment, seq, because, { suspects });
  };
  const seq = standing.seq + 1;
  if (record.environment !== environment) broken(seq, `it is of ${record.environment}`);
  if (record.seq !== seq) broken(seq, `it says that it is record ${record.seq}`);
  if (record.prev !== standing.head)
    broken(seq, `it does not hold the hash of record ${seq - 1} as it is stored`, [seq - 1, seq]);
  const epoch = record.body.kind === "open" ? standing.epoch + 1 : standing.epoch;
  if (record.epoch !== epoch) broken(seq, `epoch ${record.epoch} wrote it where only ${epoch} may`);
  return foldRecord(standing, record, stored.sha256);
}
