import { focusedCases } from "./focused/cases.ts";
import type { ModelCase } from "./model-case.ts";
import { promotionBreaks, promotionHolds, promotionHoldsDeep } from "./promotion/cases.ts";

/** Everything that is explored: the protocol first, then what breaks without each of its rules. */
export const cases: readonly ModelCase[] = [
  ...promotionHolds,
  ...focusedCases.filter(({ breaks }) => breaks === null),
  ...promotionHoldsDeep,
  ...promotionBreaks,
  ...focusedCases.filter(({ breaks }) => breaks !== null),
];
