import type { Digest } from "../identifiers.ts";
import type { AppliedMigration } from "../migration/batch.ts";
import type { EnvironmentState } from "../promotion/plan.ts";
import { canonicalJson } from "../release/canonical-json.ts";
import { disturbs, endRun, foundDrift, restartRun } from "./good-runs.ts";
import { type LedgerRecord, type RecordBody, runningOf, type Standing, type Unfinished } from "./records.ts";

type Body<Kind extends RecordBody["kind"]> = Extract<RecordBody, { kind: Kind }>;

/**
 * The standing after one more record (protocol §2). Pure; takes for granted that the record follows, which
 * `followWith` has checked. `storedBytesDigest` is of the bytes in the store, never of the record written down again.
 */
export function foldRecord(standing: Standing, record: LedgerRecord, storedBytesDigest: Digest): Standing {
  const next: Standing = {
    ...standing,
    environment: record.environment,
    seq: record.seq,
    head: storedBytesDigest,
    lineage: standing.lineage ?? record.nonce,
    epoch: record.epoch,
  };
  const { body } = record;
  switch (body.kind) {
    case "open":
      return { ...next, claimed: record.epoch, last: { epoch: record.epoch, outcome: null } };
    case "plan":
      return { ...next, ...afterPlan(standing, record, body) };
    case "migrate-started":
      return {
        ...next,
        openMigration: { epoch: record.epoch, attempt: body.attempt, key: body.key },
        schema: { ...standing.schema, certain: false },
      };
    case "migrate-finished":
      return { ...next, ...afterMigration(standing, record, body) };
    case "step":
      return next;
    case "turn":
      return { ...next, claimed: null, unfinished: afterTurn(standing, record, body) };
    case "outcome":
      return {
        ...next,
        claimed: null,
        last: { epoch: record.epoch, outcome: body.result },
        ...ended(next, record, body),
      };
  }
}

/** A new plan goes forward, whatever was turned before. The one that is open, if any, was open since its own first plan. */
function afterPlan(standing: Standing, record: LedgerRecord, body: Body<"plan">): Partial<Standing> {
  const running = runningOf(standing);
  const unfinished: Unfinished = {
    epoch: record.epoch,
    promotion: body.promotion,
    at: standing.unfinished?.at ?? record.at,
    disturbed: (standing.unfinished?.disturbed ?? false) || disturbs(running, body.plan),
    drifted: standing.unfinished ? (standing.unfinished.drifted ?? false) : foundDrift(running, body.plan),
    request: body.request,
    plan: body.plan,
    left: withState(standing.unfinished?.left ?? [], body.plan.goal),
    expected: body.expected,
    baseline: body.baseline,
    turned: null,
    partial: null,
    overridden: body.overridden,
  };
  if (!body.fenced) return { unfinished, claimed: null };
  const { applied } = body.fenced;
  const schema = { applied, certain: true };
  return { unfinished, claimed: null, openMigration: null, schema, known: withKnown(standing.known, applied) };
}

function withState(states: readonly EnvironmentState[], added: EnvironmentState): readonly EnvironmentState[] {
  const spelled = canonicalJson(added);
  return states.some((state) => canonicalJson(state) === spelled) ? states : [...states, added];
}

/** A run that goes on going back records a turn of its own, and no plan: what it ends is then this promotion. */
function afterTurn(standing: Standing, record: LedgerRecord, body: Body<"turn">): Unfinished | null {
  if (!standing.unfinished) return null;
  return { ...standing.unfinished, epoch: record.epoch, turned: body.because, partial: null };
}

/** Only a runner's report tells what is applied; a task that ended without one leaves the belief uncertain. */
function afterMigration(standing: Standing, record: LedgerRecord, body: Body<"migrate-finished">): Partial<Standing> {
  const open = standing.openMigration;
  const isItsEnd = open !== null && open.epoch === record.epoch && open.attempt === body.attempt;
  const openMigration = isItsEnd ? null : open;
  if (body.applied === null) return { openMigration };
  return {
    openMigration,
    schema: { applied: body.applied, certain: openMigration === null },
    known: withKnown(standing.known, body.applied),
  };
}

/**
 * Known by name and hash: a name that was applied with other bytes is known with both. Where nothing is applied any more another database was
 * put in place, and what the old one had is of no use.
 */
function withKnown(
  known: readonly AppliedMigration[],
  applied: readonly AppliedMigration[],
): readonly AppliedMigration[] {
  if (applied.length === 0) return [];
  const seen = new Set(known.map(({ name, sha256 }) => `${sha256} ${name}`));
  const added = applied.filter(({ name, sha256 }) => !seen.has(`${sha256} ${name}`));
  return added.length === 0 ? known : [...known, ...added];
}

function ended(standing: Standing, record: LedgerRecord, body: Body<"outcome">): Partial<Standing> {
  const { unfinished } = standing;
  // Without a plan or turn of its own an epoch has promoted nothing (a command run under the lease): it closes, and settles nothing.
  if (unfinished?.epoch !== record.epoch) return {};
  switch (body.result) {
    case "refused":
      return {};
    case "partial":
      return { unfinished: { ...unfinished, turned: null, partial: { failure: body.failure, notBack: body.notBack } } };
    case "reverted": {
      const good = body.environment === "unchanged" ? standing.good : restartRun(standing.good, unfinished, record.at);
      return { settled: record.epoch, unfinished: null, good };
    }
    case "done":
      return { settled: record.epoch, unfinished: null, good: endRun(standing.good, unfinished, record) };
  }
}
