import type { Epoch, Sha } from "../../identifiers.ts";
import { type GoodRun, runningOf, type Standing, type Unfinished } from "../../ledger/records.ts";
import { mayComeBack } from "../../policy/last-good.ts";
import type { EnvironmentState, ReleaseRef } from "../../promotion/plan.ts";

/**
 * What one environment may still need (protocol R24): what runs, the releases a rollback may lead to, newest first, until
 * `window` of them were counted, and everything that an unfinished promotion came from, leads to or may have left. Releases
 * that somebody fled from by a rollback, or marked as bad, are kept with the others and not counted: none leads back there.
 */
export function releasesInUse(standing: Standing, window: number, quarantined: ReadonlySet<Sha>): ReadonlySet<Sha> {
  const inUse = new Set<Sha>();
  const counted = new Set<Sha>();
  const running = runningOf(standing);
  for (const run of standing.good) {
    for (const sha of releasesOf(run)) inUse.add(sha);
    const runs = run.sha === running?.sha;
    if (!runs && mayComeBack(standing, run, quarantined)) counted.add(run.sha);
    if (counted.size >= window) break;
  }
  for (const sha of standing.unfinished ? releasesOfUnfinished(standing.unfinished) : []) inUse.add(sha);
  return inUse;
}

/**
 * A pin may go once its run is settled and nothing of it is under way: a migration that never reported may need the runner
 * of its own release (R24).
 */
export const isPinOver = (standing: Standing, pinned: Epoch): boolean =>
  standing.settled >= pinned && (standing.openMigration === null || standing.openMigration.epoch > pinned);

const releasesOf = (run: GoodRun): readonly Sha[] => [
  run.sha,
  ...(run.webSha === null ? [] : [run.webSha]),
  ...releasesOfState(run.state),
];

function releasesOfUnfinished({ request, plan, baseline, left }: Unfinished): readonly Sha[] {
  const named = [plan.release, plan.webRelease, baseline.release, baseline.webRelease];
  const states = [plan.before, plan.goal, baseline.state, ...left];
  return [
    ...(request.sha === null ? [] : [request.sha]),
    ...named.flatMap((release: ReleaseRef | null) => (release === null ? [] : [release.sha])),
    ...states.flatMap(releasesOfState),
  ];
}

const releasesOfState = ({ services, web }: EnvironmentState): readonly Sha[] =>
  [...Object.values(services), web].flatMap((part) => (part === null ? [] : [part.sha]));
