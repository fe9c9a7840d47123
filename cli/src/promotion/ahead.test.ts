import type { Instant, Reason } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { fakeShell } from "../../test/fake-shell.ts";
import { styleOf } from "../terminal/style.ts";
import { aheadWords } from "./ahead.ts";

const style = styleOf(fakeShell(), { plain: true });
const reason = (code: Reason["code"], kind: Reason["kind"], data: Reason["data"] = {}): Reason => ({
  code,
  kind,
  message: "",
  evidence: [],
  data,
  clearsAt: null,
  overridable: false,
});
const approvals = (approved: number, required: number) => reason("approval", "no", { approved, required });
const noon = { at: "2026-11-20T11:00:00.000Z" as Instant, until: null, freeze: null, onceApproved: true };

test.each([
  { name: "a person is needed", reasons: [approvals(0, 1)], words: "prod, with 1 approval" },
  { name: "two people are needed", reasons: [approvals(0, 2)], words: "prod, with 2 approvals" },
  { name: "one of two has approved", reasons: [approvals(1, 2)], words: "prod, with 1 more approval" },
  { name: "a definite no", reasons: [reason("order", "no"), reason("soak", "unknown")], words: "prod: no, order" },
  {
    name: "time and a person help",
    reasons: [reason("soak", "no"), reason("freeze", "no", { freeze: "quarter close" }), approvals(0, 1)],
    earliest: noon,
    words: 'prod from 2026-11-20T11:00:00Z (soak, freeze "quarter close"), with 1 approval',
  },
  { name: "nothing could be told", reasons: [reason("order", "unknown")], words: null },
  {
    name: "a person is needed, and the rest could not be told",
    reasons: [reason("order", "unknown"), approvals(0, 1)],
    words: null,
  },
])("the next environment is promised only what is known: $name", ({ reasons, earliest = null, words }) => {
  expect(aheadWords("prod", { reasons, earliest }, style)).toBe(words);
});
