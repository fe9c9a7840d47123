import { type EnvironmentName, type GoodRun, readHistory, type Sha, type Standing } from "@slipway/pipeline";
import { type EpochSummary, epochsOf, movementOf } from "../history/epochs.ts";
import type { Session } from "../session.ts";
import { ifReadable } from "./if-readable.ts";

/** A release was tried in an environment, and did not come to run there. */
export interface FailedAttempt {
  readonly epoch: number;
  readonly at: string;
  readonly code: string;
}

/** A promotion of two services leaves about fifteen. */
const recordsRead = 200;

/**
 * Whether the newest attempt at this release failed there. Not asked where the environment has been promoted since, and null where an old record
 * cannot be read: nothing depends on it. @throws PortError
 */
export async function readFailedAttempt(
  { store }: Pick<Session, "store">,
  env: EnvironmentName,
  sha: Sha,
  { standing, runs }: { readonly standing: Standing; readonly runs: GoodRun | null },
): Promise<FailedAttempt | null> {
  if (standing.seq === 0 || (runs?.action === "promote" && runs.epoch === standing.epoch)) return null;
  const from = Math.max(1, standing.seq - recordsRead);
  return ifReadable(
    async () => {
      const records = (await readHistory(store, env, { from })).map(({ record }) => record);
      return failedAttemptOf(epochsOf(records), sha);
    },
    () => null,
  );
}

/** Of epochs, newest first. One that somebody stopped, or that was refused before it began, says nothing against a release. */
export function failedAttemptOf(epochs: readonly EpochSummary[], sha: Sha): FailedAttempt | null {
  for (const epoch of epochs) {
    const { open, outcome, endedAt } = epoch;
    if (open.command !== "promote" || !outcome || outcome.result === "refused" || movementOf(epoch).to !== sha)
      continue;
    if (outcome.result === "done") return null;
    const code = outcome.failure?.code ?? outcome.reasons[0]?.code;
    if (code !== undefined && endedAt !== null) return { epoch: epoch.epoch, at: endedAt, code };
  }
  return null;
}
