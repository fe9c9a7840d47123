import { UserError } from "../errors.ts";
import type { EnvironmentName, Instant } from "../identifiers.ts";
import type { Actor, Clock, ObjectStore, Random, StoredObject } from "../ports.ts";
import { plusMilliseconds } from "./instants.ts";
import { leaseKey } from "./keys.ts";
import { type LeaseDocument, leaseBytes, parseLease } from "./lease-document.ts";
import { lookAt, silenceAllowed } from "./lease-look.ts";
import { awsTiming } from "./lease-timing.ts";
import { quietAfterLoss } from "./quiet-until.ts";

export interface BreakLease {
  readonly store: ObjectStore;
  readonly environment: EnvironmentName;
  readonly clock: Clock;
  readonly random: Random;
  readonly by: Actor;
  readonly reason: string;
  /** Also when its holder still beats. */
  readonly force?: boolean;
}

export type BrokenLease =
  | { readonly status: "broken" | "holder-alive" | "free" }
  | { readonly status: "unreadable"; readonly breakableFrom: Instant };

/**
 * Ends a lease by a person's decision. The next holder waits as after any loss (R5): a break is no proof that requests
 * of the old one are over.
 * @throws PortError
 */
export async function breakLease(input: BreakLease): Promise<BrokenLease> {
  const { store, environment } = input;
  const nonce = input.random.nonce();
  for (;;) {
    const stored = await store.get(leaseKey(environment));
    if (!stored) return { status: "free" };
    const document = readOrAssume(stored, input);
    if (document.nonce === nonce) return { status: "broken" };
    if (document.state !== "held") return { status: "free" };
    if (!lookAt(document, stored).stale && !input.force) return stays(document, stored);
    const answer = await store.putIfMatch(
      leaseKey(environment),
      leaseBytes(broken(document, stored, nonce, input)),
      stored.etag,
    );
    if (answer.status === "written") return { status: "broken" };
  }
}

/** Whoever wrote what cannot be read may still be at work for as long as a lease may be silent. */
const stays = (document: LeaseDocument, stored: StoredObject): BrokenLease =>
  document.nonce === unreadable
    ? { status: "unreadable", breakableFrom: plusMilliseconds(stored.writtenAt, silenceAllowed(document)) }
    : { status: "holder-alive" };

function broken(document: LeaseDocument, stored: StoredObject, nonce: string, input: BreakLease): LeaseDocument {
  return {
    ...document,
    state: "broken",
    nonce,
    beat: document.beat + 1,
    quietUntil: quietAfterLoss(document, stored, false),
    lost: {
      holder: document.holder.by.name,
      epoch: document.epoch,
      how: "broken",
      by: input.by.name,
      reason: input.reason.slice(0, 2000),
    },
  };
}

const unreadable = "unreadable";

/** What cannot be read is taken for a silent lease with the longest durations that there are. */
function readOrAssume(stored: StoredObject, input: BreakLease): LeaseDocument {
  try {
    return parseLease(stored);
  } catch (error) {
    if (error instanceof UserError) throw error;
    return {
      version: 1,
      environment: input.environment,
      state: "held",
      nonce: unreadable,
      holder: { by: { id: "unknown", name: "unknown" }, host: "unknown", runUrl: null, process: null },
      since: stored.writtenAt,
      epoch: null,
      doing: "",
      beat: 0,
      timing: awsTiming,
      quietUntil: null,
      lost: null,
    };
  }
}
