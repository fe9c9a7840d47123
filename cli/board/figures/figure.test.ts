import { expect, test } from "vitest";
import type { FigureEpoch, FiguresDocument } from "../../src/board/documents.ts";
import { figureOf } from "./figure.ts";

const one: FigureEpoch = {
  epoch: 1,
  sha: null,
  subject: null,
  endedAt: "2026-11-20T10:58:00Z",
  ended: "done",
  seconds: 60,
};
const figures: FiguresDocument = {
  kind: "figures",
  version: 1,
  env: "prod",
  days: 30,
  from: "2026-10-21T10:58:00Z",
  until: "2026-11-20T10:58:00Z",
  deploys: { perWeek: 4.2, list: [one, one] },
  leadTime: { medianSeconds: 97_200, list: [one] },
  changeFailure: { share: 2 / 22, of: 22, list: [one, one] },
  recovery: { medianSeconds: null, list: [] },
};

test.each([
  { name: "deploys", value: "4.2", lines: 2 },
  { name: "lead-time", value: "1 d 3 h", lines: 1 },
  { name: "change-failure", value: "9 % (2 of 22)", lines: 2 },
  { name: "recovery", value: "none yet", lines: 0 },
] as const)("$name is said with the list behind it", ({ name, value, lines }) => {
  const figure = figureOf(figures, name);
  expect(figure.value).toBe(value);
  expect(figure.list).toHaveLength(lines);
});

test("without a change there is no share of failures", () => {
  expect(figureOf({ ...figures, changeFailure: { share: null, of: 0, list: [] } }, "change-failure").value).toBe(
    "none yet",
  );
});
