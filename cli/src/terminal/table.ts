import { padTo, widthOf } from "./escape.ts";
import { wrap } from "./wrap.ts";

type Rows = readonly (readonly string[])[];

const gap = 3;

/**
 * Rows with their columns below each other, three spaces apart; the last column is never padded. Where `columns` are too few for a row, its last
 * cells stand on lines of their own below it.
 */
export function tableLines(rows: Rows, columns = Number.POSITIVE_INFINITY): readonly string[] {
  const widths = widthsOf(rows);
  const kept = columnsThatFit(widths, columns);
  const indent = (widths[0] ?? 0) + gap;
  return rows.flatMap((row) => {
    const whole = lineOf(row, widths);
    if (widthOf(whole) <= columns) return [whole];
    const below = row.slice(kept).filter((cell) => cell !== "");
    const rest = below.length === 0 ? [] : wrap(`${" ".repeat(indent)}${below.join("   ")}`, columns, indent);
    return [lineOf(row.slice(0, kept), widths), ...rest];
  });
}

const widthsOf = (rows: Rows): readonly number[] =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ""))));

const lineOf = (row: readonly string[], widths: readonly number[]): string =>
  row
    .map((cell, column) => (column === row.length - 1 ? cell : padTo(cell, (widths[column] ?? 0) + gap)))
    .join("")
    .trimEnd();

/** At least two: what the row is about, and the first thing said of it. */
function columnsThatFit(widths: readonly number[], columns: number): number {
  let width = 0;
  const fits = widths.findIndex((own) => {
    width += own + gap;
    return width - gap > columns;
  });
  return Math.max(2, fits);
}
