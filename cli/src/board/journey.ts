import {
  type Approval,
  countApprovals,
  type EnvironmentName,
  type EnvironmentPolicy,
  type Instant,
  longestOf,
  readQuarantine,
  type Sha,
  type StoredRelease,
  staysOf,
} from "@slipway/pipeline";
import { type EpochSummary, movementOf } from "../history/epochs.ts";
import type { Session } from "../session.ts";
import { ifReadable } from "../status/if-readable.ts";
import { observeRunning } from "../status/observe-environment.ts";
import type { JourneyApproval, JourneyDocument, JourneyStop } from "./documents.ts";
import { timelineEpoch } from "./epoch-mark.ts";
import { runsOf } from "./timeline.ts";
import type { BoardWorld } from "./world.ts";

/** Where a release has been: each environment with its attempts, stays, soak and approvals. @throws UserError, PortError */
export async function journeyDocument(
  world: BoardWorld,
  session: Session,
  release: StoredRelease,
): Promise<JourneyDocument> {
  const { git, publisher } = release.manifest;
  const ladder = session.policy.policy.environments;
  const mark = await readQuarantine(session.store, git.sha);
  return {
    kind: "journey",
    version: 1,
    sha: git.sha,
    subject: git.subject,
    committedAt: git.committedAt,
    publishedAt: release.publishedAt,
    by: publisher.by,
    runUrl: publisher.runUrl,
    quarantine: mark && { by: mark.by, at: mark.at, reason: mark.reason },
    environments: await Promise.all(
      ladder.map((environment, at) =>
        ifReadable(
          () => stopOf(world, session, release, { environment, above: ladder[at + 1] ?? null }),
          ({ message }) => unreadableStop(session, environment.name, message),
        ),
      ),
    ),
  };
}

interface Rung {
  readonly environment: EnvironmentPolicy;
  readonly above: EnvironmentPolicy | null;
}

async function stopOf(
  world: BoardWorld,
  session: Session,
  release: StoredRelease,
  { environment, above }: Rung,
): Promise<JourneyStop> {
  const { sha } = release.manifest.git;
  const standing = await world.standing(session, environment.name);
  const [epochs, approvals, seen] = await Promise.all([
    // Not from its publication: a store that was copied has files of later times.
    world.ledger(session, environment.name).epochsSince(release.manifest.git.committedAt, standing.seq),
    session.approvals.list(environment.name, sha),
    observeRunning(session, environment.name),
  ]);
  const now = session.clock.now();
  // Nobody knows since when it is not what the ledger says; that somebody holds the lease changes nothing yet.
  const disturbed = standing.unfinished === null && seen.asRecorded !== "yes";
  const soaked = longestOf(staysOf(standing, release.digest, { now, disturbed }));
  const ran = standing.good.filter((run) => run.sha === sha);
  return {
    env: environment.name,
    name: session.nameOf(environment.name),
    because: null,
    attempts: epochs.filter((epoch) => touches(epoch, sha)).map(timelineEpoch),
    runs: runsOf(ran, { from: release.manifest.git.committedAt, until: now }),
    isRunning:
      standing.unfinished === null &&
      seen.asRecorded === "yes" &&
      seen.runs?.digest === release.digest &&
      (seen.runs.webSha ?? sha) === sha,
    soak: soaked && above ? { seconds: soaked.seconds, requiredSeconds: above.soakSeconds } : null,
    approvals: approvalsOf(approvals, environment, now),
  };
}

const unreadableStop = (session: Session, env: EnvironmentName, because: string): JourneyStop => ({
  env,
  name: session.nameOf(env),
  because,
  attempts: [],
  runs: [],
  isRunning: false,
  soak: null,
  approvals: [],
});

/** It led there, or led away from there by going back. */
function touches(epoch: EpochSummary, sha: Sha): boolean {
  const { from, to } = movementOf(epoch);
  return to === sha || (from === sha && epoch.open.command === "rollback");
}

/** Each as the rule counts it, for the plan that it is of. */
function approvalsOf(
  approvals: readonly Approval[],
  policy: EnvironmentPolicy,
  now: Instant,
): readonly JourneyApproval[] {
  const plans = [...new Set(approvals.map(({ planHash }) => planHash))];
  return plans.flatMap((hash) => {
    const { counted, unclear, rejected } = countApprovals(approvals, { hash, now, requester: null, policy });
    const line = ({ actor, at }: Approval, state: string): JourneyApproval => ({
      by: actor.name,
      at,
      plan: hash.replace(/^sha256:/, ""),
      state,
    });
    return [
      ...counted.map((approval) => line(approval, "valid")),
      ...unclear.map((approval) => line(approval, "its team cannot be told here")),
      ...rejected.map(({ approval, because }) => line(approval, because)),
    ];
  });
}
