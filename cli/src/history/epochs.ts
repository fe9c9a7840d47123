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
  /** A command under the lease has put another database in place. */
  readonly database: Body<"migrate-finished"> | null;
  readonly endedAt: string | null;
  /** A later epoch was opened: without an outcome it was lost. */
  readonly isOver: boolean;
  /** Plan of the promotion that was open when it began: a run that goes on going back records none of its own. */
  readonly inherited: Body<"plan"> | null;
}

/** Newest first. */
export function epochsOf(records: readonly LedgerRecord[]): readonly EpochSummary[] {
  const epochs = new Map<number, EpochSummary>();
  let last = 0;
  let unsettled: Body<"plan"> | null = null;
  for (const { environment, epoch, at, body } of records) {
    last = Math.max(last, epoch);
    if (body.kind === "open") {
      const empty = { plan: null, turn: null, steps: [], outcome: null, database: null, endedAt: null, isOver: false };
      epochs.set(epoch, { environment, epoch, open: body, openedAt: at, inherited: unsettled, ...empty });
      continue;
    }
    if (body.kind === "plan") unsettled = body;
    const found = epochs.get(epoch);
    if (!found) continue;
    if (body.kind === "plan") epochs.set(epoch, { ...found, plan: body });
    if (body.kind === "turn") epochs.set(epoch, { ...found, turn: body });
    if (body.kind === "step") epochs.set(epoch, { ...found, steps: [...found.steps, body] });
    if (body.kind === "migrate-finished" && found.open.command === "infrastructure")
      epochs.set(epoch, { ...found, database: body });
    if (body.kind === "outcome" && settles(body) && (found.plan || found.turn)) unsettled = null;
    if (body.kind === "outcome") epochs.set(epoch, { ...found, outcome: body, endedAt: at });
  }
  return [...epochs.values()].map((one) => ({ ...one, isOver: one.epoch < last })).toReversed();
}

const settles = ({ result }: Body<"outcome">): boolean => result === "done" || result === "reverted";

/** How it ended, in words. */
export function endingWords(epoch: EpochSummary): string {
  const { outcome, plan, turn, open, steps } = epoch;
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
        ? `failed, unchanged${code === null ? "" : `: ${code}`}${finished}`
        : `${code === null ? "put back" : `failed, put back: ${code}`}${outcome.held ? ", held" : ""}${finished}`;
    case undefined: {
      if (open.command === "infrastructure") return epoch.isOver ? "lost" : "open";
      if (!plan && !turn) return epoch.isOver ? "nothing changed" : "no plan yet";
      const last = steps.at(-1);
      const at = last ? ` after ${last.step}${last.name === null ? "" : ` ${last.name}`}` : "";
      return epoch.isOver ? `lost${at}` : `open${at}`;
    }
  }
}

/** What it moved, as `from → to`; what a rollback of an open promotion left is what that one led to. */
export function movementOf({ plan, turn, open, inherited }: EpochSummary): {
  readonly from: string | null;
  readonly to: string | null;
  readonly verb: string;
} {
  const verb = open.command === "promote" ? "" : `${open.command}${open.request?.only === "web" ? " web" : ""}`;
  const moved = plan ?? (turn ? inherited : null);
  if (!moved) return { from: null, to: open.request?.sha ?? null, verb };
  const [from, to] = [startOf(moved), goalOf(moved)];
  return !plan && open.command === "rollback" ? { from: to, to: from, verb } : { from, to, verb };
}

const isOfPages = ({ request }: Body<"plan">): boolean => request.only === "web";

const startOf = (plan: Body<"plan">): string | null =>
  (isOfPages(plan) ? (plan.baseline.webRelease ?? plan.baseline.release) : plan.baseline.release)?.sha ?? null;

const goalOf = (plan: Body<"plan">): string | null =>
  (isOfPages(plan) ? plan.plan.webRelease : plan.plan.release)?.sha ?? null;
