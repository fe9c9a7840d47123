import { type EpochMarkName, markWords } from "../parts/epoch-mark.tsx";
import { MarkShape } from "./mark-shape.tsx";

/** What the signs mean; only of those that are drawn. */
export function Legend({
  marks,
  hasFreezes,
}: {
  readonly marks: ReadonlySet<EpochMarkName>;
  readonly hasFreezes: boolean;
}) {
  const shown = (Object.keys(markWords) as readonly EpochMarkName[]).filter((mark) => marks.has(mark));
  return (
    <ul class="legend">
      {shown.map((mark) => (
        <li key={mark}>
          <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
            <MarkShape mark={mark} />
          </svg>
          {markWords[mark]}
        </li>
      ))}
      {hasFreezes ? (
        <li>
          <svg width="20" height="16" viewBox="0 0 20 16" aria-hidden="true">
            <rect class="freeze" width="20" height="16" />
          </svg>
          freeze
        </li>
      ) : null}
    </ul>
  );
}
