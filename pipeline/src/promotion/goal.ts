import { type Target, templateOf } from "../environment/target.ts";
import type { GoodRun } from "../ledger/records.ts";
import type { Revision } from "../ports.ts";
import type { StoredRelease } from "../release/manifest.ts";
import type { EnvironmentState } from "./plan.ts";

export const emptyState: EnvironmentState = { services: {}, web: null };

/**
 * What an environment runs when it runs this release on this target: today's templates, also for a rollback, because promote
 * never reverts infrastructure. Services of `before` that the release lacks are set to nothing.
 * A service that the target has no place for is left out; `target-mismatch` refuses that.
 */
export function goalOf(release: StoredRelease, target: Target, before: EnvironmentState): EnvironmentState {
  const { manifest } = release;
  const services: Record<string, Revision | null> = {};
  for (const [name, revision] of Object.entries(before.services)) if (revision) services[name] = null;
  for (const { name } of manifest.services) {
    const template = templateOf(target, name);
    const image = manifest.images[name]?.digest;
    if (template && image) services[name] = { sha: manifest.git.sha, image, template };
  }
  return { services, web: manifest.web ? { sha: manifest.git.sha, digest: manifest.web.digest } : null };
}

/** Pages alone: the services stay as they are by record. */
export function webGoalOf(release: StoredRelease, running: GoodRun): EnvironmentState {
  const { web, git } = release.manifest;
  return { services: running.state.services, web: web ? { sha: git.sha, digest: web.digest } : null };
}
