import {
  BrokenChainError,
  DeposedError,
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
interface BusyEnvironment {
  readonly environment: EnvironmentName;
  readonly look: LeaseLook;
}

/**
 * Stops the platform and removes what its environments stored, while nobody promotes. Before anything goes each ledger says that no migration is
 * applied any more: the next promotion then begins with an empty database and does not fail as diverged, and no rollback leads to a release whose
 * tables are gone, also when this process is killed half way. A store that cannot be read or written stops no purge: those ledgers are named.
 */
export async function purge(call: Call, session: Session, local: Local): Promise<ExitCode> {
  refuseOtherStore(call, session);
  const { recorded, untold, busy: first } = await recordedEnvironments(session);
  if (first !== null) return sayBusy(call, session, first);
  const purging = new Purging(call, session, (check) => local.purgePlatform(session.root, check));
  const busy = await purging.under(recorded);
  if (busy !== null) return sayBusy(call, session, busy);
  return sayPurged(call, session, purging.stopped, purging.told, [...untold, ...purging.untold]);
}

/** One platform serves a folder: its databases are those of the ladder that slipway.yaml names, and only those ledgers may be told. */
function refuseOtherStore(call: Call, session: Session): void {
  if (session.config === null || call.args.values.store === undefined) return;
  throw new UserError({
    code: "usage",
    message:
      "--purge removes what the environments of slipway.yaml stored; --store does not go with it. Nothing was changed.",
    next: ["promote local stop --purge"],
  });
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

class Purging {
  readonly #call: Call;
  readonly #session: Session;
  readonly #remove: (check: () => void) => Promise<boolean>;
  /** Of each lease that is held. */
  readonly #checks: (() => void)[] = [];
  #isTried = false;
  #removalError: unknown = null;
  stopped = false;
  readonly told: Told[] = [];
  readonly untold: Untold[] = [];

  constructor(call: Call, session: Session, remove: (check: () => void) => Promise<boolean>) {
    this.#call = call;
    this.#session = session;
    this.#remove = remove;
  }

  /** Takes the leases one inside the other, and removes under all of them. Null: removed. */
  async under([first, ...rest]: readonly Recorded[]): Promise<BusyEnvironment | null> {
    if (first === undefined) {
      await this.#tellAndRemove();
      return null;
    }
    const { environment } = first;
    let busyInside: BusyEnvironment | null = null;
    try {
      const answer = await runUnderLease({
        acquire: await this.#acquire(environment),
        doing: "removes local databases",
        run: async (epoch, _, { check, tellApplied }) => {
          this.#checks.push(check);
          this.#tells.push(async () => {
            await tellApplied([]);
            this.told.push({ ...first, epoch });
          });
          busyInside = await this.under(rest);
          return { failed: busyInside === null ? null : "another environment is busy" };
        },
      });
      return answer.status === "busy" ? { environment, look: answer.look } : busyInside;
    } catch (error) {
      if (this.#isTried) return this.#afterRemoval(error);
      this.untold.push({ environment, because: reasonOf(error) });
      return await this.under(rest);
    }
  }

  /** In the order in which the leases were taken. */
  readonly #tells: (() => Promise<void>)[] = [];

  async #tellAndRemove(): Promise<void> {
    this.#isTried = true;
    const name = "what the environments stored is going; a stop half way would leave half of it";
    const end = this.#call.shell.onInterrupt(() => this.#call.output.say(`Finishing: ${name}.`));
    try {
      for (const tell of this.#tells) await tell();
      this.stopped = await this.#remove(() => {
        for (const check of this.#checks) check();
      });
    } catch (error) {
      this.#removalError = error;
      throw error;
    } finally {
      end();
    }
  }

  /** What the ledgers were told is true once everything is gone, though an epoch could not be closed. */
  #afterRemoval(error: unknown): null {
    if (this.#removalError !== null) throw this.#removalError;
    reasonOf(error);
    return null;
  }

  async #acquire(environment: EnvironmentName) {
    const { store, clock, random } = this.#session;
    const emit = (event: object): void => this.#call.output.event(event);
    const holder = await holderOf(this.#session);
    return { store, environment, clock, random, timing, holder, isGone, waitMilliseconds: 0, emit };
  }
}

const ofTheStore = [PortError, BrokenChainError, UserError, LeaseLostError, DeposedError];
/** @throws what says nothing of the store */
function reasonOf(error: unknown): string {
  if (ofTheStore.some((kind) => error instanceof kind)) return (error as Error).message;
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
  call.output.verdict({
    verdict: "Done",
    text: `the platform of this machine ${stopped ? "is stopped, with all it ran" : "did not run"}; what its environments stored is gone.`,
    notes: [
      ...told.map(({ environment, epoch, migrations }): [string, string] => [
        session.nameOf(environment),
        `epoch ${epoch} records that no migration is applied any more; there were ${migrations}`,
      ]),
      ...untold.map(({ environment, because }): [string, string] => [
        session.nameOf(environment),
        `its ledger still tells of its old database, so roll nothing back before a promotion went well there: ${printable(because)}`,
      ]),
    ],
  });
  call.output.document({ kind: "local-stop", version: 1, stopped, purged: true, told, untold, exit: 0 } as Document);
  return exitCodes.done;
}
