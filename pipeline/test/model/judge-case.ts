import { type Explored, explore, type Progress } from "./checker/explore.ts";
import type { ModelCase } from "./model-case.ts";

export interface Verdict {
  readonly explored: Explored;
  /** What is not as it should be; null: all is well. */
  readonly problem: string | null;
}

/** What the protocol promises is asked of every state; what is left out need only be missed once. */
export function judgeCase(one: ModelCase, onProgress?: (progress: Progress) => void): Verdict {
  const explored = explore(one.model(), {
    stopAtFirst: one.breaks !== null && one.asksTraps !== true,
    traps: one.asksTraps ?? false,
    ...(onProgress ? { onProgress } : {}),
  });
  return { explored, problem: problemOf(one, explored) };
}

function problemOf({ breaks }: ModelCase, { broken, complete, states }: Explored): string | null {
  if (breaks === null && broken.length > 0) return broken.map(({ invariant }) => invariant).join("; ");
  if (breaks === null) return complete && states > 1 ? null : "it was not explored to its end";
  if (broken.some(({ invariant }) => invariant === breaks)) return null;
  return `left out, and nothing breaks that should: ${breaks} (${broken.map(({ invariant }) => invariant).join("; ") || "nothing"})`;
}
