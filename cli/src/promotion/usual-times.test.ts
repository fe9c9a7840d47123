import type { ServiceName, Step } from "@slipway/pipeline";
import { describe, expect, test } from "vitest";
import { aLedger, anOpen, anOutcome, aPlanBody, aStep } from "../../../pipeline/test/record-builders.ts";
import { epochsOf } from "../history/epochs.ts";
import { usualTimesOf } from "./usual-times.ts";

const roll = (service: string) => ({ kind: "roll-service", service: service as ServiceName }) as Step;
const report = aStep().report;
/** A promotion whose api took so long; each record is a minute after the one before. */
const promotion = (seconds: number, fields: Parameters<typeof aStep>[0] = {}) => [
  anOpen(),
  aPlanBody(),
  aStep({ milliseconds: seconds * 1000, ...fields }),
  anOutcome("done"),
];
const usual = (...promotions: ReturnType<typeof promotion>[]) => usualTimesOf(epochsOf(aLedger(promotions.flat())));

describe("how long it usually takes", () => {
  test("is not said of fewer than three", () => {
    const { stepSeconds, promotionSeconds } = usual(promotion(5), promotion(6));
    expect({ step: stepSeconds(roll("api")), promotionSeconds }).toEqual({ step: null, promotionSeconds: null });
  });

  test("is the median, so one that hung does not count for much", () => {
    const { stepSeconds, promotionSeconds } = usual(promotion(5), promotion(600), promotion(6), promotion(8));
    expect(stepSeconds(roll("api"))).toBe(7);
    expect(stepSeconds(roll("worker"))).toBeNull();
    expect(promotionSeconds).toBe(180);
  });

  test("is of the last ten", () => {
    const old = Array.from({ length: 10 }, () => promotion(100));
    const young = Array.from({ length: 10 }, () => promotion(7));
    expect(usual(...old, ...young).stepSeconds(roll("api"))).toBe(7);
  });

  test("counts no step that failed, or found nothing to do", () => {
    const failed = promotion(300, { report: { ...report, status: "failed" } });
    const idle = promotion(0.1, { report: { ...report, changed: false } });
    const { stepSeconds } = usual(promotion(5), failed, promotion(5), idle, promotion(5));
    expect(stepSeconds(roll("api"))).toBe(5);
  });
});
