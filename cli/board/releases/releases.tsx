import type { ReleasesDocument } from "../../src/documents/schemas/releases.ts";
import type { Asked } from "../data/use-document.ts";
import { ProblemNote } from "../parts/problem.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { Sha } from "../parts/sha.tsx";
import { Sign } from "../parts/sign.tsx";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";

/** The newest releases, and where each runs. */
export function Releases({ asked, now }: { readonly asked: Asked<ReleasesDocument>; readonly now: number }) {
  const { seen, problem } = asked;
  if (problem && !seen) return <ProblemNote problem={problem} what="The list" />;
  if (!seen) return <p class="waiting">asking for the releases</p>;
  const { releases, damaged } = seen.document;
  if (releases.length + damaged.length === 0) return <p>Nothing is published.</p>;
  return (
    <>
      {problem ? <ProblemNote problem={problem} what="What is newer" /> : null}
      <Scroll kind="wide" label="List of releases">
        <table>
          <caption class="unseen">The newest releases</caption>
          <thead>
            <tr>
              <th scope="col">release</th>
              <th scope="col">subject</th>
              <th scope="col">published</th>
              <th scope="col">by</th>
              <th scope="col">runs in</th>
            </tr>
          </thead>
          <tbody>
            {releases.map(({ sha, subject, publishedAt, by, environments }) => (
              <tr key={sha}>
                <th scope="row">
                  <Sha sha={sha} />
                </th>
                <td>
                  <Text value={subject} />
                </td>
                <td>
                  <Time at={publishedAt} now={now} />
                </td>
                <td>
                  <Text value={by} />
                </td>
                <td>{environments.join(", ")}</td>
              </tr>
            ))}
            {damaged.map(({ sha, because, environments }) => (
              <tr key={sha}>
                <th scope="row">
                  <Sign mark="no" label="damaged: " /> <Sha sha={sha} />
                </th>
                <td colSpan={3}>
                  <Text value={because} />
                </td>
                <td>{environments.join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
