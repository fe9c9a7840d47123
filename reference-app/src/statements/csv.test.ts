import { expect, it } from "vitest";
import { writeStatement } from "./csv.ts";

const input = {
  project: "Harbour, new website",
  client: "Port of Aarhus",
  hourlyRateCents: 9_500,
  month: "2026-10",
  entries: [
    { worked_on: "2026-10-01", minutes: 95, note: 'Talk with "the board"' },
    { worked_on: "2026-10-02", minutes: 40, note: "=HYPERLINK(1)" },
  ],
};

it("is a file that spreadsheets read and never run", () => {
  expect(writeStatement(input).csv.split("\r\n")).toEqual([
    "date,minutes,note",
    '2026-10-01,95,"Talk with ""the board"""',
    "2026-10-02,40,'=HYPERLINK(1)",
    "",
    "client,Port of Aarhus",
    'project,"Harbour, new website"',
    "month,2026-10",
    "minutes,135",
    "hourly rate,95.00",
    "amount,213.75",
    "",
  ]);
});

it("has the same bytes for the same month", () => {
  expect(writeStatement(input)).toEqual(writeStatement(structuredClone(input)));
});
