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
  return {
    acquisitions: one.acquisitions + other.acquisitions,
    takenOver: one.takenOver + other.takenOver,
    waitedForQuiet: one.waitedForQuiet + other.waitedForQuiet,
    written: one.written + other.written,
    acted: one.acted + other.acted,
    lost: one.lost + other.lost,
    deposed: one.deposed + other.deposed,
    lateRefused: one.lateRefused + other.lateRefused,
    unanswered: one.unanswered + other.unanswered,
  };
}

export const nothingTallied: Tally = tallyOf([]);
