import type { LaneDocument } from "../../src/board/documents.ts";
import type { EnvironmentDocument } from "../../src/documents/status.ts";
import { spellAge } from "../../src/terminal/durations.ts";
import { Commands } from "../parts/commands.tsx";
import { OutsideLink } from "../parts/outside-link.tsx";
import { Sha } from "../parts/sha.tsx";
import { Sign } from "../parts/sign.tsx";
import { useWay } from "../route/use-route.ts";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";
import { spellSince } from "../time/times.ts";
import { asOld, standingOf } from "./verdict.ts";

interface LaneProps {
  readonly environment: EnvironmentDocument;
  readonly lane: LaneDocument;
  /** Milliseconds by the board's clock. */
  readonly now: number;
  readonly isOld: boolean;
}

/** One environment: what runs, since when, by whom, and whether that is still so. */
export function Lane({ environment, lane, now, isOld }: LaneProps) {
  const { to } = useWay();
  const standing = standingOf(environment);
  const { mark, words } = isOld ? asOld(standing) : standing;
  return (
    <article class="lane" data-mark={mark} aria-labelledby={`lane-${lane.env}`}>
      <header>
        <h3 id={`lane-${lane.env}`}>
          <a href={to({ kind: "why", env: lane.env, sha: null, asOf: null })}>
            <Text value={lane.name} />
          </a>
        </h3>
        {environment.url === null ? null : <OutsideLink href={environment.url} words="visit" about={lane.name} />}
      </header>
      <Runs environment={environment} now={now} />
      <p class="standing">
        <Sign mark={mark} /> <Text value={words} />
      </p>
      <Notes environment={environment} now={now} isOld={isOld} />
      <Commands commands={lane.commands} label={`Commands for ${lane.env}`} />
    </article>
  );
}

function Runs({ environment, now }: { readonly environment: EnvironmentDocument; readonly now: number }) {
  const { sha, webSha, subject, since, by, epoch } = environment;
  const { to } = useWay();
  if (sha === null)
    return (
      <p class="runs-nothing">{environment.state === "unknown" ? "what runs is not known" : "nothing runs here"}</p>
    );
  return (
    <>
      <p class="runs">
        <Sha sha={sha} />
        {since === null ? null : <span class="age">{spellSince(since, now)}</span>}
      </p>
      <p class="subject">{subject === null ? "subject not known" : <Text value={subject} />}</p>
      {webSha !== null && webSha !== sha ? (
        <p class="note">
          its pages are of <Sha sha={webSha} />
        </p>
      ) : null}
      <p class="facts">
        {since === null ? null : <Time at={since} now={now} />}
        {by === null ? null : (
          <>
            {" "}
            by <Text value={by} />
          </>
        )}
        {epoch === null ? null : (
          <>
            , <a href={to({ kind: "epoch", env: environment.env, epoch, log: null })}>epoch {epoch}</a>
          </>
        )}
      </p>
    </>
  );
}

function Notes({ environment, now, isOld }: Omit<LaneProps, "lane">) {
  const { hold, open, lease } = environment;
  const { to } = useWay();
  return (
    <>
      {hold ? (
        <p class="note">
          <Sign mark="look" /> held by <Text value={hold.by} />, <Time at={hold.at} now={now} />:{" "}
          <Text value={hold.reason} />
        </p>
      ) : null}
      {lease ? (
        <p class="note">
          <Text value={lease.by} /> is changing it{lease.epoch === null ? "" : `, epoch ${lease.epoch}`},{" "}
          <Text value={lease.doing} />
          {isOld ? "" : `; heartbeat ${spellAge(lease.heartbeatSecondsAgo)} ago`}
        </p>
      ) : null}
      {open ? (
        <p class="note">
          <Sign mark="look" />{" "}
          <a href={to({ kind: "epoch", env: environment.env, epoch: open.epoch, log: null })}>epoch {open.epoch}</a> is
          open
          {open.sha === null ? null : (
            <>
              {" "}
              towards <Sha sha={open.sha} />
            </>
          )}
          {open.partial && open.partial.length > 0 ? <Text value={`; not back: ${open.partial.join(", ")}`} /> : null}
        </p>
      ) : null}
    </>
  );
}
