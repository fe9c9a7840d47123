import type { Frame, Layout } from "./layout.ts";

/** A protocol as states and actions. It reads `now`, and writes what may come after it into `next`. */
export interface Model {
  readonly layout: Layout;
  readonly now: Frame;
  readonly next: Frame;
  /** Writes each state in which it may begin into `next`. */
  begin(found: (action: number) => void): void;
  /** Writes each successor of `now` into `next`, and says by which action. */
  expand(found: (action: number) => void): void;
  /** What is wrong with `next`, by the name of the invariant; null: nothing. It is not gone on from. */
  violation(): string | null;
  /** What is wrong with `now` as an end; null: it is a good one. Asked where nothing can happen any more. */
  badEnd(): string | null;
  /** Who did what. */
  label(action: number): string;
  /** A field's value for people; undefined: not worth showing. */
  tell?(field: string, value: number): string | undefined;
  /** Situations that must come up somewhere, or the exploration proves little; `reached` says which of them `next` is, as bits. */
  readonly situations?: readonly string[];
  reached?(): number;
}
