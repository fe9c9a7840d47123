import { useMemo, useRef, useState } from "preact/hooks";
import type { TimelineDocument } from "../../src/board/documents.ts";
import { useDocument } from "../data/use-document.ts";
import { ProblemNote } from "../parts/problem.tsx";
import { Sign } from "../parts/sign.tsx";
import { hrefOf, type TimelineHours, timelineHours } from "../route/route.ts";
import { useWay } from "../route/use-route.ts";
import { Text } from "../text/text.tsx";
import { spellOffset } from "../time/times.ts";
import { lastHours, lengthFor } from "./fit-span.ts";
import { drawingOf, scaleOf } from "./geometry.ts";
import { Legend } from "./legend.tsx";
import { type Pointed, Readout } from "./readout.tsx";
import { ticksBetween } from "./ticks.ts";
import { TimelineTable } from "./timeline-table.tsx";
import { TrackRow } from "./track.tsx";
import { useWidth } from "./use-width.ts";

interface TimelineProps {
  /** Changes when a ledger does, and each minute. */
  readonly moment: string;
  readonly nameOf: (env: string) => string;
}

/** Each epoch of the last hours or days over stays and freezes. */
export function Timeline({ moment, nameOf }: TimelineProps) {
  const { route } = useWay();
  // An hour and a day are cut from a week.
  const days = Math.max(168, route.hours ?? 0) / 24;
  const { seen, problem } = useDocument<TimelineDocument>(`/api/timeline?days=${days}`, "timeline", moment);
  const length = route.hours ?? (seen && lengthFor(seen.document));
  const shown = useMemo(() => (seen && length ? lastHours(seen.document, length) : null), [seen?.document, length]);
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <header class="section-head">
        <h2 id="timeline-title">Timeline</h2>
        <nav aria-label="Length of the timeline">
          {timelineHours.map((hours) => (
            <a key={hours} href={hrefOf({ ...route, hours })} aria-current={hours === length ? "true" : undefined}>
              {spellLength(hours)}
            </a>
          ))}
        </nav>
      </header>
      {problem ? <ProblemNote problem={problem} what={seen ? "What is newer" : "The timeline"} /> : null}
      {!seen && !problem ? <p class="waiting">asking for the timeline</p> : null}
      {shown ? <Shown document={shown} nameOf={nameOf} /> : null}
    </section>
  );
}

const spellLength = (hours: TimelineHours): string =>
  hours === 1 ? "1 hour" : hours === 24 ? "1 day" : `${hours / 24} days`;

function Shown({
  document,
  nameOf,
}: {
  readonly document: TimelineDocument;
  readonly nameOf: (env: string) => string;
}) {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const marks = useMemo(
    () => new Set(document.environments.flatMap(({ epochs }) => epochs.map(({ mark }) => mark))),
    [document],
  );
  // The drawing is the same whatever is pointed at: it is drawn once a document, however many epochs it has.
  const drawing = useMemo(
    () => <Picture document={document} nameOf={nameOf} onPoint={setPointed} />,
    [document, nameOf],
  );
  return (
    <>
      {document.environments.map(({ env, because }) =>
        because === null ? null : (
          <p key={env} class="problem">
            <Sign mark="unknown" /> <Text value={nameOf(env)} /> cannot be shown: <Text value={because} />
          </p>
        ),
      )}
      {drawing}
      <Readout pointed={pointed} subjects={document.subjects} />
      <Legend marks={marks} hasFreezes={document.freezes.length > 0} />
      <TimelineTable document={document} nameOf={nameOf} />
    </>
  );
}

interface PictureProps {
  readonly document: TimelineDocument;
  readonly nameOf: (env: string) => string;
  readonly onPoint: (pointed: Pointed | null) => void;
}

function Picture({ document, nameOf, onPoint }: PictureProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  return (
    <div class="picture" ref={place}>
      {width === 0 ? null : <Drawn document={document} nameOf={nameOf} onPoint={onPoint} width={width} />}
    </div>
  );
}

function Drawn({ document, nameOf, onPoint, width }: PictureProps & { readonly width: number }) {
  const drawing = drawingOf(document, width);
  const scale = scaleOf(document, drawing.left, width);
  const now = scale.x(scale.until);
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no such element in SVG
    <svg
      class="drawing"
      role="group"
      aria-label="Timeline; the same as a table follows"
      width={width}
      height={drawing.height}
    >
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="hatch" width="2" height="6" />
        </pattern>
      </defs>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus */}
      <g class="axis" aria-hidden="true">
        {ticksBetween(scale.from, scale.until, width - drawing.left).map(({ at, words }) => (
          <g key={at} transform={`translate(${scale.x(at)} 0)`}>
            <path d={`M0 20V${drawing.height}`} />
            {scale.x(at) < now - 92 ? (
              <text x="4" y="14">
                {words}
              </text>
            ) : null}
          </g>
        ))}
        <text class="axis-now" x={now} y="14" text-anchor="end">
          now {spellOffset(scale.until)}
        </text>
        <path class="axis-now" d={`M${now} 20V${drawing.height}`} />
      </g>
      {drawing.tracks.map((track) => (
        <TrackRow
          key={track.env}
          track={track}
          drawing={drawing}
          name={nameOf(track.env)}
          onPoint={(point) => onPoint(point && { name: nameOf(track.env), epoch: point.epoch })}
        />
      ))}
    </svg>
  );
}
