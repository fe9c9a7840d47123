import { padTo, widthOf } from "./escape.ts";

/** Rows with their columns below each other, three spaces apart; the last column is never padded. */
export function tableLines(rows: readonly (readonly string[])[], gap = 3): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ""))));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : padTo(cell, (widths[column] ?? 0) + gap)))
      .join("")
      .trimEnd(),
  );
}
