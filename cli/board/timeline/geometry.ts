import type { TimelineDocument, TimelineEpoch, TimelineFreeze, TimelineRun } from "../../src/board/documents.ts";

/** Everything in CSS pixels of the drawing. */
export interface Track {
  readonly env: string;
  /** Top of its band. */
  readonly y: number;
  readonly stays: readonly StayBar[];
  readonly freezes: readonly FreezeBar[];
  readonly marks: readonly EpochPoint[];
  /** Its ledger can be read; what could not is no empty track. */
  readonly isKnown: boolean;
}

interface Bar {
  readonly x: number;
  readonly width: number;
}
interface StayBar extends Bar {
  readonly run: TimelineRun;
  /** There is room for its seven digits. */
  readonly isNamed: boolean;
}
interface FreezeBar extends Bar {
  readonly freeze: TimelineFreeze;
  /** There is room for its name. */
  readonly isNamed: boolean;
}
export interface EpochPoint {
  readonly epoch: TimelineEpoch;
  readonly x: number;
  /** Others stand so close that a full sign would cover them. */
  readonly isCrowded: boolean;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Where time begins; left of it stand names, unless they stand above. */
  readonly left: number;
  readonly namesAbove: boolean;
  readonly trackHeight: number;
  /** The top of the ladder on top. */
  readonly tracks: readonly Track[];
}

const narrow = 560;
const gutter = 108;
const margin = 10;
const bandHeight = 46;
const nameHeight = 20;
const axisHeight = 26;
const crowdedPixels = 11;
const shaWidth = 56;
const letterWidth = 6.4;

export function drawingOf(document: TimelineDocument, width: number): Drawing {
  const namesAbove = width < narrow;
  const left = namesAbove ? margin : gutter;
  const trackHeight = bandHeight + (namesAbove ? nameHeight : 0);
  const scale = scaleOf(document, left, width);
  const tracks = document.environments.toReversed().map(({ env, because, runs, epochs }, index) => {
    const marks = pointsOf(epochs, scale);
    return {
      env,
      y: axisHeight + index * trackHeight + (namesAbove ? nameHeight : 0),
      stays: runs.flatMap((run) => stayOf(run, marks, scale)),
      freezes: document.freezes.filter((freeze) => freeze.env === env).flatMap((freeze) => freezeOf(freeze, scale)),
      marks,
      isKnown: because === null,
    };
  });
  return { width, height: axisHeight + tracks.length * trackHeight + 6, left, namesAbove, trackHeight, tracks };
}

export interface Scale {
  /** Of an instant, in milliseconds; clipped to the drawing. */
  readonly x: (at: number) => number;
  readonly from: number;
  readonly until: number;
}

export function scaleOf({ from, until }: Pick<TimelineDocument, "from" | "until">, left: number, width: number): Scale {
  const [start, end] = [Date.parse(from), Date.parse(until)];
  const room = Math.max(1, width - margin - left);
  const share = (at: number): number => (end > start ? Math.min(1, Math.max(0, (at - start) / (end - start))) : 1);
  return { x: (at) => round(left + share(at) * room), from: start, until: end };
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

/** None: it lies outside. */
function barOf(from: number, until: number, { x, ...ends }: Scale): readonly Bar[] {
  if (until <= ends.from || from >= ends.until) return [];
  const left = x(from);
  return [{ x: left, width: Math.max(1, round(x(until) - left)) }];
}

function stayOf(run: TimelineRun, marks: readonly EpochPoint[], scale: Scale): readonly StayBar[] {
  return barOf(Date.parse(run.from), run.until === null ? scale.until : Date.parse(run.until), scale).map((bar) => {
    const label = { from: bar.x + 10, until: bar.x + 10 + shaWidth };
    const isFree = !marks.some(({ x }) => x > label.from && x < label.until + 4);
    return { ...bar, run, isNamed: bar.width > shaWidth + 16 && isFree };
  });
}

const freezeOf = (freeze: TimelineFreeze, scale: Scale): readonly FreezeBar[] =>
  barOf(Date.parse(freeze.from), Date.parse(freeze.until), scale).map((bar) => ({
    ...bar,
    freeze,
    isNamed: bar.width > freeze.name.length * letterWidth + 8,
  }));

/** An epoch stands where it ended, or where it began while it has no end. */
function pointsOf(epochs: readonly TimelineEpoch[], scale: Scale): readonly EpochPoint[] {
  const places = epochs.map((epoch) => ({ epoch, x: scale.x(Date.parse(epoch.endedAt ?? epoch.startedAt)) }));
  const sorted = places.toSorted((one, other) => one.x - other.x || one.epoch.epoch - other.epoch.epoch);
  return sorted.map((point, index) => {
    const before = sorted[index - 1];
    const after = sorted[index + 1];
    const isNear = (other: typeof before): boolean =>
      other !== undefined && Math.abs(other.x - point.x) < crowdedPixels;
    return { ...point, isCrowded: isNear(before) || isNear(after) };
  });
}

/** What a pointer at `x` means: the nearest epoch within reach, the newer of two at one place; null: none. */
export function nearestPoint(marks: readonly EpochPoint[], x: number, reach = 14): EpochPoint | null {
  let best: EpochPoint | null = null;
  for (const mark of marks) {
    const distance = Math.abs(mark.x - x);
    if (distance <= reach && (best === null || distance <= Math.abs(best.x - x))) best = mark;
  }
  return best;
}
