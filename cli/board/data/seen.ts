import type { BoardDocument } from "../../src/board/documents.ts";
import { spellAge } from "../../src/terminal/durations.ts";
import type { Problem } from "./ask.ts";

/** A document and when it came, in milliseconds by this machine's clock. */
export interface Seen<T> {
  readonly document: T;
  readonly at: number;
}

/** What is known of the board. */
export interface BoardState {
  readonly seen: Seen<BoardDocument> | null;
  /** Of the last question; null: it was answered. */
  readonly problem: Problem | null;
}

/** Older than this is not now (experience.md §6). */
const staleMilliseconds = 15_000;

export const isStale = ({ seen }: { readonly seen: Seen<unknown> | null }, now: number): boolean =>
  seen === null || ageOf(seen, now) > staleMilliseconds;

/** In milliseconds. Seen in the future: a clock was set back, and nobody knows how old it is. */
const ageOf = ({ at }: Seen<unknown>, now: number): number => (now < at - 1_000 ? Number.POSITIVE_INFINITY : now - at);

/** What an environment was seen to be: a board that repeats an old look is as old as the look. */
export const isLaneStale = (seen: Seen<BoardDocument>, observedAt: string, now: number): boolean =>
  ageOf(seen, now) + lookAge(seen, observedAt) > staleMilliseconds;

const lookAge = ({ document }: Seen<BoardDocument>, observedAt: string): number =>
  Math.max(0, Date.parse(document.status.at) - Date.parse(observedAt));

/** Now by the clock of the board, in which its times are told. */
export const boardNow = (seen: Seen<BoardDocument>, now: number): number =>
  Date.parse(seen.document.status.at) + Math.max(0, now - seen.at);

/** How old the page is, in words. */
export function seenWords({ seen, problem }: BoardState, now: number): string {
  if (!seen) return problem ? whyNot(problem) : "asking the board";
  const age = Number.isFinite(ageOf(seen, now))
    ? `seen ${spellAge(ageOf(seen, now) / 1000)} ago`
    : "seen some time ago";
  if (problem) return `${age}; ${whyNot(problem)}`;
  return ageOf(seen, now) > staleMilliseconds ? `${age}; the board does not answer` : age;
}

/** The same without the age, for those who are told only when it changes. */
export function stateWords(state: BoardState, now: number): string {
  if (!state.seen) return state.problem ? whyNot(state.problem) : "asking the board";
  if (!isStale(state, now)) return "what is shown is current";
  return `what is shown is old; ${state.problem ? whyNot(state.problem) : "the board does not answer"}`;
}

function whyNot(problem: Problem): string {
  switch (problem.kind) {
    case "silent":
      return "the board does not answer";
    case "error":
      return "the board answers with an error";
    case "foreign":
      return "something else answers here";
  }
}
