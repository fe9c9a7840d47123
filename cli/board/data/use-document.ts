import { useEffect, useState } from "preact/hooks";
import type { Document } from "../../src/output.ts";
import { ask, type Problem } from "./ask.ts";
import type { Seen } from "./seen.ts";

export interface Asked<T> {
  /** Null: not here yet. */
  readonly seen: Seen<T> | null;
  readonly problem: Problem | null;
}

const againMilliseconds = 5_000;
/** `present`: it says what is so now, and is asked again each 5 s; `past`: when its moment changes. */
type Tense = "present" | "past";
const nothing = { seen: null, problem: null };

/**
 * A document of the board, asked again when `moment` changes, and each 5 s while it cannot be had. What was seen of the same
 * path stays meanwhile. Null: nothing is asked.
 */
export function useDocument<T extends Document>(
  path: string | null,
  kind: T["kind"],
  moment: string,
  tense: Tense = "past",
): Asked<T> {
  const [state, setState] = useState<Asked<T> & { readonly path: string | null }>({ ...nothing, path });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    // What comes back was so when it was asked for, or later.
    const at = Date.now();
    const later = (): void => {
      timer = setTimeout(() => setAttempt((count) => count + 1), againMilliseconds);
    };
    ask<T>(path, kind, abort.signal)
      .then((answer) => {
        if (abort.signal.aborted) return;
        if (answer.status === "answered") {
          setState({ path, seen: { document: answer.document, at }, problem: null });
          if (tense === "present") later();
          return;
        }
        setState((last) => ({ path, seen: last.path === path ? last.seen : null, problem: answer.problem }));
        later();
      })
      .catch(() => undefined);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, kind, moment, tense, attempt]);
  return state.path === path ? state : nothing;
}
