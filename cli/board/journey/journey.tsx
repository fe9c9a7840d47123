import type { JourneyDocument } from "../../src/board/documents.ts";
import type { Asked } from "../data/use-document.ts";
import { Command } from "../parts/copy.tsx";
import { OutsideLink } from "../parts/outside-link.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { Sign } from "../parts/sign.tsx";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";
import { Stop } from "./stop.tsx";

interface JourneyProps {
  readonly asked: Asked<JourneyDocument>;
  /** Milliseconds by the board's clock. */
  readonly now: number;
}

/** What one release went through: built, then each environment with its attempts, approvals and soak. */
export function Journey({ asked, now }: JourneyProps) {
  const { seen, problem } = asked;
  if (problem && !seen) return <ProblemNote problem={problem} what="The journey" />;
  if (!seen) return <p class="waiting">asking for its journey</p>;
  const journey = seen.document;
  return (
    <>
      {problem ? <ProblemNote problem={problem} what="What is newer" /> : null}
      <p class="subject">
        <Text value={journey.subject} />
      </p>
      <Command command={journey.sha} />
      {journey.quarantine ? (
        <p class="note note-no">
          <Sign mark="no" /> quarantined by <Text value={journey.quarantine.by} />,{" "}
          <Time at={journey.quarantine.at} now={now} />: <Text value={journey.quarantine.reason} />
        </p>
      ) : null}
      <ol class="journey">
        <li>
          <h3>
            <Sign mark="done" /> built
          </h3>
          <p class="facts">
            committed <Time at={journey.committedAt} now={now} />, published <Time at={journey.publishedAt} now={now} />{" "}
            by <Text value={journey.by} />
            {journey.runUrl === null ? null : (
              <>
                {", "}
                <OutsideLink href={journey.runUrl} words="its run" />
              </>
            )}
          </p>
        </li>
        {journey.environments.map((stop, index) => (
          <Stop key={stop.env} stop={stop} above={journey.environments[index + 1]?.name ?? null} now={now} />
        ))}
      </ol>
    </>
  );
}
