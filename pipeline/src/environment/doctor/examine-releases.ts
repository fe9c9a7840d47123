import { type EnvironmentName, type Sha, shortSha } from "../../identifiers.ts";
import { readStanding } from "../../ledger/read-ledger.ts";
import { type GoodRun, runningOf, type Standing } from "../../ledger/records.ts";
import { chooseRollback, type RollbackChoice } from "../../policy/last-good.ts";
import { notApplied } from "../../policy/not-applied.ts";
import { listQuarantined } from "../../policy/quarantine.ts";
import { count } from "../../policy/spell.ts";
import type { ObjectStore, SourceControl } from "../../ports.ts";
import type { ImageShelf } from "../../release/build-ports.ts";
import { releasesInUse } from "../../release/collection/releases-in-use.ts";
import { readRetention } from "../../release/collection/retention.ts";
import { listReleases } from "../../release/list-releases.ts";
import { readManifest } from "../../release/read-release.ts";
import { type Verification, verifyRelease } from "../../release/verify-release.ts";
import { examined, type Finding, no, ok, unknown } from "./finding.ts";

export interface ReleasePorts {
  readonly store: ObjectStore;
  readonly shelf: ImageShelf;
  /** `rollback_window` of the policy in force. */
  readonly window: number;
  readonly source: SourceControl;
  /** That releases are promoted from, by the policy in force. */
  readonly branch: string;
  /** Told before each release is read, since that may take long. */
  readonly reading: (sha: Sha) => void;
}

/** Each release is read once, however many environments ask for it. */
export type Verifications = Map<Sha, Promise<Verification>>;

/** The newest release, byte by byte: it is what somebody will promote next. */
export async function examineNewest(ports: ReleasePorts, known: Verifications): Promise<readonly Finding[]> {
  return await examined("newest", async () => {
    const [newest] = await listReleases(ports.store, 1);
    if (!newest) return [no("newest", "no release was published", "promote build")];
    const { sha } = newest.manifest.git;
    const because = whyNotWhole(await verify(ports, known, sha));
    if (because !== null) return [no("newest", `${shortSha(sha)}: ${because}`, mend(sha))];
    // What a promotion begins with is its pin.
    await readRetention(ports.store, sha);
    return [ok("newest", `${shortSha(sha)} is stored whole`), ...(await examineBranch(ports, sha))];
  });
}

/** A release off the branch is refused everywhere; one of which that is not known, too. */
async function examineBranch({ source, branch }: ReleasePorts, sha: Sha): Promise<readonly Finding[]> {
  const onBranch = await source.onBranch(sha, branch);
  if (onBranch === null) return [unknown("branch", `could not tell whether ${shortSha(sha)} is on ${branch}`)];
  return [
    onBranch
      ? ok("branch", `${branch}, and ${shortSha(sha)} is on it`)
      : no("branch", `${shortSha(sha)} is not on ${branch}`),
  ];
}

/** Whether the releases that a rollback may lead to are there, whole, and kept from collection. */
export async function examineRollback(
  ports: ReleasePorts,
  known: Verifications,
  environment: EnvironmentName,
): Promise<readonly Finding[]> {
  return await examined("rollback", async () => {
    const { store, window } = ports;
    const standing = await readStanding(store, environment);
    const quarantined = await listQuarantined(store);
    const inUse = releasesInUse(standing, window, quarantined);
    const runs = runningOf(standing);
    const candidates = [...inUse].filter((sha) => sha !== runs?.sha && hasRun(standing, sha));
    const broken = await findBroken(ports, known, candidates);
    // A promotion that fails is put back to what runs, and the next environment is given it.
    const running = await findBroken(ports, known, runs ? [runs.sha] : []);
    return [
      ...running.map(({ sha, because }) =>
        no("running", `${shortSha(sha)} is what runs and is not stored whole: ${because}`, mend(sha)),
      ),
      ...broken.map(({ sha, because }) => no("rollback", `${shortSha(sha)} cannot come back: ${because}`, mend(sha))),
      ...(broken.length === candidates.length && broken.length > 0
        ? []
        : await where(store, standing, quarantined, { candidates, broken: new Set(broken.map(({ sha }) => sha)) })),
      ...(await examinePins(store, environment, standing.good, inUse)),
    ];
  });
}

