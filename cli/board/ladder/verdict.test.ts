import { expect, test } from "vitest";
import type { NextDocument } from "../../src/documents/status.ts";
import { anEnvironment } from "../../test/board/fixtures/ladder.ts";
import { asOld, standingOf, verdictOf } from "./verdict.ts";

const now = Date.parse("2026-11-20T10:58:00Z");
const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924";

const next = (fields: Partial<NextDocument>): NextDocument => ({
  sha,
  commits: 2,
  decision: "refused",
  earliest: null,
  until: null,
  reasons: [],
  failed: null,
  ...fields,
});
type Code = NextDocument["reasons"][number]["code"];
const because = (...codes: readonly Code[]) => codes.map((code) => ({ code, kind: "no", clearsAt: null }) as const);
const unread = (...codes: readonly Code[]) => codes.map((code) => ({ code, kind: "unknown", clearsAt: null }) as const);

test.each([
  { name: "allowed", next: next({ decision: "allowed" }), mark: "done", words: "yes" },
  { name: "a definite no", next: next({ reasons: because("order") }), mark: "no", words: "no: order" },
  {
    name: "time helps",
    next: next({ reasons: because("freeze"), earliest: "2026-11-20T11:00:00Z" }),
    mark: "coming",
    words: "in 2 min (freeze)",
  },
  {
    name: "time and a person help",
    next: next({ reasons: because("soak", "approval"), earliest: "2026-11-20T11:00:00Z" }),
    mark: "coming",
    words: "in 2 min (soak); needs approval",
  },
  { name: "only a person", next: next({ reasons: because("approval") }), mark: "look", words: "needs approval" },
  {
    name: "not known",
    next: next({ decision: "unknown", reasons: unread("order") }),
    mark: "unknown",
    words: "could not tell: order",
  },
  {
    name: "not known, and a person is needed anyway",
    next: next({ reasons: [...unread("order"), ...because("approval")] }),
    mark: "unknown",
    words: "could not tell: order; needs approval",
  },
  {
    name: "not known beside a definite no",
    next: next({ reasons: [...because("held"), ...unread("order")] }),
    mark: "no",
    words: "no: held; could not tell: order",
  },
  {
    name: "approvals that could not be read",
    next: next({ decision: "unknown", reasons: unread("approval") }),
    mark: "unknown",
    words: "could not tell: approval",
  },
])("the arrow says it in a few words: $name", ({ next, mark, words }) => {
  expect(verdictOf(anEnvironment({ next }), now)).toMatchObject({ mark, words });
});

test("nothing to enter has no verdict", () => {
  expect(verdictOf(anEnvironment({}), now)).toBeNull();
});

test("while somebody changes the environment, the answer waits for them", () => {
  const lease = {
    state: "held",
    by: "ci@\u202egithub",
    host: "runner",
    runUrl: null,
    epoch: 18,
    doing: "roll-service",
    since: "2026-11-20T10:57:00Z",
    heartbeatSecondsAgo: 3,
    quietUntil: null,
  } as const;
  expect(verdictOf(anEnvironment({ lease, next: next({ decision: "allowed" }) }), now)).toMatchObject({
    mark: "coming",
    words: "once ci@\\u202egithub is done",
  });
});

test("a drift names what was found", () => {
  const drift = [{ part: "service", name: "worker", expected: null, found: "runs 1f6ac3d" }] as const;
  expect(standingOf(anEnvironment({ state: "drift", drift }))).toEqual({
    mark: "look",
    words: "drift: worker runs 1f6ac3d",
  });
});

test("what is old keeps no green sign", () => {
  expect(asOld(standingOf(anEnvironment({})))).toEqual({ mark: "unknown", words: "was: as recorded" });
});
