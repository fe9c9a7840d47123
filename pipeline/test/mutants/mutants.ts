import type { Mutant } from "./mutant.ts";
import { collectionMutants } from "./planted/collection.ts";
import { leaseMutants } from "./planted/lease.ts";
import { ledgerMutants } from "./planted/ledger.ts";
import { promotionMutants } from "./planted/promotion.ts";
import { storeMutants } from "./planted/store.ts";

/** All of them, by what they break. */
export const mutants: readonly Mutant[] = [
  ...leaseMutants,
  ...ledgerMutants,
  ...promotionMutants,
  ...collectionMutants,
  ...storeMutants,
];