const hasRun = ({ good }: Standing, sha: Sha): boolean => good.some((run) => run.sha === sha || run.webSha === sha);

async function findBroken(
  ports: ReleasePorts,
  known: Verifications,
  candidates: readonly Sha[],
): Promise<readonly { readonly sha: Sha; readonly because: string }[]> {
  const broken: { sha: Sha; because: string }[] = [];
  for (const sha of candidates) {
    const because = whyNotWhole(await verify(ports, known, sha));
    if (because !== null) broken.push({ sha, because });
  }
  return broken;
}

/** Where a rollback leads that names no release; none: where that cannot come back, which was said already. */
async function where(
  store: ObjectStore,
  standing: Standing,
  quarantined: ReadonlySet<Sha>,
  { candidates, broken }: { readonly candidates: readonly Sha[]; readonly broken: ReadonlySet<Sha> },
): Promise<readonly Finding[]> {
  const choice = chooseRollback(standing, null, null, quarantined);
  if (choice.status === "to" && broken.has(choice.run.sha)) return [];
  return [await leadsTo(store, standing, choice, candidates.length)];
}

async function leadsTo(store: ObjectStore, standing: Standing, choice: RollbackChoice, read: number): Promise<Finding> {
  if (choice.status === "to" && (await isOnAnotherDatabase(store, standing, choice.run.sha))) {
    const text = `${shortSha(choice.run.sha)} cannot come back: another database was put in place, and a rollback migrates nothing`;
    return no(
      "rollback",
      text,
      `promote --sha ${runningOf(standing)?.sha ?? choice.run.sha} --env ${standing.environment}`,
    );
  }
  if (choice.status === "to")
    return ok("rollback", `leads to ${shortSha(choice.run.sha)}; ${count(read, "release")} read, byte by byte`);
  if (choice.status === "already")
    return ok("rollback", `${shortSha(choice.run.sha)} came by one: it leads no further`);
  if (choice.status === "finish") return ok("rollback", "goes back to what ran before");
  return ok(
    "rollback",
    standing.good.length === 0 ? "nothing ran here yet" : "nothing else ran here: it leads nowhere",
  );
}

async function isOnAnotherDatabase(store: ObjectStore, standing: Standing, sha: Sha): Promise<boolean> {
  const look = await readManifest(store, sha);
  return look.status === "found" && notApplied(standing, look.release.manifest).length > 0;
}

/** The proof that no collection takes what a rollback needs: each release is pinned by this environment, and not retired (R23, R24). */
async function examinePins(
  store: ObjectStore,
  environment: EnvironmentName,
  good: readonly GoodRun[],
  inUse: ReadonlySet<Sha>,
): Promise<readonly Finding[]> {
  const ran = [...inUse].filter((sha) => good.some((run) => run.sha === sha));
  const looks = await Promise.all(ran.map(async (sha) => ({ sha, retention: await readRetention(store, sha) })));
  const loose = looks.filter(({ retention }) => retention.retired || retention.pins[environment] === undefined);
  if (loose.length === 0)
    return ran.length === 0 ? [] : [ok("retention", `${count(ran.length, "release")} kept from collection`)];
  return loose.map(({ sha, retention }) =>
    retention.retired
      ? no("retention", `${shortSha(sha)} is retired, and ${environment} may need it`)
      : no("retention", `${shortSha(sha)} is not pinned for ${environment}`, mend(sha)),
  );
}

function verify({ store, shelf, reading }: ReleasePorts, known: Verifications, sha: Sha): Promise<Verification> {
  const found = known.get(sha);
  if (found !== undefined) return found;
  reading(sha);
  const verifying = verifyRelease(store, shelf, sha);
  known.set(sha, verifying);
  return verifying;
}

/** Null: it is whole. */
function whyNotWhole(verification: Verification): string | null {
  if (verification.status === "whole") return null;
  if (verification.status === "missing") return "release.json is missing";
  if (verification.status === "retired") return "it was retired, for ever";
  const [first = "it differs", ...others] = verification.differences;
  return others.length === 0 ? first : `${first}, and ${others.length} more`;
}

/**
 * Building a published commit again puts back what is missing or damaged, and pins that are gone, if the build gives the
 * bytes that ran.
 */
const mend = (sha: Sha): string => `promote build --sha ${sha}`;
