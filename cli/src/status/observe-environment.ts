import {
  BrokenChainError,
  type Check,
  type Decision,
  type Distance,
  distanceOf,
  type EnvironmentName,
  type GoodRun,
  type Hold,
  type LeaseLook,
  nothingYet,
  PortError,
  type PromotionRequest,
  readHold,
  readLease,
  readManifest,
  readStanding,
  readTarget,
  runningOf,
  type Sha,
  type Standing,
  type StoredRelease,
  shortSha,
  type UserError,
  verifyLive,
} from "@slipway/pipeline";
import { lookAtRequest, readingDecision } from "../promotion/look.ts";
import { lookingOnly } from "../session/looking-only.ts";
import type { Session } from "../session.ts";
import { releaseWith } from "../verify/name-running.ts";
import { type FailedAttempt, readFailedAttempt } from "./failed-attempt.ts";
import { ifReadable } from "./if-readable.ts";

type EnvironmentStateWord = "as-recorded" | "drift" | "partial" | "in-progress" | "empty" | "unknown";
interface DriftItem {
  readonly part: Check["part"];
  readonly name: string;
  readonly expected: string | null;
  readonly found: string;
}
export interface NextMove {
  readonly sha: Sha;
  /** Null: nothing runs yet. */
  readonly distance: Distance | null;
  readonly decision: Decision;
  /** The newest attempt at it there failed; null: it did not, or none is known of. */
  readonly failed: FailedAttempt | null;
  /** By the store's clock. */
  readonly now: string;
}
/** One environment by itself. */
export interface EnvironmentRuns {
  readonly env: EnvironmentName;
  readonly target: string | null;
  readonly url: string | null;
  readonly observedAt: string;
  readonly runs: GoodRun | null;
  readonly state: EnvironmentStateWord;
  /** Whether what runs is what the ledger says, also while somebody holds the lease. */
  readonly asRecorded: "yes" | "no" | "unknown";
  /** Why it is unknown, or what is open. */
  readonly because: string | null;
  readonly drift: readonly DriftItem[];
  readonly hold: Hold | null;
  readonly lease: LeaseLook | null;
  readonly standing: Standing;
  /** What is stored about it cannot be read: that is why all else is empty. Null: it can. */
  readonly unreadable: UserError | BrokenChainError | null;
}
/** Where it stands among releases. */
export interface EnvironmentLook extends EnvironmentRuns {
  /** Of the commit that runs. */
  readonly subject: string | null;
  /** Commits that the newest release is ahead of it; null: not known. */
  readonly behind: number | null;
  readonly next: NextMove | null;
}

/** What one environment runs, and what may enter it next. @throws PortError */
export async function observeEnvironment(
  opened: Session,
  env: EnvironmentName,
  newest: StoredRelease | null,
): Promise<EnvironmentLook> {
  const session = lookingOnly(opened);
  return ifReadable(
    async () => {
      const look = await lookAtEnvironment(session, env);
      const newestSha = newest?.manifest.git.sha ?? null;
      const { runs } = look;
      const subject = await subjectOf(session, runs);
      const [behind, next] = await Promise.all([
        commitsBehind(session, runs, newestSha),
        nextMove(session, env, look, newestSha),
      ]);
      return { ...look, subject, behind, next };
    },
    (error) => ({ ...unreadable(session, env, error), subject: null, behind: null, next: null }),
  );
}

/**
 * What one environment runs, by record and by sight; nothing is started. Records that cannot be read are an answer about
 * this environment, not about the others. @throws PortError
 */
export const observeRunning = (session: Session, env: EnvironmentName): Promise<EnvironmentRuns> =>
  ifReadable(
    () => lookAtEnvironment(lookingOnly(session), env),
    (error) => unreadable(session, env, error),
  );

async function commitsBehind({ source }: Session, runs: GoodRun | null, newest: Sha | null): Promise<number | null> {
  if (runs?.sha === newest) return 0;
  const commits = runs && newest ? await source.between(runs.sha, newest, 1000) : null;
  return commits?.length ?? null;
}

const unreadable = (session: Session, env: EnvironmentName, error: UserError | BrokenChainError): EnvironmentRuns => ({
  env,
  target: null,
  url: null,
  observedAt: session.clock.now(),
  runs: null,
  state: "unknown",
  asRecorded: "unknown",
  because: error.message,
  drift: [],
  hold: null,
  lease: null,
  standing: nothingYet,
  unreadable: error,
});

