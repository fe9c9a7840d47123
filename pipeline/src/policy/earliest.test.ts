import { expect, test } from "vitest";
import { instantOf } from "../../test/builders.ts";
import type { RefusalCode } from "../codes.ts";
import { earliestEntry } from "./earliest.ts";
import type { FreezeWindow, Reason } from "./policy.ts";

const reason = (code: RefusalCode, clearsAt: string | null, kind: Reason["kind"] = "no"): Reason => ({
  code,
  kind,
  message: "",
  evidence: [],
  data: {},
  clearsAt: clearsAt === null ? null : instantOf(clearsAt),
  overridable: false,
});
const weekend: FreezeWindow = {
  kind: "weekly",
  name: "weekend",
  from: { weekday: 5, minute: 960 },
  until: { weekday: 1, minute: 480 },
  zone: "Europe/Berlin",
  line: 23,
};
const [friday, monday] = [instantOf("2026-11-20T15:00"), instantOf("2026-11-23T07:00")];
const nextFriday = instantOf("2026-11-27T15:00");

test.each<[string, readonly Reason[], readonly FreezeWindow[], ReturnType<typeof earliestEntry>]>([
  ["no reason", [], [weekend], null],
  ["one that does not clear", [reason("soak", "2026-11-20T10:00"), reason("order", null)], [weekend], null],
  ["only an approval", [reason("approval", null)], [weekend], null],
  [
    "the latest of two, until the next freeze",
    [reason("soak", "2026-11-20T10:04"), reason("freeze", "2026-11-20T11:00")],
    [weekend],
    { at: instantOf("2026-11-20T11:00"), until: friday, freeze: "weekend", onceApproved: false },
  ],
  [
    "an approval beside it needs a person",
    [reason("soak", "2026-11-20T10:04"), reason("approval", null)],
    [],
    { at: instantOf("2026-11-20T10:04"), until: null, freeze: null, onceApproved: true },
  ],
  [
    "a soak that ends in a freeze waits for its end",
    [reason("soak", "2026-11-21T10:00")],
    [weekend],
    { at: monday, until: nextFriday, freeze: "weekend", onceApproved: false },
  ],
  [
    "approvals that could not be read",
    [reason("soak", "2026-11-20T10:04"), reason("approval", null, "unknown")],
    [],
    null,
  ],
])("%s", (_, reasons, windows, expected) => {
  expect(earliestEntry(reasons, windows)).toEqual(expected);
});
