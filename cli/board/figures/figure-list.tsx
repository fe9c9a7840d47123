import { spellAge } from "../../src/terminal/durations.ts";
import { Scroll } from "../parts/scroll.tsx";
import { Sha } from "../parts/sha.tsx";
import { useWay } from "../route/use-route.ts";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";
import type { Figure } from "./figure.ts";

interface FigureListProps {
  readonly figure: Figure;
  readonly env: string;
  readonly title: string;
}

/** The epochs that a figure was counted from, newest first. */
export function FigureList({ figure, env, title }: FigureListProps) {
  const { to } = useWay();
  if (figure.list.length === 0) return <p>Nothing was counted.</p>;
  return (
    <Scroll kind="wide" label={`What ${title} was counted from`}>
      <table>
        <caption class="unseen">{title}</caption>
        <thead>
          <tr>
            <th scope="col">epoch</th>
            <th scope="col">ended</th>
            <th scope="col">release</th>
            <th scope="col">how</th>
            {figure.column === null ? null : (
              <th scope="col" class="number">
                {figure.column}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {figure.list.map(({ epoch, endedAt, sha, subject, ended, seconds }) => (
            <tr key={epoch}>
              <th scope="row">
                <a href={to({ kind: "epoch", env, epoch, log: null })}>epoch {epoch}</a>
              </th>
              <td>
                <Time at={endedAt} />
              </td>
              <td>
                <Sha sha={sha} /> {subject === null ? null : <Text value={subject} />}
              </td>
              <td>
                <Text value={ended} />
              </td>
              {figure.column === null ? null : <td class="number">{seconds === null ? "" : spellAge(seconds)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
