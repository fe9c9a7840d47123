import { type Sha, UserError } from "@slipway/pipeline";
import { movementOf } from "../history/epochs.ts";
import type { Session } from "../session.ts";
import type { FiguresDocument } from "./documents.ts";
import { figuresDocument } from "./figures.ts";
import { spanOf } from "./look-at-timeline.ts";
import type { BoardWorld } from "./world.ts";

/** Read beyond the window: what fails in it may have begun before. */
const daysBefore = 30;

/** Of the last environment of the ladder. @throws UserError, BrokenChainError, PortError */
export async function lookAtFigures(
  world: BoardWorld,
  session: Session,
  days: FiguresDocument["days"],
): Promise<FiguresDocument> {
  const span = spanOf(session, days);
  const env = session.policy.policy.environments.at(-1)?.name;
  if (env === undefined) throw new UserError({ code: "env-unknown", message: "the ladder has no environment." });
  const standing = await world.standing(session, env);
  const epochs = await world.ledger(session, env).epochsSince(spanOf(session, days + daysBefore).from, standing.seq);
  const shas = epochs.flatMap((epoch) => movementOf(epoch).to ?? []) as Sha[];
  const found = await world.releases(session, shas);
  const releases = new Map([...found].map(([sha, { manifest }]) => [sha as string, manifest.git]));
  return figuresDocument({ env, days, span, epochs, releases });
}
