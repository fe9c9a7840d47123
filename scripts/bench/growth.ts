/** What was measured at one size; `value` in the unit of its curve. */
export interface Point {
  readonly size: number;
  readonly value: number;
  /** Milliseconds by the clock, and calls at the object store; null: not measured. */
  readonly clock: number | null;
  readonly calls: number | null;
  /** Of the dearest round, where `value` is that of the cheapest. */
  readonly dearest?: number;
}
/** How one thing grows with one axis, smallest size first. `value` is processor time in ms, or peak memory in MB. */
export interface Curve {
  readonly axis: string;
  readonly name: string;
  readonly unit: "ms" | "MB";
  readonly points: readonly Point[];
}
type Sized = Pick<Point, "size" | "value">;

/** A step that gets longer by less than this, from the middle size to the largest, may do so as it likes. */
const noticedMilliseconds = 50;
const mostExponent = 1.1;
/**
 * A first size that was measured too high, and a middle one too low, look like growth: this much is put down to the machine at least, and as much as the
 * rounds of a size differ.
 */
const noiseMilliseconds = 5;
const noiseShare = 0.05;
const steepest = 6;

/** Slope between the last two sizes where both scales are logarithmic: 1 is linear, 2 is quadratic, 0 is flat. */
export function slopeOf(points: readonly Sized[]): number | null {
  const [before, last] = points.slice(-2);
  if (!before || !last || before.value <= 0 || last.value <= 0) return null;
  return Math.log(last.value / before.value) / Math.log(last.size / before.size);
}

/**
 * The k of a + b·nᵏ through the last three sizes: what costs the same at every size hides no growth. Null where it falls
 * or stays.
 */
export function exponentOf(points: readonly Sized[]): number | null {
  const [first, middle, last] = points.slice(-3);
  if (!first || !middle || !last) return null;
  const rises = [middle.value - first.value, last.value - middle.value] as const;
  if (rises[0] <= 0 || rises[1] <= 0) return null;
  const wanted = rises[1] / rises[0];
  // In units of the middle size, so that no power overflows.
  const [small, large] = [first.size / middle.size, last.size / middle.size];
  const ratioAt = (k: number) => (large ** k - 1) / (1 - small ** k);
  let [low, high] = [0.001, steepest];
  if (ratioAt(low) >= wanted) return 0;
  if (ratioAt(high) <= wanted) return steepest;
  for (let halving = 0; halving < 50; halving += 1) {
    const k = (low + high) / 2;
    if (ratioAt(k) < wanted) low = k;
    else high = k;
  }
  return (low + high) / 2;
}

/** Why a step grows faster than its axis, in words; null: it does not, or is too short to matter. */
export function whyWorseThanLinear(curve: Curve): string | null {
  const { axis, name, unit, points } = curve;
  const [middle, last] = points.slice(-2);
  if (unit !== "ms" || !middle || !last || last.value - middle.value <= noticedMilliseconds) return null;
  const careful = points.map(({ size, value, dearest = value }, at) => {
    const noise = Math.max(noiseMilliseconds, value * noiseShare, dearest - value);
    if (at === points.length - 1) return { size, value };
    return { size, value: at === points.length - 2 ? value + noise : value - noise };
  });
  const worst = Math.max(slopeOf(careful) ?? 0, exponentOf(careful) ?? 0);
  if (worst <= mostExponent) return null;
  const grown = points
    .map(({ size, value }) => `${Math.round(value)} ms at ${size.toLocaleString("en-GB")}`)
    .join(", ");
  return `${name} is worse than linear in ${axis}: at least the power ${worst.toFixed(2)} (${grown})`;
}

const columns = ["", "", "", "", "slope", "fit", "clock", "calls"] as const;

/** Curves as a table for people, one block an axis. */
export function curveLines(curves: readonly Curve[]): readonly string[] {
  const axes = [...new Set(curves.map(({ axis }) => axis))];
  return axes.flatMap((axis) => {
    const own = curves.filter((curve) => curve.axis === axis);
    const sizes = own[0]?.points.map(({ size }) => size.toLocaleString("en-GB")) ?? [];
    const rows = [[axis, ...sizes, ...columns.slice(4)], ...own.map(rowOf)];
    const widths = rows[0]?.map((_cell, at) => Math.max(...rows.map((row) => (row[at] ?? "").length))) ?? [];
    return rows.map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join("  ")
        .trimEnd(),
    );
  });
}

function rowOf(curve: Curve): readonly string[] {
  const { name, unit, points } = curve;
  const power = (k: number | null) => (k === null ? "–" : `n^${k.toFixed(2)}`);
  const last = points.at(-1);
  return [
    name,
    ...points.map(({ value }) => `${spell(value)} ${unit}`),
    power(slopeOf(points)),
    power(exponentOf(points)),
    last?.clock == null ? "" : `${spell(last.clock)} ms`,
    last?.calls == null ? "" : last.calls.toLocaleString("en-GB"),
  ];
}

const spell = (value: number): string => (value >= 10 ? Math.round(value).toLocaleString("en-GB") : value.toFixed(1));
