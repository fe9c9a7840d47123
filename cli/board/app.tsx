import { useCallback, useErrorBoundary, useMemo } from "preact/hooks";
import type { BoardDocument } from "../src/board/documents.ts";
import { OldContext } from "./data/old.ts";
import { isStale } from "./data/seen.ts";
import { useBoard } from "./data/use-board.ts";
import { Figures } from "./figures/figures.tsx";
import { Head } from "./head/head.tsx";
import { Ladder } from "./ladder/ladder.tsx";
import { EpochPanel } from "./panels/epoch-panel.tsx";
import { LadderPanels } from "./panels/ladder-panels.tsx";
import { usePanelKeys } from "./panels/use-panel-keys.ts";
import { ProblemNote } from "./parts/problem.tsx";
import { useHash, WayContext } from "./route/use-route.ts";
import { visibleText } from "./text/visible-text.ts";
import { useAtTime } from "./time/now.ts";
import { Timeline } from "./timeline/timeline.tsx";

/** The board, or what is left of it when it has a mistake: a page that stands still would show an old green as current. */
export function App() {
  const [mistake] = useErrorBoundary();
  if (mistake !== undefined)
    return (
      <main>
        <h1>This page has a mistake</h1>
        <p>What it showed may be old, so it shows nothing. Load it again; the same is said by: promote status</p>
        <p>
          <code>{visibleText(String(mistake))}</code>
        </p>
      </main>
    );
  return <Board />;
}

function Board() {
  const way = useHash();
  const state = useBoard();
  const isOld = useAtTime((now) => state.seen !== null && isStale(state, now));
  const minute = useAtTime((now) => Math.floor(now / 60_000));
  const { seen, problem } = state;
  // Before that nobody knows what to ask: it would all be asked twice.
  const isAnswered = seen !== null || problem !== null;
  const names = namesIn(seen?.document ?? null);
  // As a text it changes only when a name does.
  const nameOf = useCallback((env: string): string => new Map(names).get(env) ?? env, [JSON.stringify(names)]);
  const ledgers = seen ? ledgersIn(seen.document) : "";
  // What the last days were changes without a ledger too.
  const hour = Math.floor(minute / 60);
  usePanelKeys(way);
  const timeline = useMemo(
    () => <Timeline moment={`${ledgers} ${minute}`} nameOf={nameOf} />,
    [ledgers, minute, nameOf],
  );
  const figures = useMemo(() => <Figures moment={`${ledgers} ${hour}`} nameOf={nameOf} />, [ledgers, hour, nameOf]);
  return (
    <WayContext.Provider value={way}>
      <OldContext.Provider value={isOld}>
        <Head state={state} />
        <main data-old={isOld}>
          {problem && problem.kind !== "silent" ? <ProblemNote problem={problem} what="What runs now" /> : null}
          {seen ? <Ladder seen={seen} /> : null}
          {!seen && problem?.kind === "silent" ? <ProblemNote problem={problem} what="What runs" /> : null}
          {isAnswered ? (
            <>
              <LadderPanels seen={seen} moment={`${ledgers} ${minute}`} nameOf={nameOf} />
              {timeline}
              <EpochPanel moment={ledgers} nameOf={nameOf} />
              {figures}
            </>
          ) : null}
        </main>
      </OldContext.Provider>
    </WayContext.Provider>
  );
}

/** Which records there are, of which ladder: another one may answer at the same address. */
const ledgersIn = ({ status, environments }: BoardDocument): string =>
  JSON.stringify([status.app, status.store, ...environments.map(({ env, seq }) => [env, seq])]);

const namesIn = (board: BoardDocument | null): readonly (readonly [string, string])[] =>
  board?.environments.map(({ env, name }) => [env, name] as const) ?? [];
