import type { FiguresDocument } from "../../src/board/documents.ts";
import { useDocument } from "../data/use-document.ts";
import { Panel } from "../parts/panel.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import type { FigureDays, FigureName } from "../route/route.ts";
import { useWay } from "../route/use-route.ts";
import { Text } from "../text/text.tsx";
import { figureMeanings, figureOf, figureOrder, figureTitles } from "./figure.ts";
import { FigureList } from "./figure-list.tsx";

interface FiguresProps {
  /** Changes when the ledger does. */
  readonly moment: string;
  readonly nameOf: (env: string) => string;
}

/** How the last environment of the ladder has fared, over 30 and 90 days: never about people. */
export function Figures({ moment, nameOf }: FiguresProps) {
  const month = useDocument<FiguresDocument>("/api/figures?days=30", "figures", moment);
  const quarter = useDocument<FiguresDocument>("/api/figures?days=90", "figures", moment);
  const { route } = useWay();
  const open = route.panel?.kind === "figure" ? route.panel : null;
  const opened = open && (open.days === 30 ? month : quarter).seen;
  const env = month.seen?.document.env ?? quarter.seen?.document.env ?? null;
  const problem = month.problem ?? quarter.problem;
  return (
    <section class="figures" aria-labelledby="figures-title">
      <h2 id="figures-title">Figures {env === null ? null : <Text value={`of ${nameOf(env)}`} />}</h2>
      {problem ? <ProblemNote problem={problem} what="A figure" /> : null}
      <ul class="tiles">
        {figureOrder.map((name) => (
          <li key={name}>
            <h3>{figureTitles[name]}</h3>
            <Value name={name} days={30} document={month.seen?.document ?? null} />
            <Value name={name} days={90} document={quarter.seen?.document ?? null} />
          </li>
        ))}
      </ul>
      {open && opened ? (
        <Panel id={`figure-${open.figure}-${open.days}`} title={`${figureTitles[open.figure]}, last ${open.days} days`}>
          <p class="facts">
            {figureOf(opened.document, open.figure).value}: {figureMeanings[open.figure]}. Counted from:
          </p>
          <FigureList
            figure={figureOf(opened.document, open.figure)}
            env={opened.document.env}
            title={figureTitles[open.figure]}
          />
        </Panel>
      ) : null}
    </section>
  );
}

interface ValueProps {
  readonly name: FigureName;
  readonly days: FigureDays;
  readonly document: FiguresDocument | null;
}

function Value({ name, days, document }: ValueProps) {
  const { to } = useWay();
  if (!document) return <p class={`value value-${days}`}>…</p>;
  return (
    <p class={`value value-${days}`}>
      <a href={to({ kind: "figure", figure: name, days })}>{figureOf(document, name).value}</a>{" "}
      <span class="period">{days} days</span>
    </p>
  );
}
