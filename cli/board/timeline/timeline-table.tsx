import { useState } from "preact/hooks";
import type { TimelineDocument } from "../../src/board/documents.ts";
import { EpochSign } from "../parts/epoch-mark.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { Sha } from "../parts/sha.tsx";
import { useWay } from "../route/use-route.ts";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";

interface TimelineTableProps {
  readonly document: TimelineDocument;
  readonly nameOf: (env: string) => string;
}

/** The same as rows, newest first: for those who cannot see the drawing, or want to search in it. */
export function TimelineTable({ document, nameOf }: TimelineTableProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The same as a table</summary>
      {isOpen ? <Rows document={document} nameOf={nameOf} /> : null}
    </details>
  );
}

function Rows({ document, nameOf }: TimelineTableProps) {
  const { to } = useWay();
  const rows = document.environments
    .flatMap(({ env, epochs }) => epochs.map((epoch) => ({ env, epoch })))
    .toSorted((one, other) => other.epoch.startedAt.localeCompare(one.epoch.startedAt));
  return (
    <>
      <Scroll kind="wide" label="Epochs of the timeline">
        <table>
          <caption class="unseen">Epochs, newest first</caption>
          <thead>
            <tr>
              <th scope="col">environment</th>
              <th scope="col">epoch</th>
              <th scope="col">began</th>
              <th scope="col">release</th>
              <th scope="col">how it ended</th>
              <th scope="col">by</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ env, epoch }) => (
              <tr key={`${env} ${epoch.epoch}`}>
                <td>
                  <Text value={nameOf(env)} />
                </td>
                <th scope="row">
                  <a href={to({ kind: "epoch", env, epoch: epoch.epoch, log: null })}>epoch {epoch.epoch}</a>
                </th>
                <td>
                  <Time at={epoch.startedAt} />
                </td>
                <td>
                  <Sha sha={epoch.sha} />
                </td>
                <td>
                  <EpochSign mark={epoch.mark} /> <Text value={epoch.ended} />
                </td>
                <td>
                  <Text value={epoch.by} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {document.freezes.length > 0 ? (
        <Scroll kind="wide" label="Freezes of the timeline">
          <table>
            <caption class="unseen">Freezes</caption>
            <thead>
              <tr>
                <th scope="col">environment</th>
                <th scope="col">freeze</th>
                <th scope="col">from</th>
                <th scope="col">until</th>
                <th scope="col">its zone</th>
              </tr>
            </thead>
            <tbody>
              {document.freezes.map((freeze) => (
                <tr key={`${freeze.env} ${freeze.name} ${freeze.from}`}>
                  <td>
                    <Text value={nameOf(freeze.env)} />
                  </td>
                  <th scope="row">
                    <Text value={freeze.name} />
                  </th>
                  <td>
                    <Time at={freeze.from} />
                  </td>
                  <td>
                    <Time at={freeze.until} />
                  </td>
                  <td>
                    <Text value={freeze.zone} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
    </>
  );
}
