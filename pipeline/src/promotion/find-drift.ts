import { PortError } from "../errors.ts";
import { type ServiceName, shortSha } from "../identifiers.ts";
import { count } from "../policy/spell.ts";
import type { EnvironmentPorts, Revision, ServiceLook } from "../ports.ts";
import { provesGone, sameRevision } from "./judge-rollout.ts";
import type { EnvironmentState } from "./plan.ts";
import { sameWeb } from "./plan-steps.ts";

/**
 * The first part of an environment that is not as it should be, in words; null: none. What is starting has not drifted; what is down has.
 * @throws PortError where it cannot be told
 */
export async function findDrift(ports: EnvironmentPorts, state: EnvironmentState): Promise<string | null> {
  for (const [service, revision] of Object.entries(state.services)) {
    const look = await ports.services.inspect(service as ServiceName);
    const drift = revision ? driftOf(service, look, revision) : provesGone(look) ? null : "still runs";
    if (drift) return `${service} ${drift}`;
  }
  const { web } = await ports.web.readLive();
  return sameWeb(web, state.web) ? null : `pages are ${web ? `those of ${shortSha(web.sha)}` : "none"}`;
}

function driftOf(service: string, { wanted, tasks, tasksWanted }: ServiceLook, revision: Revision): string | null {
  if (!sameRevision(wanted, revision)) return `runs ${otherThan(revision, wanted)}`;
  const counted = tasks.filter(({ health }) => health !== "draining");
  const edited = counted.find((task) => task.edited)?.edited;
  if (edited) return `has a task whose ${edited.path} was changed`;
  if (counted.some(({ image }) => image !== null && image !== revision.image))
    return "has a task that runs other bytes";
  const isUp = ({ health }: (typeof tasks)[number]): boolean => health === "healthy" || health === "starting";
  if (!counted.every(isUp) || (counted.length === 0 && tasksWanted > 0))
    return `has ${counted.filter(isUp).length} of ${count(Math.max(counted.length, tasksWanted), "task")} up`;
  if (counted.some(({ image }) => image === null))
    throw new PortError(`inspect ${service}`, "none", "which bytes its tasks run is not told");
  return null;
}

function otherThan({ sha, image }: Revision, wanted: ServiceLook["wanted"]): string {
  if (wanted === null) return "nothing";
  if (wanted === "unknown-revision") return "bytes of no release";
  if (wanted.sha !== sha) return shortSha(wanted.sha);
  return `${shortSha(sha)} with another ${wanted.image === image ? "template" : "image"}`;
}
