import { existsSync } from "node:fs";
import {
  type EnvironmentName,
  type ExitCode,
  exitCodes,
  listEnvironments,
  readLease,
  readStanding,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import {
  busyPurgeDocument,
  purgedDocument,
  type ToldEnvironment,
  type UntoldEnvironment,
} from "../documents/local-stop.ts";
import { acquireFor } from "../lock/acquire.ts";
import { type BusyEnvironment, type HeldEnvironment, holdAll, type Unusable, whyUnusable } from "../lock/hold-all.ts";
import { leaseFacts } from "../lock/lease-facts.ts";
import type { Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { printable } from "../terminal/escape.ts";

type Local = typeof import("@slipway/pipeline/local");

/**
 * Stops the platform and removes what its environments stored, while nobody promotes. Before anything goes each ledger says that no migration is
 * applied any more: the next promotion then begins with an empty database and does not fail as diverged, and no rollback leads to a release whose
 * tables are gone, also when this process is killed half way. A store that cannot be read or written stops no purge: those ledgers are named.
 */
export async function purge(call: Call, session: Session, local: Local): Promise<ExitCode> {
  refuseOtherStore(call, session);
  const wasThere = existsSync(local.platformFolders(session.root).state);
  const ledgers = await readLedgers(session);
  if (ledgers.busy !== null) return sayBusy(call, session, ledgers.busy);
  const end = await holdAll({
    environments: [...ledgers.migrations.keys()],
    acquire: (environment) => acquireFor(call, session, environment),
    doing: "removes local databases",
    work: (held) => tellAndRemove(call, session, local, held),
  });
  if (end.status === "busy") return sayBusy(call, session, end);
  const { stopped, held } = end.result;
  const told = held.map(({ environment, epoch }) => ({
    env: environment,
    epoch,
    migrations: ledgers.migrations.get(environment) ?? 0,
  }));
  const unusable = [...ledgers.unusable, ...end.unusable];
  if (!wasThere && told.length + unusable.length === 0) return sayNothingThere(call, stopped);
  return sayPurged(call, session, stopped, told, unusable);
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

/** Environments that have records, with how many migrations are applied by them. */
async function readLedgers(session: Session) {
  const { store, policy } = session;
  const migrations = new Map<EnvironmentName, number>();
  const unusable: Unusable[] = [];
  let busy: BusyEnvironment | null = null;
  const named = policy.policy.environments.map(({ name }) => name);
  const environments = await listEnvironments(store).catch((error) => {
    whyUnusable(error);
    return named;
  });
  for (const environment of environments)
    try {
      const { seq, schema } = await readStanding(store, environment);
      if (seq > 0) migrations.set(environment, schema.applied.length);
      else busy ??= await firstRunIn(session, environment);
    } catch (error) {
      unusable.push({ environment, because: whyUnusable(error) });
    }
  return { migrations, unusable, busy };
}

/** A first promotion that has the lease, and has recorded nothing yet. */
async function firstRunIn({ store }: Session, environment: EnvironmentName): Promise<BusyEnvironment | null> {
  const look = await readLease(store, environment);
  return look?.state === "held" && !look.stale ? { status: "busy", environment, look } : null;
}

async function tellAndRemove(call: Call, session: Session, local: Local, held: readonly HeldEnvironment[]) {
  const finish = "what the environments stored is going; a stop half way would leave half of it";
  const stopListening = call.shell.onInterrupt(() => call.output.say(`Finishing: ${finish}.`));
  try {
    for (const { tellApplied } of held) await tellApplied([]);
    const stopped = await local.purgePlatform(session.root, () => {
      for (const { check } of held) check();
    });
    return { stopped, held };
  } finally {
    stopListening();
  }
}

function sayBusy(call: Call, session: Session, { environment, look }: BusyEnvironment): ExitCode {
  call.output.verdict({
    verdict: "Busy",
    text: `${look.by.name} is changing ${session.nameOf(environment)}. Nothing was removed.`,
    blocks: leaseFacts(look),
    next: [`promote lock --env ${environment}${sameLadder(call)}`],
  });
  call.output.document(busyPurgeDocument(environment, look));
  return exitCodes.busy;
}

/** Somebody removed `.slipway`, or nothing was ever promoted here. */
function sayNothingThere(call: Call, stopped: boolean): ExitCode {
  call.output.verdict(
    stopped
      ? {
          verdict: "Done",
          text: "the platform of this machine is stopped, with all it ran; nothing of its environments was left in .slipway.",
        }
      : {
          verdict: "Same",
          text: "nothing to purge: the platform of this machine did not run, and nothing of its environments is in .slipway. Nothing was changed.",
        },
  );
  call.output.document(purgedDocument(stopped, [], []));
  return exitCodes.done;
}

function sayPurged(
  call: Call,
  session: Session,
  stopped: boolean,
  told: readonly ToldEnvironment[],
  unusable: readonly Unusable[],
): ExitCode {
  const untold: readonly UntoldEnvironment[] = unusable.map(({ environment, because }) => ({
    env: environment,
    because,
  }));
  const platform = stopped ? "is stopped, with all it ran" : "did not run";
  call.output.verdict({
    verdict: "Done",
    text: `the platform of this machine ${platform}; what its environments stored is gone.`,
    notes: [
      ...told.map(({ env, epoch, migrations }): [string, string] => [
        session.nameOf(env),
        `epoch ${epoch} records that no migration is applied any more; there were ${migrations}`,
      ]),
      ...untold.map(({ env, because }): [string, string] => [
        session.nameOf(env),
        `its ledger still tells of its old database, so roll nothing back before a promotion went well there: ${printable(because)}`,
      ]),
    ],
  });
  call.output.document(purgedDocument(stopped, told, untold));
  return exitCodes.done;
}
