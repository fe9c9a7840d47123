import { useRef } from "preact/hooks";
import { markWords } from "../parts/epoch-mark.tsx";
import { shortSha } from "../parts/sha.tsx";
import { go, useWay } from "../route/use-route.ts";
import { visibleText } from "../text/visible-text.ts";
import { spellTime } from "../time/times.ts";
import type { Drawing, EpochPoint, Track } from "./geometry.ts";
import { nearestPoint } from "./geometry.ts";
import { isStroke, MarkShape } from "./mark-shape.tsx";

interface TrackProps {
  readonly track: Track;
  readonly drawing: Drawing;
  readonly name: string;
  /** The epoch that is pointed at, or has the focus; null: none of it. */
  readonly onPoint: (point: EpochPoint | null) => void;
}

const barTop = 17;
const barHeight = 22;
const middle = barTop + barHeight / 2;

/** One environment: freezes behind, stays as bars, epochs as signs. Arrow keys go along its epochs. */
export function TrackRow({ track, drawing, name, onPoint }: TrackProps) {
  const { to } = useWay();
  const group = useRef<SVGGElement>(null);
  const { env, y, stays, freezes, marks, isKnown } = track;
  const right = drawing.width - drawing.left;
  const hrefOf = ({ epoch }: EpochPoint): string => to({ kind: "epoch", env, epoch: epoch.epoch, log: null });
  const under = (event: PointerEvent | MouseEvent): EpochPoint | null => {
    const edge = group.current?.ownerSVGElement?.getBoundingClientRect().left ?? 0;
    return nearestPoint(marks, event.clientX - edge);
  };
  const press = (event: KeyboardEvent): void => {
    const links = [...(group.current?.querySelectorAll<SVGAElement>("a") ?? [])];
    const at = links.indexOf(document.activeElement as SVGAElement);
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: links.length - 1 }[event.key];
    const link = next === undefined ? undefined : links[Math.max(0, Math.min(links.length - 1, next))];
    if (!link) return;
    event.preventDefault();
    link.focus();
  };
  const click = (event: MouseEvent): void => {
    const point = under(event);
    if (point && !(event.target as Element).closest("a")) go(hrefOf(point));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no such element
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: links stand in it; a click near one means it
    <g
      ref={group}
      class="track"
      role="group"
      aria-label={`${visibleText(name)}: ${isKnown ? `${marks.length} epochs` : "could not tell"}`}
      transform={`translate(0 ${y})`}
      onKeyDown={press}
      onPointerMove={(event) => onPoint(under(event))}
      onPointerLeave={() => onPoint(null)}
      onClick={click}
    >
      <rect class="track-back" x={drawing.left} y="0" width={right} height="46" />
      <text class="track-name" x={drawing.namesAbove ? drawing.left : 0} y={drawing.namesAbove ? -2 : middle + 4}>
        {clipName(visibleText(name), drawing.namesAbove)}
      </text>
      {isKnown ? null : (
        <text class="stay-name" x={drawing.left + 12} y={middle + 4}>
          could not tell
        </text>
      )}
      {freezes.map(({ x, width, freeze, isNamed }) => (
        <g key={`${freeze.from} ${freeze.name}`}>
          <rect class="freeze" x={x} y="2" width={width} height="42" />
          {isNamed ? (
            <text class="freeze-name" x={x + 4} y="13">
              {visibleText(freeze.name)}
            </text>
          ) : null}
        </g>
      ))}
      {stays.map(({ x, width, run, isNamed }) => (
        <g key={`${run.from} ${run.sha}`}>
          <rect
            class={run.until === null ? "stay stay-now" : "stay"}
            x={x}
            y={barTop}
            width={width}
            height={barHeight}
            rx="4"
          />
          {isNamed ? (
            <text class="stay-name" x={x + 12} y={middle + 4}>
              {shortSha(run.sha)}
            </text>
          ) : null}
        </g>
      ))}
      {marks.map((point, index) => (
        <g key={point.epoch.epoch} transform={placeOf(point, index)}>
          <a
            class="point"
            href={hrefOf(point)}
            // The newest is the way in by Tab; arrow keys reach the others.
            tabindex={index === marks.length - 1 ? 0 : -1}
            aria-label={labelOf(point, name)}
            onFocus={() => onPoint(point)}
            onBlur={() => onPoint(null)}
          >
            {point.isCrowded ? null : <circle class="point-reach" r="12" />}
            <circle class="point-focus" r="10" />
            <MarkShape mark={point.epoch.mark} isCrowded={point.isCrowded} />
          </a>
        </g>
      ))}
    </g>
  );
}

/** Among many, signs that are no strokes stand a little above or below each other. */
const placeOf = ({ x, epoch, isCrowded }: EpochPoint, index: number): string =>
  isCrowded && !isStroke(epoch.mark)
    ? `translate(${x} ${middle + (index % 2 === 0 ? -5 : 5)}) scale(0.8)`
    : `translate(${x} ${middle})`;

function labelOf({ epoch }: EpochPoint, name: string): string {
  const release = epoch.sha === null ? "" : `, ${shortSha(epoch.sha)}`;
  const ended = visibleText(epoch.ended);
  const mark = ended.includes(markWords[epoch.mark]) ? "" : `${markWords[epoch.mark]}, `;
  return `${visibleText(name)} epoch ${epoch.epoch}: ${mark}${ended}${release}, ${spellTime(epoch.endedAt ?? epoch.startedAt)}`;
}

const clipName = (name: string, isAlone: boolean): string =>
  isAlone || name.length <= 14 ? name : `${name.slice(0, 13)}…`;
