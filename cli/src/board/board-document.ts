import type { EnvironmentPolicy, Sha } from "@slipway/pipeline";
import { statusDocument } from "../documents/status.ts";
import type { Session } from "../session.ts";
import { commandsFor } from "../status/commands-for.ts";
import { lookAtLadder } from "../status/look-at-ladder.ts";
import type { EnvironmentLook } from "../status/observe-environment.ts";
import { sameLadder } from "../terminal/command-line.ts";
import type { BoardDocument, LaneDocument } from "./documents.ts";
import { type BoardWorld, lostLedger } from "./world.ts";

/** What runs where and what may go next: `promote status` and what the lanes show beside it. @throws PortError */
export async function boardDocument(world: BoardWorld, session: Session): Promise<BoardDocument> {
  const ladder = await lookAtLadder(session);
  const { newest } = ladder;
  const looks = ladder.looks.map((look) => withoutLoss(world, session, look));
  const next = looks.flatMap((look) => (look.next ? [look.next.sha] : []));
  const releases = await world.releases(session, next);
  const subjectOf = (sha: Sha): string | null => releases.get(sha)?.manifest.git.subject ?? null;
  const flags = sameLadder(world.call);
  const lane = (look: EnvironmentLook, policy: EnvironmentPolicy): LaneDocument => ({
    env: look.env,
    name: session.nameOf(look.env),
    seq: look.standing.seq,
    soakSeconds: policy.soakSeconds,
    approvals: policy.approvals,
    nextSubject: look.next && subjectOf(look.next.sha),
    commands: commandsFor(look, flags),
  });
  const policies = new Map(session.policy.policy.environments.map((policy) => [policy.name, policy]));
  return {
    kind: "board",
    version: 1,
    status: statusDocument(session, looks, newest),
    environments: looks.flatMap((look) => {
      const policy = policies.get(look.env);
      return policy ? [lane(look, policy)] : [];
    }),
  };
}

/** An environment that was seen to have records, and has none, is not empty. */
function withoutLoss(world: BoardWorld, session: Session, look: EnvironmentLook): EnvironmentLook {
  if (look.unreadable || !world.isGone(look.standing, look.env)) return look;
  return { ...look, state: "unknown", because: lostLedger(session.nameOf(look.env)), next: null };
}
