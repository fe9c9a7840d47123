import type { RecordBody } from "@slipway/pipeline";
import { describe, expect, test } from "vitest";
import { aRequest, shas } from "../../../pipeline/test/builders.ts";
import {
  aLedger,
  anOpen,
  anOutcome,
  aPlanBody,
  aTurn,
  minuteOf,
  planTo,
} from "../../../pipeline/test/record-builders.ts";
import { epochsOf } from "../history/epochs.ts";
import { failedAttemptOf } from "./failed-attempt.ts";

const failure = {
  code: "migration-failed",
  step: "run-migrations",
  name: null,
  cause: "23514",
  where: null,
  log: [],
  logLines: 0,
  requestsServed: null,
} as const;
const planned = [anOpen(), aPlanBody({ plan: planTo(shas.new) })];
const failed = [...planned, anOutcome("reverted", { failure })];
const stopped = [...planned, aTurn(), anOutcome("reverted")];
const done = [...planned, anOutcome("done")];
const refused = [anOpen(), anOutcome("refused", { reasons: [{ code: "held", message: "held by octocat" }] })];
const other = [
  anOpen({ request: aRequest({ sha: shas.newest }) }),
  aPlanBody({ plan: planTo(shas.newest) }),
  anOutcome("reverted", { failure }),
];

describe("an attempt that failed", () => {
  test.each<{ name: string; bodies: readonly RecordBody[]; epoch: number | null }>([
    { name: "nothing tried yet", bodies: [], epoch: null },
    { name: "the newest one of this release", bodies: [...failed, ...failed], epoch: 2 },
    { name: "a partial end", bodies: [...planned, anOutcome("partial", { failure })], epoch: 1 },
    { name: "one of another release", bodies: other, epoch: null },
    { name: "one before another release was tried", bodies: [...failed, ...other], epoch: 1 },
    { name: "one after which it ended well", bodies: [...failed, ...done], epoch: null },
    { name: "one that somebody stopped", bodies: stopped, epoch: null },
    { name: "one before somebody stopped it", bodies: [...failed, ...stopped], epoch: 1 },
    { name: "one before it was refused", bodies: [...failed, ...refused], epoch: 1 },
    {
      name: "a run that finished going back for a lost one",
      bodies: [...planned, aTurn(), anOpen({ resumes: 1 }), aTurn(), anOutcome("reverted", { failure })],
      epoch: 2,
    },
  ])("is told of $name", ({ bodies, epoch }) => {
    const at = minuteOf(bodies.findLastIndex((_, index) => isEndOf(bodies, index, epoch)) + 1);
    const told = epoch === null ? null : { epoch, at, code: "migration-failed" };
    expect(failedAttemptOf(epochsOf(aLedger(bodies)), shas.new)).toEqual(told);
  });
});

const isEndOf = (bodies: readonly RecordBody[], index: number, epoch: number | null): boolean =>
  bodies[index]?.kind === "outcome" && bodies.slice(0, index).filter(({ kind }) => kind === "open").length === epoch;