async function lookAtEnvironment(session: Session, env: EnvironmentName): Promise<EnvironmentRuns> {
  const { store } = session;
  const [standing, hold, lease, target] = await Promise.all([
    readStanding(store, env),
    readHold(store, env),
    readLease(store, env),
    readTarget(store, env),
  ]);
  const runs = runningOf(standing);
  const seen = await lookLive(session, env, standing, runs);
  return {
    env,
    target: target?.target.kind ?? null,
    url: target?.target.url ?? null,
    observedAt: session.clock.now(),
    runs,
    ...stateOf(standing, lease, runs, seen),
    asRecorded: seen.status,
    drift: seen.drift,
    hold,
    lease: lease?.state === "held" ? lease : null,
    standing,
    unreadable: null,
  };
}

interface Seen {
  readonly status: EnvironmentRuns["asRecorded"];
  readonly because: string | null;
  readonly drift: readonly DriftItem[];
}

/** `runs f27c96d`, where another release of ours has those bytes. */
function foundWords({ name, message, runs }: Check, standing: Standing): string {
  const sha = runs && (runs.sha ?? releaseWith(runs.image, name, standing));
  return sha ? `runs ${shortSha(sha)}` : message;
}

async function lookLive(
  session: Session,
  env: EnvironmentName,
  standing: Standing,
  runs: GoodRun | null,
): Promise<Seen> {
  if (!runs) return { status: "yes", because: null, drift: [] };
  const stored = await readTarget(session.store, env);
  if (!stored) return { status: "unknown", because: "it has no target.json", drift: [] };
  try {
    const ports = await session.connect(stored.target);
    const verdict = await verifyLive({ ports, state: runs.state, web: null, shapeOf: () => null, reachable: false });
    const unknown = verdict.checks.find((check) => check.status === "unknown");
    const drift = verdict.checks
      .filter((check) => check.status === "no")
      .map((check) => ({
        part: check.part,
        name: check.name,
        expected:
          check.part === "service" ? (runs.state.services[check.name]?.image ?? null) : (runs.state.web?.sha ?? null),
        found: foundWords(check, standing),
      }));
    return { status: verdict.status, because: unknown?.message ?? null, drift };
  } catch (error) {
    if (error instanceof PortError) return { status: "unknown", because: error.message, drift: [] };
    throw error;
  }
}

function stateOf(
  standing: Standing,
  lease: LeaseLook | null,
  runs: GoodRun | null,
  seen: Seen,
): { readonly state: EnvironmentStateWord; readonly because: string | null } {
  if (lease?.state === "held" && !lease.stale)
    return { state: "in-progress", because: `${lease.by.name}, ${lease.doing}` };
  const open = standing.unfinished;
  if (open?.partial) {
    const { notBack } = open.partial;
    const stuck = notBack.length === 0 ? "" : `, ${notBack.join(" and ")} not put back`;
    return { state: "partial", because: `epoch ${open.epoch}${stuck}` };
  }
  if (open) return { state: "in-progress", because: `epoch ${open.epoch} has a plan and no outcome` };
  if (!runs) return { state: "empty", because: null };
  if (seen.status === "no") return { state: "drift", because: null };
  return seen.status === "unknown"
    ? { state: "unknown", because: seen.because }
    : { state: "as-recorded", because: null };
}

async function subjectOf(session: Session, runs: GoodRun | null): Promise<string | null> {
  if (!runs) return null;
  const look = await readManifest(session.store, runs.sha);
  return look.status === "found" ? look.release.manifest.git.subject : null;
}

/** The release of the environment below, or for the first one the newest; null: none is there. */
export async function shaToEnter(session: Session, env: EnvironmentName, newest: Sha | null): Promise<Sha | null> {
  const ladder = session.policy.policy.environments.map((environment) => environment.name);
  const below = ladder[ladder.indexOf(env) - 1];
  return below === undefined ? newest : await shaBelow(session, below);
}

/** Null: nothing newer is there. */
async function nextMove(
  session: Session,
  env: EnvironmentName,
  { runs, standing }: EnvironmentRuns,
  newest: Sha | null,
): Promise<NextMove | null> {
  const sha = await shaToEnter(session, env, newest);
  if (sha === null || sha === runs?.sha) return null;
  const request: PromotionRequest = {
    action: "promote",
    environment: env,
    sha,
    only: null,
    trigger: "person",
    overrides: [],
    reason: null,
    expect: null,
    until: "healthy",
    by: session.actor,
    runUrl: null,
  };
  const look = await lookAtRequest(session, request);
  const distance = runs ? distanceOf(look.facts) : null;
  const failed = await readFailedAttempt(session, env, sha, { standing, runs });
  return { sha, distance, decision: readingDecision(look), failed, now: look.facts.now };
}

/** Null also where the ledger below cannot be read, which its own row says. */
async function shaBelow(session: Session, below: EnvironmentName): Promise<Sha | null> {
  try {
    return runningOf(await readStanding(session.store, below))?.sha ?? null;
  } catch (error) {
    if (error instanceof BrokenChainError) return null;
    throw error;
  }
}
