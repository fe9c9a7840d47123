import type { TimelineDocument, TimelineEpoch } from "../../src/board/documents.ts";
import { EpochSign, markWords } from "../parts/epoch-mark.tsx";
import { shortSha } from "../parts/sha.tsx";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";

/** The epoch under the pointer or the focus. */
export interface Pointed {
  readonly name: string;
  readonly epoch: TimelineEpoch;
}

/** One line under the drawing says what is pointed at: nothing floats over what one reads. */
export function Readout({
  pointed,
  subjects,
}: {
  readonly pointed: Pointed | null;
  readonly subjects: TimelineDocument["subjects"];
}) {
  if (!pointed)
    return (
      <p class="readout readout-idle">
        Each sign is an epoch: point at one, or go along them with Tab and the arrow keys.
      </p>
    );
  const { name, epoch } = pointed;
  const subject = epoch.sha === null ? undefined : subjects[epoch.sha];
  return (
    <p class="readout">
      <EpochSign mark={epoch.mark} /> <Text value={name} /> epoch {epoch.epoch}:{" "}
      <Text value={epoch.ended || markWords[epoch.mark]} />,{" "}
      {epoch.sha === null ? null : <span class="sha">{shortSha(epoch.sha)}</span>}{" "}
      {subject === undefined ? null : <Text value={subject} />}, <Time at={epoch.endedAt ?? epoch.startedAt} /> by{" "}
      <Text value={epoch.by} />
    </p>
  );
}
