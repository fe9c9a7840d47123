import { useEffect } from "preact/hooks";
import { type BoardState, boardNow, isStale, seenWords, stateWords } from "../data/seen.ts";
import { Sign } from "../parts/sign.tsx";
import { Text } from "../text/text.tsx";
import { visibleText } from "../text/visible-text.ts";
import { useAtTime, useNow } from "../time/now.ts";
import { spellClock, spellOffset } from "../time/times.ts";

/** Which ladder this is, and how old what is shown of it is. */
export function Head({ state }: { readonly state: BoardState }) {
  const { seen } = state;
  const status = seen?.document.status ?? null;
  const isOld = useAtTime((now) => isStale(state, now));
  const title = `${isOld && seen ? "(old) " : ""}${status ? visibleText(status.app) : "Slipway"}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <header class="head">
      <h1 tabIndex={-1}>{status ? <Text value={status.app} /> : "Slipway"}</h1>
      <p class="store">{status ? <Text value={status.store} /> : null}</p>
      <Freshness state={state} isOld={isOld} />
    </header>
  );
}

function Freshness({ state, isOld }: { readonly state: BoardState; readonly isOld: boolean }) {
  const machine = useNow();
  const told = useAtTime((now) => stateWords(state, now));
  const now = state.seen ? boardNow(state.seen, machine) : machine;
  return (
    <div class="freshness" data-old={isOld || state.problem !== null}>
      <p>
        <Sign mark={isOld || state.problem !== null ? "unknown" : "done"} /> {seenWords(state, machine)}
      </p>
      <p class="clock">
        {spellClock(now)} <span class="offset">{spellOffset(now)}</span> · read-only
      </p>
      <p class="unseen" role="status" aria-live="polite">
        {told}
      </p>
    </div>
  );
}
