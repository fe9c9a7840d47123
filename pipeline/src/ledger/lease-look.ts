import { UserError } from "../errors.ts";
import type { EnvironmentName, Epoch, Instant } from "../identifiers.ts";
import type { Actor, ObjectStore, StoredObject } from "../ports.ts";
import { millisecondsBetween } from "./instants.ts";
import { leaseKey } from "./keys.ts";
import { type LeaseDocument, type LeaseHolder, parseLease } from "./lease-document.ts";

/** What anybody sees of a lease. Ages are by the store's clock. */
export interface LeaseLook {
  readonly state: LeaseDocument["state"];
  readonly nonce: string;
  readonly by: Actor;
  readonly host: string;
  readonly runUrl: string | null;
  readonly process: LeaseHolder["process"];
  /** Null: its holder has opened none yet. */
  readonly epoch: Epoch | null;
  readonly doing: string;
  readonly since: Instant;
  /** When the last beat was written. */
  readonly beatAt: Instant;
  readonly ageMilliseconds: number;
  /** Held, and silent for so long that it may be taken over. */
  readonly stale: boolean;
  readonly quietUntil: Instant | null;
  /** If its holder dies now, nothing is changed by the next one for this long: S + L + δ. */
  readonly freeWithinMilliseconds: number;
}

/** Silent for longer than this, a held lease may be taken over (R4): S′ + δ′ of the holder. */
export const silenceAllowed = (document: LeaseDocument): number =>
  document.timing.staleMilliseconds + document.timing.skewMilliseconds;

export function lookAt(document: LeaseDocument, stored: StoredObject): LeaseLook {
  const { holder, timing } = document;
  const age = Math.max(0, millisecondsBetween(stored.writtenAt, stored.serverTime));
  return {
    state: document.state,
    nonce: document.nonce,
    by: holder.by,
    host: holder.host,
    runUrl: holder.runUrl,
    process: holder.process,
    epoch: document.epoch,
    doing: document.doing,
    since: document.since,
    beatAt: stored.writtenAt,
    ageMilliseconds: age,
    stale: document.state === "held" && age >= silenceAllowed(document),
    quietUntil: document.quietUntil,
    freeWithinMilliseconds: silenceAllowed(document) + timing.landsMilliseconds,
  };
}

/** Null: nobody ever took one. @throws PortError; UserError when what is stored is no lease. */
export async function readLease(store: ObjectStore, environment: EnvironmentName): Promise<LeaseLook | null> {
  const stored = await store.get(leaseKey(environment));
  return stored ? lookAt(readDocument(stored, environment), stored) : null;
}

export function readDocument(stored: StoredObject, environment: EnvironmentName): LeaseDocument {
  try {
    return parseLease(stored);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError({
      code: "store-unusable",
      message: `${leaseKey(environment)} is not a lease that can be read`,
      next: [`promote lock break --env ${environment} --reason "<text>"`],
      cause: error,
    });
  }
}
