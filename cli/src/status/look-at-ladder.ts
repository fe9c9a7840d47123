import { type EnvironmentName, listReleases, type StoredRelease } from "@slipway/pipeline";
import { atOneMoment } from "../session/one-moment.ts";
import type { Session } from "../session.ts";
import { type EnvironmentLook, observeEnvironment } from "./observe-environment.ts";

export interface LadderLook {
  readonly looks: readonly EnvironmentLook[];
  /** The release that was published last. */
  readonly newest: StoredRelease | null;
}

/** What these environments run and what may enter them, looked at side by side; nothing is started. @throws PortError */
export async function lookAtLadder(
  session: Session,
  asked: readonly EnvironmentName[] = session.policy.policy.environments.map(({ name }) => name),
): Promise<LadderLook> {
  const moment = atOneMoment(session);
  const newest = (await listReleases(moment.store, 1))[0] ?? null;
  return { newest, looks: await Promise.all(asked.map((env) => observeEnvironment(moment, env, newest))) };
}
