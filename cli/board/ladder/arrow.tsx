import type { LaneDocument } from "../../src/board/documents.ts";
import type { EnvironmentDocument } from "../../src/documents/status.ts";
import { shortSha } from "../parts/sha.tsx";
import { Sign } from "../parts/sign.tsx";
import { useWay } from "../route/use-route.ts";
import { visibleText } from "../text/visible-text.ts";
import { Time } from "../time/time.tsx";
import { asOld, commitWords, verdictOf } from "./verdict.ts";

interface ArrowProps {
  readonly environment: EnvironmentDocument;
  readonly lane: LaneDocument;
  /** Name of the environment that it comes from. */
  readonly below: string;
  readonly now: number;
  readonly isOld: boolean;
}

/** What may enter an environment next: how far, whether, when. */
export function Arrow({ environment, lane, below, now, isOld }: ArrowProps) {
  const { to } = useWay();
  const verdict = verdictOf(environment, now);
  const { next } = environment;
  if (!verdict || !next)
    return (
      <div class="arrow arrow-idle">
        <span class="arrow-line" aria-hidden="true" />
        <p>{environment.sha === null ? "nothing to enter" : "nothing newer"}</p>
      </div>
    );
  const { mark, words } = isOld ? asOld(verdict) : verdict;
  return (
    <div class="arrow">
      <p class="arrow-what">
        <span class="unseen">
          from {visibleText(below)} to {visibleText(lane.name)}:{" "}
        </span>
        <span class="sha">{shortSha(next.sha)}</span>
        <span class="arrow-commits">{environment.sha === null ? "first release" : commitWords(next.commits)}</span>
      </p>
      <span class="arrow-line" aria-hidden="true" />
      <p class="arrow-verdict">
        <Sign mark={mark} /> <a href={to({ kind: "why", env: lane.env, sha: null, asOf: null })}>{words}</a>
        {verdict.until !== null && !isOld ? (
          <span class="arrow-until">
            until <Time at={verdict.until} now={now} />
          </span>
        ) : null}
      </p>
    </div>
  );
}
