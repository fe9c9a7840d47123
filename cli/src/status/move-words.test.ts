import type { Instant, Reason, RefusalCode } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { fakeShell } from "../../test/fake-shell.ts";
import { styleOf } from "../terminal/style.ts";
import { moveWords } from "./move-words.ts";

const style = styleOf(fakeShell(), { plain: true });
const now = "2026-11-20T10:58:00.000Z";
const reasonOf =
  (kind: Reason["kind"]) =>
  (code: RefusalCode, message = ""): Reason => ({
    code,
    kind,
    message,
    evidence: [],
    data: {},
    clearsAt: null,
    overridable: false,
  });
const no = reasonOf("no");
const unknown = reasonOf("unknown");
const approval = no("approval", "0 of 1 for plan 8d21f6b0c3e7; you ask, so somebody else approves");
const soon = { at: "2026-11-20T11:00:00.000Z" as Instant, until: null, freeze: null, onceApproved: true };

test.each([
  { name: "nothing stands in the way", reasons: [], words: "yes" },
  { name: "a definite no", reasons: [no("order"), no("held")], words: "no: order, held" },
  {
    name: "time helps",
    reasons: [no("freeze"), approval],
    earliest: soon,
    words: "in 2 min (freeze); approved 0 of 1",
  },
  { name: "only a person is needed", reasons: [approval], words: "approved 0 of 1" },
  { name: "unknowns alone", reasons: [unknown("order"), unknown("soak")], words: "could not tell: order, soak" },
  {
    name: "an unknown, and a person is needed anyway",
    reasons: [unknown("order"), approval],
    words: "could not tell: order; approved 0 of 1",
  },
  {
    name: "an unknown beside a definite no",
    reasons: [no("held"), unknown("order")],
    words: "no: held; could not tell: order",
  },
  { name: "approvals that could not be read", reasons: [unknown("approval")], words: "could not tell: approval" },
])("what may move says it in a few words: $name", ({ reasons, earliest = null, words }) => {
  expect(moveWords({ now, decision: { allowed: reasons.length === 0, reasons, earliest } }, style)).toBe(words);
});
