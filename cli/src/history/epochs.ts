import type { LedgerRecord, RecordBody } from "@slipway/pipeline";

type Body<Kind extends RecordBody["kind"]> = Extract<RecordBody, { kind: Kind }>;

/** One run of an environment, put together from its records. */
export interface EpochSummary {
  readonly environment: string;
  readonly epoch: number;
  readonly open: Body<"open">;
  readonly openedAt: string;
  readonly plan: Body<"plan"> | null;
  readonly turn: Body<"turn"> | null;
  readonly steps: readonly Body<"step">[];
  readonly outcome: Body<"outcome"> | null;
  readonly endedAt: string | null;
  /** A later epoch was opened: without an outcome it was lost. */
  readonly isOver: boolean;
}

/** Newest first. */
export function epochsOf(records: readonly LedgerRecord[]): readonly EpochSummary[] {
  const epochs = new Map<number, EpochSummary>();
  let last = 0;
  for (const { environment, epoch, at, body } of records) {
    last = Math.max(last, epoch);
    if (body.kind === "open") {
      const empty = { plan: null, turn: null, steps: [], outcome: null, endedAt: null, isOver: false };
      epochs.set(epoch, { environment, epoch, open: body, openedAt: at, ...empty });
      continue;
    }
    const found = epochs.get(epoch);
    if (!found) continue;
    if (body.kind === "plan") epochs.set(epoch, { ...found, plan: body });
    if (body.kind === "turn") epochs.set(epoch, { ...found, turn: body });
    if (body.kind === "step") epochs.set(epoch, { ...found, steps: [...found.steps, body] });
    if (body.kind === "outcome") epochs.set(epoch, { ...found, outcome: body, endedAt: at });
  }
  return [...epochs.values()].map((one) => ({ ...one, isOver: one.epoch < last })).toReversed();
}

/** How it ended, in words. */
export function endingWords(epoch: EpochSummary): string {
  const { outcome, plan, open, steps } = epoch;
  const code = outcome?.failure?.code ?? outcome?.reasons[0]?.code ?? null;
  const finished = open.resumes === null ? "" : `, finished ${open.resumes}`;
  if (open.command === "infrastructure" && outcome)
    return outcome.failure ? `failed: ${outcome.failure.cause}` : "done";
  switch (outcome?.result) {
    case "done":
      return `done${outcome.held ? ", held" : ""}${finished}`;
    case "refused":
      return `refused${code === null ? "" : ` ${code}`}`;
    case "partial":
      return `PARTIAL: ${outcome.notBack.join(", ")} not put back`;
    case "reverted":
      return outcome.environment === "unchanged"
        ? `failed, unchanged${code === null ? "" : `: ${code}`}`
        : `${code === null ? "put back" : `failed, put back: ${code}`}${outcome.held ? ", held" : ""}`;
    case undefined: {
      if (!plan) return epoch.isOver ? "nothing changed" : "no plan yet";
      const last = steps.at(-1);
      const at = last ? ` after ${last.step}${last.name === null ? "" : ` ${last.name}`}` : "";
      return epoch.isOver ? `lost${at}` : `open${at}`;
    }
  }
}

/** What it moved, as `from → to`. */
export function movementOf({ plan, open }: EpochSummary): {
  readonly from: string | null;
  readonly to: string | null;
  readonly verb: string;
} {
  const to = plan ? (plan.request.only === "web" ? plan.plan.webRelease : plan.plan.release)?.sha : open.request?.sha;
  const verb = open.command === "promote" ? "" : open.command;
  return { from: plan?.baseline.release?.sha ?? null, to: to ?? null, verb };
}
