import type { Epoch } from "../../src/identifiers.ts";

/**
 * What contenders say that they were told, or did; what is true is for the checker to find out. `at` is in milliseconds
 * of one clock that all contenders share, and that no contender reads for anything else.
 */
export type Note =
  /** The lease was theirs; `waited` is since they asked. */
  | {
      readonly what: "held";
      readonly environment: string;
      readonly waited: number;
      readonly taken: "free" | "over" | "quiet";
    }
  /** An epoch was theirs: any older one is fenced off from here. */
  | { readonly what: "opened"; readonly environment: string; readonly epoch: Epoch; readonly at: number }
  /** A record was said to be in the ledger, with these bytes. */
  | { readonly what: "written"; readonly environment: string; readonly seq: number; readonly sha256: string }
  /** Something that no fence protects was done `at`, after the lease was asked at `checked` whether it may be. */
  | {
      readonly what: "acted";
      readonly environment: string;
      readonly epoch: Epoch;
      readonly checked: number;
      readonly at: number;
    }
  /** They were told to stop: by the lease, by the ledger, or because no answer came. */
  | { readonly what: "stopped"; readonly environment: string; readonly by: StoppedBy; readonly late: boolean }
  /** The lease was somebody else's for the whole time that they were ready to wait. */
  | { readonly what: "busy"; readonly environment: string; readonly waited: number; readonly patience: number }
  /** An end that nothing should lead to. */
  | { readonly what: "broke"; readonly environment: string; readonly because: string };

export type StoppedBy = "LeaseLostError" | "DeposedError" | "PortError" | "BrokenChainError";

/** How often each kind of thing was noted: a harness in which nothing happens proves nothing. */
export interface Tally {
  readonly acquisitions: number;
  readonly takenOver: number;
  readonly waitedForQuiet: number;
  readonly written: number;
  readonly acted: number;
  readonly lost: number;
  readonly deposed: number;
  /** Writes that a run sent after it had let go of its lease, and that the fence turned away. */
  readonly lateRefused: number;
  readonly unanswered: number;
}

export function tallyOf(notes: readonly Note[]): Tally {
  const count = (is: (note: Note) => boolean): number => notes.reduce((sum, note) => sum + (is(note) ? 1 : 0), 0);
  const stoppedBy = (by: StoppedBy) => count((note) => note.what === "stopped" && note.by === by);
  return {
    acquisitions: count((note) => note.what === "opened"),
    takenOver: count((note) => note.what === "held" && note.taken === "over"),
    waitedForQuiet: count((note) => note.what === "held" && note.taken !== "free"),
    written: count((note) => note.what === "written"),
    acted: count((note) => note.what === "acted"),
    lost: stoppedBy("LeaseLostError"),
    deposed: stoppedBy("DeposedError"),
    lateRefused: count((note) => note.what === "stopped" && note.late),
    unanswered: stoppedBy("PortError"),
  };
}

export function addTallies(one: Tally, other: Tally): Tally {
  const sums = Object.entries(one).map(([name, count]) => [name, count + other[name as keyof Tally]]);
  return Object.fromEntries(sums) as Tally;
}

export const nothingTallied: Tally = tallyOf([]);

/** What a round came to. */
export interface RoundEnd {
  readonly tally: Tally;
  /** Processes that were killed, or stood still for a while. */
  readonly kills: number;
  readonly stops: number;
  /** Answers of the store that were no good, by kind. */
  readonly struck: Readonly<Record<string, number>>;
  /** Everything that is wrong, in words. */
  readonly problems: readonly string[];
}
