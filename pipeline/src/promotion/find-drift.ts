import { type ServiceName, shortSha } from "../identifiers.ts";
import type { EnvironmentPorts, Revision, ServiceLook } from "../ports.ts";
import { sameRevision } from "./judge-rollout.ts";
import type { EnvironmentState } from "./plan.ts";
import { sameWeb } from "./plan-steps.ts";

/**
 * The first part of an environment that has other bytes than it should, in words; null: none. Health is not asked: what is restarted just now has
 * not drifted. @throws PortError
 */
export async function findDrift(ports: EnvironmentPorts, state: EnvironmentState): Promise<string | null> {
  for (const [service, revision] of Object.entries(state.services)) {
    const drift = revision && driftOf(await ports.services.inspect(service as ServiceName), revision);
    if (drift) return `${service} ${drift}`;
  }
  const { web } = await ports.web.readLive();
  return sameWeb(web, state.web) ? null : `pages are ${web ? `those of ${shortSha(web.sha)}` : "none"}`;
}

function driftOf(look: ServiceLook, revision: Revision): string | null {
  const { wanted } = look;
  if (wanted === "unknown-revision") return "runs bytes of no release";
  if (!sameRevision(wanted, revision)) return `runs ${wanted ? shortSha(wanted.sha) : "nothing"}`;
  const other = look.tasks.some(
    ({ health, image }) => health !== "draining" && image !== null && image !== revision.image,
  );
  return other ? "has a task that runs other bytes" : null;
}
