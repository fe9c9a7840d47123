import { DeposedError, UserError } from "../errors.ts";
import type { HeldLease } from "../ledger/lease.ts";
import { openEpoch } from "../ledger/ledger-writer.ts";
import { readStanding } from "../ledger/read-ledger.ts";
import type { Standing } from "../ledger/records.ts";
import type { EnvironmentPorts } from "../ports.ts";
import { type Considered, consider } from "./consider.ts";
import { interruptedHere, type PartialReport, stayOpen } from "./endings.ts";
import { type Fences, raiseFences } from "./raise-fences.ts";
import type { Epoched, Run } from "./run.ts";
import { stepContextFor } from "./run-plan.ts";
import { InterruptedError } from "./steps/step-context.ts";

export type Raised = Extract<Fences, { status: "raised" }>;
export type Begun =
  | { readonly status: "begun"; readonly epoched: Epoched; readonly now: Considered; readonly fences: Raised }
  | { readonly status: "ended"; readonly report: PartialReport };

const ended = (report: PartialReport): Begun => ({ status: "ended", report });

/**
 * Opens the epoch, raises the fences above every older run, and looks again: what is seen from here on decides.
 * @throws DeposedError, LeaseLostError, PortError; UserError for an environment that follows another ledger
 */
export async function beginEpoch(
  run: Run,
  ports: EnvironmentPorts,
  lease: HeldLease,
  again: Considered,
): Promise<Begun> {
  const { world, request } = run;
  const { store, clock, random } = world;
  await refuseHigherFence(run, lease, again);
  const writer = await openEpoch({
    store,
    environment: request.environment,
    clock,
    random,
    mayWrite: () => lease.check(),
    serverNow: () => lease.serverNow(),
    body: {
      kind: "open",
      command: request.action,
      request,
      resumes: again.continuation.kind === "new" ? null : (again.continuation.unfinished?.epoch ?? null),
      by: request.by,
      host: world.holder.host,
      runUrl: request.runUrl,
    },
  });
  lease.setDoing("looking", writer.epoch);
  const quiet = { unansweredAt: null, attempts: 0 };
  const epoched: Epoched = { run, ports, lease, writer, quiet, verified: { from: null } };
  const fences = await raised(epoched);
  if (fences === "interrupted") return ended(interruptedHere(epoched, again));
  if (fences.status === "unknown") return ended(stayOpen(epoched, fences.because, again));
  const standing = withFence(writer.standing, fences);
  const now = await consider({ shared: world, ports, policy: world.policy, request }, standing);
  const { target, web } = now.facts;
  if (web?.status === "known" && web.value.epoch > writer.epoch) {
    const deposed = new DeposedError(web.value.epoch);
    await refuseForeign(run, writer.epoch, deposed);
    throw deposed;
  }
  if (target.status === "known" && (target.value?.digest ?? null) !== run.target)
    return ended(stayOpen(epoched, "target.json was changed at this moment", now));
  return { status: "begun", epoched, now, fences };
}

/** @throws DeposedError, LeaseLostError; UserError for an environment that follows another ledger */
async function raised(epoched: Epoched): Promise<Fences | "interrupted"> {
  const { standing } = epoched.writer;
  try {
    return await raiseFences(standing, stepContextFor(epoched, null, null, standing));
  } catch (error) {
    if (error instanceof InterruptedError) return "interrupted";
    if (error instanceof DeposedError) await refuseForeign(epoched.run, epoched.writer.epoch, error);
    throw error;
  }
}

/** Before an epoch is opened: each try that opens one would count up to the fence that keeps it out. @throws UserError */
async function refuseHigherFence(run: Run, lease: HeldLease, { facts: { web }, standing }: Considered): Promise<void> {
  if (web?.status !== "known" || web.value.epoch <= standing.epoch) return;
  try {
    await refuseForeign(run, standing.epoch, new DeposedError(web.value.epoch));
  } catch (error) {
    // Nothing was begun: nobody has to wait for us.
    await lease.release();
    throw error;
  }
}

/** A fence above every epoch of our ledger was raised from another one: nobody has taken over. @throws UserError */
async function refuseForeign(run: Run, ours: number, { by }: DeposedError): Promise<void> {
  const { environment } = run.request;
  const { epoch } = await readStanding(run.world.store, environment);
  if (epoch > ours) return;
  const later = by === null ? "a later epoch" : `epoch ${by}`;
  throw new UserError({
    code: "store-unusable",
    message: `what runs in ${environment} was changed under ${later}, and the ledger of this store ends at ${epoch}: it belongs to another store, or this one was begun again. Name the store that it was promoted from with --store. Nothing was changed.`,
  });
}

const withFence = (standing: Standing, fences: Raised): Standing =>
  fences.database ? { ...standing, schema: { applied: fences.database.applied, certain: true } } : standing;
