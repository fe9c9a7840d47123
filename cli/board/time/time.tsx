import { spellNearTime, spellOffset, spellTime } from "./times.ts";

interface TimeProps {
  /** UTC. */
  readonly at: string;
  /** Milliseconds; what is near says only its weekday. Absent: date and year are written out. */
  readonly now?: number;
}

/** An instant in the reader's zone, always with its offset. */
export function Time({ at, now }: TimeProps) {
  if (Number.isNaN(Date.parse(at))) return <span class="time">at no known time</span>;
  if (now === undefined)
    return (
      <time class="time" dateTime={at}>
        {spellTime(at)}
      </time>
    );
  return (
    <time class="time" dateTime={at} title={spellTime(at)}>
      {spellNearTime(at, now)} <span class="offset">{spellOffset(Date.parse(at))}</span>
    </time>
  );
}
