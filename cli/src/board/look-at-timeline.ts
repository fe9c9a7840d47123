import type { Sha } from "@slipway/pipeline";
import { movementOf } from "../history/epochs.ts";
import type { Session } from "../session.ts";
import { ifReadable } from "../status/if-readable.ts";
import type { TimelineDocument } from "./documents.ts";
import { type Span, type TimelineInput, timelineDocument } from "./timeline.ts";
import type { BoardWorld } from "./world.ts";

const day = 86_400_000;

/** An environment whose ledger cannot be read says so, beside the others. @throws UserError, PortError */
export async function lookAtTimeline(world: BoardWorld, session: Session, days: number): Promise<TimelineDocument> {
  const span = spanOf(session, days);
  const inputs = await Promise.all(
    session.policy.policy.environments.map((environment) =>
      ifReadable<TimelineInput>(
        async () => {
          const { seq, good } = await world.standing(session, environment.name);
          const epochs = await world.ledger(session, environment.name).epochsSince(span.from, seq);
          return { environment, epochs, good, because: null };
        },
        ({ message }) => ({ environment, epochs: [], good: [], because: message }),
      ),
    ),
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
