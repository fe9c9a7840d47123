import { amountCents, formatCents } from "./amount.ts";

export interface StatementInput {
  readonly project: string;
  readonly client: string;
  readonly hourlyRateCents: number;
  readonly month: string;
  /** In the order of the file. */
  readonly entries: readonly { readonly worked_on: string; readonly minutes: number; readonly note: string }[];
}
export interface StatementFile {
  readonly minutes: number;
  readonly amountCents: bigint;
  readonly csv: string;
}

/** The file of a month: equal input gives equal bytes (no clock, no locale). */
export function writeStatement(input: StatementInput): StatementFile {
  const minutes = input.entries.reduce((sum, entry) => sum + entry.minutes, 0);
  const amount = amountCents(BigInt(minutes), BigInt(input.hourlyRateCents));
  const rows: readonly (readonly string[])[] = [
    ["date", "minutes", "note"],
    ...input.entries.map((entry) => [entry.worked_on, String(entry.minutes), entry.note]),
    [],
    ["client", input.client],
    ["project", input.project],
    ["month", input.month],
    ["minutes", String(minutes)],
    ["hourly rate", formatCents(BigInt(input.hourlyRateCents))],
    ["amount", formatCents(amount)],
  ];
  return { minutes, amountCents: amount, csv: rows.map((row) => `${row.map(writeCell).join(",")}\r\n`).join("") };
}

/** RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection). */
function writeCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
