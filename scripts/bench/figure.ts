import type { Curve } from "./growth.ts";
import { best, median, ratios } from "./measure.ts";

/** One thing that was measured or counted. `value` is the median where there were several rounds. */
export interface Figure {
  readonly name: string;
  readonly unit: "ms" | "s" | "calls" | "records" | "files" | "requests" | "per second" | "MB/s";
  readonly value: number;
  readonly best: number | null;
  /** What it is compared with, in the same unit. */
  readonly beside: { readonly name: string; readonly value: number; readonly best: number | null } | null;
  /** Of the figure to what stands beside it: the median of each round's own ratio, and that of the two best. */
  readonly ratio: { readonly median: number; readonly best: number | null } | null;
  readonly note: string | null;
}

/** What a part found; it failed if it has problems, and its other figures hold all the same. */
export interface Findings {
  /** How much was measured, and how often: without it a figure says nothing. */
  readonly size: Readonly<Record<string, number | string>>;
  readonly figures: readonly Figure[];
  /** How things grow, where that was asked. */
  readonly curves?: readonly Curve[];
  readonly problems: readonly string[];
}
export interface BenchOptions {
  /** File for the plot of the curves; null: none is made. */
  readonly plot: string | null;
  /** Sizes that say little and take little, for work on the bench itself. */
  readonly tiny: boolean;
}
export interface Part {
  /** As `--only` takes it. */
  readonly name: string;
  readonly title: string;
  readonly run: (options: BenchOptions) => Promise<Findings>;
}

const alone = { best: null, beside: null, ratio: null, note: null } as const;

export function aFigure({
  name,
  unit,
  value,
  ...fields
}: Pick<Figure, "name" | "unit" | "value"> & Partial<Omit<Figure, "ratio">>): Figure {
  const { beside } = fields;
  return {
    name,
    unit,
    value,
    ...alone,
    ...fields,
    ratio: beside ? { median: value / beside.value, best: null } : null,
  };
}

export interface Measured {
  readonly name: string;
  readonly samples: readonly number[];
}

/** Two subjects of the same rounds, in milliseconds. */
export function compared(subject: Measured, reference: Measured, note: string | null = null): Figure {
  return {
    name: subject.name,
    unit: "ms",
    value: median(subject.samples),
    best: best(subject.samples),
    beside: { name: reference.name, value: median(reference.samples), best: best(reference.samples) },
    ratio: {
      median: median(ratios(subject.samples, reference.samples)),
      best: best(subject.samples) / best(reference.samples),
    },
    note,
  };
}

/** One subject over several rounds, in milliseconds. */
export const timed = ({ name, samples }: Measured, note: string | null = null): Figure =>
  aFigure({ name, unit: "ms", value: median(samples), best: best(samples), note });
