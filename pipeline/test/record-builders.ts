import type { Digest, Epoch, Instant } from "../src/identifiers.ts";
import { followWith, recordBytes } from "../src/ledger/chain.ts";
import { historyKey } from "../src/ledger/keys.ts";
import type { LedgerRecord, RecordBody, Standing } from "../src/ledger/records.ts";
import { nothingYet } from "../src/ledger/records.ts";
import type { ObjectStore } from "../src/ports.ts";
import type { Plan } from "../src/promotion/plan.ts";
import { sha256 } from "../src/release/canonical-json.ts";
import { aPlan, aRelease, aRequest, aState, environmentOf, instantOf, nothingLive, octocat, shas } from "./builders.ts";

export type BodyOf<Kind extends RecordBody["kind"]> = Extract<RecordBody, { kind: Kind }>;

export const anOpen = (fields: Partial<BodyOf<"open">> = {}): BodyOf<"open"> => ({
  kind: "open",
  command: "promote",
  request: aRequest(),
  resumes: null,
  by: octocat,
  host: "laptop",
  runUrl: null,
  ...fields,
});

/** Of `plan`, or of `aPlan()`. */
export function aPlanBody(fields: Partial<BodyOf<"plan">> = {}): BodyOf<"plan"> {
  const plan: Plan = fields.plan ?? aPlan();
  return {
    kind: "plan",
    request: aRequest({ action: plan.action === "rollback" ? "rollback" : "promote", sha: plan.release?.sha ?? null }),
    promotion: 1,
    plan,
    expected: plan.hash,
    overridden: [],
    waived: [],
    approvedBy: [],
    policyDigest: null,
    baseline: { release: null, webRelease: null, state: nothingLive },
    fenced: null,
    ...fields,
  };
}

export const aStep = (fields: Partial<BodyOf<"step">> = {}): BodyOf<"step"> => ({
  kind: "step",
  n: 1,
  step: "roll-service",
  name: "api",
  back: false,
  report: { status: "done", changed: true, summary: "1 of 1 task runs it", failure: null, notOurs: false },
  milliseconds: 900,
  log: null,
  ...fields,
});

export const aTurn = (fields: Partial<BodyOf<"turn">> = {}): BodyOf<"turn"> => ({
  kind: "turn",
  because: { code: "rollback", cause: "octocat asked for it" },
  plan: aPlan({ action: "go-back", to: aRelease({ sha: shas.old }) }),
  ...fields,
});

const settles = { done: "promoted", reverted: "reverted", refused: "unchanged", partial: "partial" } as const;
export const anOutcome = (
  result: BodyOf<"outcome">["result"] = "done",
  fields: Partial<BodyOf<"outcome">> = {},
): BodyOf<"outcome"> => ({
  kind: "outcome",
  result,
  environment: settles[result],
  failure: null,
  reasons: [],
  observed: null,
  observedAt: instantOf("2026-11-19T12:00"),
  notBack: [],
  held: false,
  ...fields,
});

/** A plan that leads to this release, from whatever `before` says. */
export const planTo = (sha = shas.new, fields: Partial<Plan> = {}): Plan =>
  aPlan({ to: aRelease({ sha }), before: aState(aRelease({ sha: shas.old })), ...fields });
export const promotionOf = (sha = shas.new): readonly RecordBody[] => [
  anOpen(),
  aPlanBody({ plan: planTo(sha) }),
  anOutcome("done"),
];

export const prod = environmentOf("prod");
const minute = 60_000;
const start = Date.parse("2026-11-19T12:00:00.000Z");
/** When the record with this number was written: one a minute. */
export const minuteOf = (seq: number): Instant => new Date(start + seq * minute).toISOString() as Instant;

/** A whole ledger of these bodies, one a minute; each `open` begins a new epoch. */
export function aLedger(bodies: readonly RecordBody[]): readonly LedgerRecord[] {
  let prev: Digest | null = null;
  let epoch: Epoch = 0;
  return bodies.map((body, index) => {
    epoch += body.kind === "open" ? 1 : 0;
    const seq = index + 1;
    const nonce = seq.toString(16).padStart(32, "0");
    const record: LedgerRecord = { version: 1, environment: prod, seq, epoch, nonce, at: minuteOf(seq), prev, body };
    prev = sha256(recordBytes(record));
    return record;
  });
}

/** Puts what is not there yet of a ledger into a store; answers the number of its last record. */
export async function storeLedger(store: ObjectStore, records: readonly LedgerRecord[]): Promise<number> {
  for (const record of records) await store.putIfAbsent(historyKey(prod, record.seq), recordBytes(record));
  return records.length;
}
export const recordKey = (seq: number): string => historyKey(prod, seq);

export const standingAfter = (bodies: readonly RecordBody[]): Standing =>
  aLedger(bodies).reduce(
    (standing, record) => followWith(standing, prod, { record, sha256: sha256(recordBytes(record)) }),
    nothingYet,
  );
