import {
  BrokenChainError,
  type EnvironmentName,
  type Epoch,
  type ExitCode,
  exitCodes,
  type LeaseLook,
  LeaseLostError,
  listEnvironments,
  PortError,
  readLease,
  readStanding,
  runUnderLease,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { busyDocument } from "../documents/lock.ts";
import { leaseFacts } from "../lock/lease-facts.ts";
import type { Document } from "../output.ts";
import { holderOf, isGone, type Session, timing } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { printable } from "../terminal/escape.ts";

type Local = typeof import("@slipway/pipeline/local");

/** An environment whose ledger tells of something, with how many migrations are applied by record. */
interface Recorded {
  readonly environment: EnvironmentName;
  readonly migrations: number;
}
interface Told extends Recorded {
  readonly epoch: Epoch;
}
/** A ledger that could not be told; the databases go all the same. */
interface Untold {
  readonly environment: EnvironmentName;
  readonly because: string;
}

/**
 * Stops the platform and removes what its environments stored, while nobody promotes; then each ledger says that no migration is applied any more,
 * so that the next promotion begins with an empty database and does not fail as diverged. A store that cannot be read or written stops no purge:
 * those ledgers are named.
 */
export async function purge(call: Call, session: Session, local: Local): Promise<ExitCode> {
  const { recorded, untold, busy: first } = await recordedEnvironments(session);
  if (first !== null) return sayBusy(call, session, first);
  const purging = new Purging(call, session, () => local.stopPlatform(session.root, { purge: true }));
  const busy = await purging.under(recorded);
  if (busy !== null) return sayBusy(call, session, busy);
  return sayPurged(call, session, purging.stopped, purging.told, [...untold, ...purging.untold]);
}

async function recordedEnvironments(session: Session) {
  const recorded: Recorded[] = [];
  const untold: Untold[] = [];
  let busy: BusyEnvironment | null = null;
  const environments = await listEnvironments(session.store).catch(fallback);
  for (const environment of environments ?? session.policy.policy.environments.map(({ name }) => name)) {
    try {
      const { seq, schema } = await readStanding(session.store, environment);
      if (seq > 0) recorded.push({ environment, migrations: schema.applied.length });
      else if (busy === null) busy = await firstRunIn(session, environment);
    } catch (error) {
      untold.push({ environment, because: reasonOf(error) });
    }
  }
  return { recorded, untold, busy };
}

/** A first promotion that has the lease, and has recorded nothing yet. */
async function firstRunIn({ store }: Session, environment: EnvironmentName): Promise<BusyEnvironment | null> {
  const look = await readLease(store, environment);
  return look?.state === "held" && !look.stale ? { environment, look } : null;
}

interface BusyEnvironment {
  readonly environment: EnvironmentName;
  readonly look: LeaseLook;
}

class Purging {
  readonly #call: Call;
  readonly #session: Session;
  readonly #remove: () => Promise<boolean>;
  #isRemoved = false;
  #removalError: unknown = null;
  stopped = false;
  readonly told: Told[] = [];
  readonly untold: Untold[] = [];

  constructor(call: Call, session: Session, remove: () => Promise<boolean>) {
    this.#call = call;
    this.#session = session;
    this.#remove = remove;
  }

  /** Takes the leases one inside the other, and removes under all of them. Null: removed. */
  async under([first, ...rest]: readonly Recorded[]): Promise<BusyEnvironment | null> {
    if (first === undefined) {
      await this.#removeNow();
      return null;
    }
    const { environment } = first;
    let busyInside: BusyEnvironment | null = null;
    try {
      const answer = await runUnderLease({
        acquire: await this.#acquire(environment),
        doing: "removes local databases",
        run: async () => {
          busyInside = await this.under(rest);
          return busyInside === null ? { failed: null, applied: [] } : { failed: "another environment is busy" };
        },
      });
      if (answer.status === "busy") return { environment, look: answer.look };
      if (busyInside === null) this.told.unshift({ ...first, epoch: answer.epoch });
      return busyInside;
    } catch (error) {
      if (error === this.#removalError) throw error;
      this.untold.unshift({ environment, because: reasonOf(error) });
      return this.#isRemoved ? null : await this.under(rest);
    }
  }

  async #removeNow(): Promise<void> {
    try {
      this.stopped = await this.#remove();
      this.#isRemoved = true;
    } catch (error) {
      this.#removalError = error;
      throw error;
    }
  }

  async #acquire(environment: EnvironmentName) {
    const { store, clock, random } = this.#session;
    const emit = (event: object): void => this.#call.output.event(event);
    const holder = await holderOf(this.#session);
    return { store, environment, clock, random, timing, holder, isGone, waitMilliseconds: 0, emit };
  }
}

/** @throws what says nothing of the store */
function reasonOf(error: unknown): string {
  const isOfStore = [PortError, BrokenChainError, UserError, LeaseLostError].some((kind) => error instanceof kind);
  if (isOfStore) return (error as Error).message;
  throw error;
}

function fallback(error: unknown): null {
  reasonOf(error);
  return null;
}

function sayBusy(call: Call, session: Session, { environment, look }: BusyEnvironment): ExitCode {
  call.output.verdict({
    verdict: "Busy",
    text: `${look.by.name} is changing ${session.nameOf(environment)}. Nothing was removed.`,
    blocks: leaseFacts(look),
    next: [`promote lock --env ${environment}${sameLadder(call)}`],
  });
  const document = { ...busyDocument(environment, look), kind: "local-stop", stopped: false, purged: false };
  call.output.document(document as Document);
  return exitCodes.busy;
}

function sayPurged(
  call: Call,
  session: Session,
  stopped: boolean,
  told: readonly Told[],
  untold: readonly Untold[],
): ExitCode {
  const gone = "; what its environments stored is gone.";
  call.output.verdict({
    verdict: stopped ? "Done" : "Same",
    text: stopped
      ? `the platform of this machine is stopped, with all it ran${gone}`
      : `the platform of this machine did not run${gone}`,
    notes: [
      ...told
        .filter(({ migrations }) => migrations > 0)
        .map(({ environment, epoch, migrations }): [string, string] => [
          session.nameOf(environment),
          `epoch ${epoch} records that none of its ${migrations} migrations is applied any more`,
        ]),
      ...untold.map(({ environment, because }): [string, string] => [
        session.nameOf(environment),
        `its ledger still tells of its old database, so a first promotion with migrations fails, and the next goes on: ${printable(because)}`,
      ]),
    ],
  });
  call.output.document({ kind: "local-stop", version: 1, stopped, purged: true, told, untold, exit: 0 } as Document);
  return exitCodes.done;
}
