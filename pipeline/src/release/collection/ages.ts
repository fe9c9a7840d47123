/** Ages in milliseconds, all by the store's clock. */
export interface CollectionAges {
  /** Younger releases are never retired, whether anybody promoted them or not. */
  readonly release: number;
  /** What a publication builds upon is kept for it this long: publishing takes a day at most. */
  readonly abandoned: number;
  /**
   * A publication that began longer ago than this can no longer make its release visible: it has died, or begins again. Far
   * enough below `artifact`, and above the longest publication.
   */
  readonly overdue: number;
  /** Younger blobs and images are never removed: whoever publishes has written again what no release of his own choice keeps. */
  readonly artifact: number;
}

/** In milliseconds. */
export const days = (count: number): number => count * 24 * 3_600_000;
/** A publication that has taken longer starts again (protocol §9): far below the age at which its marks and blobs count. */
export const longestPublicationMilliseconds = days(1);
/** What a publisher finds in the store and nothing keeps for him he writes again once it is older than this. */
export const freshMilliseconds = days(1);
export const usualAges: CollectionAges = {
  release: days(30),
  abandoned: days(7),
  overdue: days(2),
  artifact: days(7),
};
