import type { JourneyStop } from "../../src/board/documents.ts";
import { spellAge } from "../../src/terminal/durations.ts";

/** A bar that fills up: whole seconds, never more than is required. */
export interface SoakBar {
  readonly value: number;
  readonly max: number;
  readonly words: string;
  readonly isDone: boolean;
}

/** Null: nothing asks for a soak. What was counted stands until it is counted again: it may have ended since. */
export function soakBar({ soak }: Pick<JourneyStop, "soak">): SoakBar | null {
  if (!soak || soak.requiredSeconds <= 0) return null;
  const { requiredSeconds } = soak;
  const seconds = Math.max(0, Math.floor(soak.seconds));
  return {
    value: Math.min(seconds, requiredSeconds),
    max: requiredSeconds,
    words: `${spellAge(seconds)} of ${spellAge(requiredSeconds)}`,
    isDone: seconds >= requiredSeconds,
  };
}
