import { PortError } from "../errors.ts";
import type { Instant, Sha } from "../identifiers.ts";
import { millisecondsBetween } from "../ledger/instants.ts";
import type { Clock, ObjectStore } from "../ports.ts";
import { changeRetention, type Retention, retiredRefusal } from "./collection/retention.ts";

/** What says in retention.json that a publication is under way. */
export interface PublicationMark {
  readonly nonce: string;
  /** When it began, by the store's clock. */
  readonly at: Instant;
  /** It took no other one's place. Times do not tell: two may be the same. */
  readonly isAlone: boolean;
}
/** What a machine's own clock may say otherwise than the store's. */
const mostSkewMilliseconds = 60_000;

/**
 * Says that a publication is under way. Its time is the store's: a machine's clock may be set otherwise, or stand still.
 * @throws RefusalError `release-missing` (retired)
 */
export async function markPublishing(
  store: ObjectStore,
  clock: Clock,
  sha: Sha,
  { nonce, by }: { readonly nonce: string; readonly by: string },
): Promise<PublicationMark> {
  let at = clock.now();
  let isTold = false;
  let isAlone = true;
  const mark = async (isRight: (now: Instant | null) => boolean): Promise<void> => {
    const end = await changeRetention(store, sha, (retention, now) => {
      const { publishing } = retention;
      if (isRight(now)) return null;
      isTold = now !== null;
      isAlone = publishing === null || (isAlone && publishing.nonce === nonce);
      at = now ?? at;
      return { ...retention, publishing: { nonce, at: oldestPending(retention, nonce, at), by } };
    });
    if (end === "retired") throw retiredRefusal(sha);
  };
  await mark(() => false);
  // The object was made just now: nothing before it had told the store's time.
  if (!isTold) await mark((now) => now !== null && Math.abs(millisecondsBetween(at, now)) < mostSkewMilliseconds);
  return { nonce, at, isAlone };
}

/** Of somebody else's publication nobody knows here whether it has ended. */
const oldestPending = ({ publishing }: Retention, nonce: string, at: Instant): Instant =>
  publishing === null || publishing.nonce === nonce || publishing.at > at ? at : (publishing.at as Instant);

/**
 * Takes the marks of a publication away that has ended. The place of another one that may still end is kept, unless the
 * release is there: then none can.
 */
export async function dropMarks(
  store: ObjectStore,
  sha: Sha,
  { nonce, isAlone }: PublicationMark,
  { base, isThere }: { readonly base: Sha | null; readonly isThere: boolean },
): Promise<void> {
  const dropped = [
    changeRetention(store, sha, (retention) => {
      if (retention.publishing?.nonce !== nonce || !(isThere || isAlone)) return null;
      return { ...retention, publishing: null };
    }),
    ...(base === null
      ? []
      : [
          changeRetention(store, base, ({ bases: { [nonce]: ours, ...bases }, ...retention }) =>
            ours === undefined ? null : { ...retention, bases },
          ),
        ]),
  ];
  for (const end of await Promise.allSettled(dropped)) {
    if (end.status === "rejected" && !(end.reason instanceof PortError)) throw end.reason;
  }
}
