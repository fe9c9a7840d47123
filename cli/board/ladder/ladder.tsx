import type { BoardDocument } from "../../src/board/documents.ts";
import { boardNow, isLaneStale, type Seen } from "../data/seen.ts";
import { shortSha } from "../parts/sha.tsx";
import { useWay } from "../route/use-route.ts";
import { useNow } from "../time/now.ts";
import { Time } from "../time/time.tsx";
import { Arrow } from "./arrow.tsx";
import { Lane } from "./lane.tsx";

/** The environments, bottom first, with the way between each two. */
export function Ladder({ seen }: { readonly seen: Seen<BoardDocument> }) {
  const machine = useNow();
  const now = boardNow(seen, machine);
  const { status, environments } = seen.document;
  return (
    <section class="ladder" aria-labelledby="ladder-title">
      <h2 id="ladder-title" class="unseen">
        Environments
      </h2>
      <ol>
        <li class="published">
          <Published newest={status.newest} now={now} />
        </li>
        {environments.map((lane, index) => {
          const environment = status.environments.find(({ env }) => env === lane.env);
          if (!environment) return null;
          const below = environments[index - 1]?.name ?? "the published releases";
          const isOld = isLaneStale(seen, environment.observedAt, machine);
          return (
            <li key={lane.env} data-old={isOld}>
              <Arrow environment={environment} lane={lane} below={below} now={now} isOld={isOld} />
              <Lane environment={environment} lane={lane} now={now} isOld={isOld} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Published({ newest, now }: { readonly newest: BoardDocument["status"]["newest"]; readonly now: number }) {
  const { to } = useWay();
  return (
    <>
      <h3>
        <a href={to({ kind: "releases" })}>releases</a>
      </h3>
      {newest ? (
        <p>
          newest <span class="sha">{shortSha(newest.sha)}</span> <Time at={newest.publishedAt} now={now} />
        </p>
      ) : (
        <p>nothing is published</p>
      )}
    </>
  );
}
