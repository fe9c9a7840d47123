import type { Sha } from "@slipway/pipeline";
import { movementOf } from "../history/epochs.ts";
import type { Session } from "../session.ts";
import type { TimelineDocument } from "./documents.ts";
import { type Span, type TimelineInput, timelineDocument } from "./timeline.ts";
import type { BoardWorld } from "./world.ts";

const day = 86_400_000;

/** @throws UserError, BrokenChainError, PortError */
export async function lookAtTimeline(world: BoardWorld, session: Session, days: number): Promise<TimelineDocument> {
  const span = spanOf(session, days);
  const inputs = await Promise.all(
    session.policy.policy.environments.map(async (environment): Promise<TimelineInput> => {
      const standing = await world.standing(session, environment.name);
      const epochs = await world.ledger(session, environment.name).epochsSince(span.from, standing.seq);
      return { environment, epochs, good: standing.good };
    }),
  );
  const named = inputs.flatMap(({ epochs, good }) => [
    ...epochs.map((epoch) => movementOf(epoch).to),
    ...good.map(({ sha }) => sha),
  ]);
  const releases = await world.releases(session, named.filter((sha) => sha !== null) as Sha[]);
  const subjects = Object.fromEntries([...releases].map(([sha, { manifest }]) => [sha, manifest.git.subject]));
  return timelineDocument(inputs, span, subjects);
}

/** The days up to now. */
export function spanOf(session: Session, days: number): Span {
  const until = session.clock.now();
  return { from: new Date(Date.parse(until) - days * day).toISOString(), until };
}
