/** A bug that somebody could make, in our own code, and what it breaks. */
export interface Mutant {
  readonly name: string;
  /** A rule of the protocol (R1…R24), a row of what its model found, or what a rival had (promotion-engines.md, reliability-performance.md §1.4). */
  readonly after: string;
  /** Below `src`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Where the simulation cannot see it: the tests that do, below `src`. */
  readonly tests?: string;
  /** Which simulation is asked; absent: that of promotions. */
  readonly simulation?: "collection";
}
