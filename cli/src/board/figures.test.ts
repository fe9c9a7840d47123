import type { RecordBody } from "@slipway/pipeline";
import { describe, expect, test } from "vitest";
import { aRelease, aRequest, aState, refOf, shas } from "../../../pipeline/test/builders.ts";
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
import { figuresDocument } from "./figures.ts";

const { old, new: next } = shas;
const baseline = { release: refOf(old), webRelease: null, state: aState(aRelease({ sha: old })) };
const plan = aPlanBody({ plan: planTo(next), baseline });
const back = aPlanBody({
  plan: { ...planTo(old), action: "rollback" },
  request: aRequest({ action: "rollback", sha: null }),
  baseline: { ...baseline, release: refOf(next) },
});
const rollback = anOpen({ command: "rollback", request: aRequest({ action: "rollback", sha: null }) });
const promoted = [anOpen(), plan, anOutcome("done")];
const revertedOne = [anOpen(), plan, aTurn(), anOutcome("reverted")];
const putBack = anOutcome("reverted", { held: true });
const wentBack = [rollback, back, anOutcome("done")];
const span = { from: "2026-11-18T00:00:00.000Z", until: "2026-12-18T00:00:00.000Z" };
const committedAt = "2026-11-19T11:00:00.000Z";
const releases = new Map([[next as string, { subject: "Add project colour", committedAt }]]);
const figures = (bodies: readonly RecordBody[]) =>
  figuresDocument({ env: "prod", days: 30, span, epochs: epochsOf(aLedger(withPromotions(bodies))), releases });
/** Each plan names the epoch in which its promotion began. */
function withPromotions(bodies: readonly RecordBody[]): readonly RecordBody[] {
  let epoch = 0;
  let promotion = 0;
  return bodies.map((body) => {
    if (body.kind === "open") {
      epoch += 1;
      promotion = body.resumes ?? epoch;
    }
    return body.kind === "plan" ? { ...body, promotion } : body;
  });
}
const minutes = (from: string, until: string) => (Date.parse(until) - Date.parse(from)) / 1000;

describe("the figures", () => {
  test("of an environment in which nothing happened are none, not zero", () => {
    expect(figures([])).toMatchObject({
      deploys: { perWeek: 0, list: [] },
      leadTime: { medianSeconds: null },
      changeFailure: { share: null, of: 0 },
      recovery: { medianSeconds: null },
    });
  });

  test("count deploys, and lead time from the commit to the end of the promotion", () => {
    const { deploys, leadTime } = figures(promoted);
    expect(deploys.perWeek).toBeCloseTo(7 / 30);
    expect(deploys.list).toMatchObject([{ epoch: 1, sha: next, subject: "Add project colour", seconds: null }]);
    expect(leadTime.medianSeconds).toBe(minutes(committedAt, minuteOf(3)));
  });

  test("a release that runs already and is asked for again is no deploy", () => {
    const same = aPlanBody({ plan: planTo(next), baseline: { ...baseline, release: refOf(next) } });
    expect(figures([...promoted, anOpen(), same, anOutcome("done")]).deploys.list).toHaveLength(1);
  });

  test.each([
    { name: "a promotion that was put back", bodies: [...promoted, ...revertedOne], failures: [2], of: 2 },
    { name: "a rollback after a promotion that ended well", bodies: [...promoted, ...wentBack], failures: [2], of: 1 },
    {
      name: "a partial end, and the rollback that cleans up after it, once",
      bodies: [anOpen(), plan, anOutcome("partial"), rollback, back, anOutcome("done")],
      failures: [1],
      of: 1,
    },
    {
      name: "a partial end that the same promotion finished later: one change that failed",
      bodies: [anOpen(), plan, anOutcome("partial"), anOpen({ resumes: 1 }), plan, anOutcome("done")],
      failures: [1],
      of: 1,
    },
    {
      name: "none where nothing was changed",
      bodies: [...promoted, anOpen(), plan, anOutcome("reverted", { environment: "unchanged" })],
      failures: [],
      of: 1,
    },
    { name: "none where it was refused", bodies: [...promoted, anOpen(), anOutcome("refused")], failures: [], of: 1 },
    {
      name: "none where a lost run was finished by the same command",
      bodies: [anOpen(), plan, anOpen({ resumes: 1 }), plan, anOutcome("done")],
      failures: [],
      of: 1,
    },
    {
      name: "a rollback of a promotion that was lost half way: a change of its own",
      bodies: [...promoted, anOpen(), plan, rollback, aTurn(), putBack],
      failures: [3],
      of: 2,
    },
    {
      name: "a rollback that came to nothing, and the one after it: once",
      bodies: [...promoted, rollback, back, anOutcome("reverted", { environment: "unchanged" }), ...wentBack],
      failures: [3],
      of: 1,
    },
    {
      name: "a rollback from what ran before anything that is seen here",
      bodies: [...wentBack],
      failures: [1],
      of: 1,
    },
    {
      name: "a partial end that another promotion took over, which was put back: two of two",
      bodies: [anOpen(), plan, anOutcome("partial"), ...revertedOne],
      failures: [2, 1],
      of: 2,
    },
  ])("count as failed: $name", ({ bodies, failures, of }) => {
    const { changeFailure } = figures(bodies);
    expect(changeFailure.list.map(({ epoch }) => epoch)).toEqual(failures);
    expect(changeFailure).toMatchObject({ of, share: of === 0 ? null : Math.min(1, failures.length / of) });
  });

  test("recovery is from the beginning of what failed to the next good end; a rollback is its own", () => {
    const afterRevert = figures([...promoted, ...revertedOne, ...promoted]);
    expect(afterRevert.recovery).toMatchObject({
      medianSeconds: minutes(minuteOf(4), minuteOf(10)),
      list: [{ epoch: 2 }],
    });
    expect(figures([...promoted, ...wentBack]).recovery.medianSeconds).toBe(minutes(minuteOf(4), minuteOf(6)));
    expect(figures([...promoted, ...revertedOne]).recovery).toEqual({ medianSeconds: null, list: [] });
  });

  test("a rollback that came to nothing is no recovery", () => {
    const interrupted = [rollback, back, anOutcome("reverted", { environment: "unchanged" })];
    const partial = [anOpen(), plan, anOutcome("partial")];
    expect(figures([...partial, ...interrupted]).recovery).toEqual({ medianSeconds: null, list: [] });
    expect(figures([...partial, rollback, aTurn(), putBack]).recovery.list).toMatchObject([{ epoch: 1 }]);
  });

  test("what ended before the window counts where something in it went back from it, and as no deploy", () => {
    const bodies = withPromotions([...promoted, ...wentBack, ...promoted]);
    const late = { from: minuteOf(5), until: span.until };
    const input = { env: "prod", days: 30, span: late, epochs: epochsOf(aLedger(bodies)), releases } as const;
    expect(figuresDocument(input)).toMatchObject({
      deploys: { list: [{ epoch: 3 }] },
      changeFailure: { of: 2, share: 0.5, list: [{ epoch: 2 }] },
    });
  });

  test("the median of an even number lies between the two in the middle", () => {
    const two = figures([...promoted, ...wentBack, ...promoted, anOpen(), anOutcome("refused"), ...wentBack]);
    expect(two.recovery.list.map(({ seconds }) => seconds)).toEqual([120, 120]);
    expect(two.recovery.medianSeconds).toBe(120);
  });
});
