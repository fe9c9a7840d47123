import type { Figure, Findings } from "./figure.ts";
import { curveLines } from "./growth.ts";

/** A part after it ran. */
export interface PartReport extends Findings {
  readonly part: string;
  readonly title: string;
  readonly ok: boolean;
  readonly seconds: number;
}

/** A part as a table for people. */
export function renderPart(report: PartReport): string {
  const size = Object.entries(report.size).map(([name, value]) => `${name} ${grouped(value)}`);
  const head = `${report.part}: ${report.title}  (${report.seconds.toFixed(0)} s)`;
  const problems = report.problems.map((problem) => `  ✗ ${problem}`);
  const curves = curveLines(report.curves ?? []).map((line) => `  ${line}`);
  return [head, `  ${size.join(" · ")}`, ...table(report.figures), ...curves, ...problems].join("\n");
}

const columns = ["", "figure", "best", "compared with", "figure", "best", "ratio", "of best"] as const;
const leftAligned: ReadonlySet<number> = new Set([0, 3]);

function table(figures: readonly Figure[]): readonly string[] {
  if (figures.length === 0) return [];
  const rows = [columns, ...figures.map(rowOf)];
  const widths = columns.map((_name, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  return rows.flatMap((row, at) => {
    const cells = row.map((cell, column) =>
      leftAligned.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    const note = figures[at - 1]?.note ?? null;
    return [`  ${cells.join("  ")}`.trimEnd(), ...(note === null ? [] : [`      ${note}`])];
  });
}

function rowOf({ name, unit, value, best, beside, ratio }: Figure): readonly string[] {
  const spell = (amount: number | null | undefined) => (amount == null ? "" : `${amountOf(amount)} ${unit}`);
  const times = (quotient: number | null | undefined) =>
    quotient == null || !Number.isFinite(quotient) ? "" : `${amountOf(quotient, 3)}×`;
  return [
    name,
    spell(value),
    spell(best),
    beside?.name ?? "",
    spell(beside?.value),
    spell(beside?.best),
    times(ratio?.median),
    times(ratio?.best),
  ];
}

/** Counts are whole and shown whole; measures get three digits. */
const amountOf = (amount: number, digits = 3): string =>
  Number.isInteger(amount) ? grouped(amount) : grouped(Number(amount.toPrecision(amount >= 100 ? digits + 1 : digits)));

const grouped = (value: number | string): string => (typeof value === "number" ? value.toLocaleString("en-GB") : value);
