import type { Rules } from "./rules.ts";

/** One command of a person. */
export interface Command {
  readonly kind: "promote" | "rollback";
  readonly release: number;
  /** Begins once the commands up to this one are over. */
  readonly after?: number;
  /** Does not crash. */
  readonly isReliable?: boolean;
}

/** How often each thing may go wrong. Times are in ticks. */
export interface Mishaps {
  readonly crashes: number;
  /** Requests that time out, and land later or never. */
  readonly delays: number;
  readonly unhealthy: number;
  readonly migrationFaults: number;
  readonly breaks: number;
  readonly freezes: number;
  readonly aborts: number;
  readonly lostTasks: number;
}
export const usualMishaps: Mishaps = {
  crashes: 1,
  delays: 1,
  unhealthy: 0,
  migrationFaults: 0,
  breaks: 0,
  freezes: 0,
  aborts: 0,
  lostTasks: 0,
};

/** What happens to one environment: who promotes what, and what may go wrong. */
export interface Story {
  readonly commands: readonly Command[];
  /** Given once all others are over, does not crash, and has to end well. */
  readonly last: Command;
  readonly mishaps?: Partial<Mishaps>;
  /** Which migrations break a release, as bits, in the order of the releases. */
  readonly breaks?: readonly [number, number, number, number];
  /** Migrations that are declared to break what runs. */
  readonly forwardOnly?: number;
  /** The last command may end `partial`. */
  readonly mayEndPartial?: boolean;
  /** Nothing is unhealthy any more in the last command. */
  readonly lastIsHealthy?: boolean;
  /** What runs in the beginning does not come up a second time. */
  readonly baselineIsSick?: boolean;
  /** Every promotion may order its migration task, even where nothing is pending: it looks for itself. */
  readonly migratesAnyway?: boolean;
  /** A rule that is not of the protocol (order, approval, …) may refuse whatever is no resume. */
  readonly mayRefuse?: boolean;
  /** Ticks after which a beat is old (S), and for which a request is under way (L). */
  readonly staleTicks?: number;
  readonly requestTicks?: number;
  readonly rules?: Partial<Rules>;
}
