import type { Instant } from "../identifiers.ts";
import type { StoredObject } from "../ports.ts";
import { laterOf, plusMilliseconds } from "./instants.ts";
import type { LeaseDocument } from "./lease-document.ts";
import { silenceAllowed } from "./lease-look.ts";

/**
 * R5: until when a request of the loser may still land, with the durations that the loser worked by. It never moves
 * back: whoever was lost before may have requests under way as well.
 */
export function quietAfterLoss(document: LeaseDocument, stored: StoredObject, knownGone: boolean): Instant {
  const { timing } = document;
  const lands = knownGone ? timing.landsKnownGoneMilliseconds : timing.landsMilliseconds;
  const quiet = plusMilliseconds(stored.writtenAt, silenceAllowed(document) + lands);
  return document.quietUntil === null ? quiet : laterOf(document.quietUntil, quiet);
}
