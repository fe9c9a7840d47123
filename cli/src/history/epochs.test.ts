import type { RecordBody } from "@slipway/pipeline";
import { describe, expect, test } from "vitest";
import { aRelease, aRequest, aState, nothingLive, refOf, shas } from "../../../pipeline/test/builders.ts";
import { aLedger, anOpen, anOutcome, aPlanBody, aTurn, planTo } from "../../../pipeline/test/record-builders.ts";
import { endingWords, epochsOf, movementOf } from "./epochs.ts";

const { old, new: next } = shas;
const baseline = { release: refOf(old), webRelease: null, state: aState(aRelease({ sha: old })) };
const plan = aPlanBody({ plan: planTo(next), baseline });
const rollback = anOpen({ command: "rollback", request: aRequest({ action: "rollback", sha: null }), resumes: 1 });
const newest = (bodies: readonly RecordBody[]) => {
  const [epoch] = epochsOf(aLedger(bodies));
  if (!epoch) throw new Error("no epoch");
  return { ...movementOf(epoch), ended: endingWords(epoch) };
};

describe("what an epoch moved", () => {
  test.each([
    {
      name: "a promotion",
      bodies: [anOpen(), plan, anOutcome("done")],
      says: { from: old, to: next, verb: "", ended: "done" },
    },
    {
      name: "the first promotion",
      bodies: [
        anOpen(),
        { ...plan, baseline: { release: null, webRelease: null, state: nothingLive } },
        anOutcome("done"),
      ],
      says: { from: null, to: next, verb: "", ended: "done" },
    },
    {
      name: "a run that finishes going back: what the lost one moved",
      bodies: [anOpen(), plan, aTurn(), anOpen({ resumes: 1 }), aTurn(), anOutcome("reverted")],
      says: { from: old, to: next, verb: "", ended: "put back, finished 1" },
    },
    {
      name: "a rollback of an open promotion: from what that one led to",
      bodies: [anOpen(), plan, rollback, aTurn(), anOutcome("reverted")],
      says: { from: next, to: old, verb: "rollback", ended: "put back, finished 1" },
    },
    {
      name: "a rollback of the pages alone",
      bodies: [
        anOpen({ command: "rollback", request: aRequest({ action: "rollback", sha: old, only: "web" }) }),
        aPlanBody({
          plan: { ...planTo(next), webRelease: refOf(old), only: "web" },
          request: aRequest({ action: "rollback", sha: old, only: "web" }),
          baseline: { release: refOf(next), webRelease: refOf(next), state: aState() },
        }),
        anOutcome("done"),
      ],
      says: { from: next, to: old, verb: "rollback web", ended: "done" },
    },
    {
      name: "a run that was refused before its plan, after one that settled",
      bodies: [anOpen(), plan, anOutcome("done"), anOpen(), anOutcome("refused")],
      says: { from: null, to: next, verb: "", ended: "refused" },
    },
  ])("$name", ({ bodies, says }) => {
    expect(newest(bodies)).toEqual(says);
  });
});
