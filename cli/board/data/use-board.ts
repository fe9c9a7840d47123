import { useEffect, useState } from "preact/hooks";
import type { BoardDocument } from "../../src/board/documents.ts";
import { ask } from "./ask.ts";
import type { BoardState } from "./seen.ts";

const everyMilliseconds = 5_000;

/** Asks each 5 s, and at once when the page is shown again; what was seen stays until something newer comes. */
export function useBoard(): BoardState {
  const [state, setState] = useState<BoardState>({ seen: null, problem: null });
  useEffect(() => {
    const abort = new AbortController();
    poll(abort.signal, setState).catch(() => undefined);
    return () => abort.abort();
  }, []);
  return state;
}

async function poll(signal: AbortSignal, tell: (change: (last: BoardState) => BoardState) => void): Promise<void> {
  while (!signal.aborted) {
    // What comes back was so when it was asked for, or later: a machine may have slept in between.
    const at = Date.now();
    const answer = await ask<BoardDocument>("/api/board", "board", signal);
    tell((last) =>
      answer.status === "answered"
        ? { seen: { document: answer.document, at }, problem: null }
        : { seen: last.seen, problem: answer.problem },
    );
    await pause(signal);
  }
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", shown);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const shown = (): void => {
      if (document.visibilityState === "visible") end();
    };
    const timer = setTimeout(end, everyMilliseconds);
    document.addEventListener("visibilitychange", shown);
    signal.addEventListener("abort", end);
  });
