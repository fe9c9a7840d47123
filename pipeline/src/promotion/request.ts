import type { PromotionRequest, Standing, Unfinished } from "../ledger/records.ts";

/**
 * How a request meets the promotion that is still open (protocol §6). `finish`: it is the same promotion, to be finished;
 * `turn`: it is to be put back; `new`: there is none, or this request takes its place (rules say whether it may).
 */
export type Continuation =
  | { readonly kind: "new"; readonly unfinished: Unfinished | null }
  | { readonly kind: "finish"; readonly unfinished: Unfinished }
  | { readonly kind: "turn"; readonly unfinished: Unfinished };

export function continuationOf(standing: Standing, request: PromotionRequest): Continuation {
  const unfinished = standing.unfinished;
  if (!unfinished) return { kind: "new", unfinished: null };
  if (isSamePromotion(unfinished, request)) {
    return unfinished.turned ? { kind: "turn", unfinished } : { kind: "finish", unfinished };
  }
  if (request.action === "rollback" && leadsToBaseline(unfinished, request)) return { kind: "turn", unfinished };
  return { kind: "new", unfinished };
}

function isSamePromotion(unfinished: Unfinished, request: PromotionRequest): boolean {
  const { plan } = unfinished;
  if (plan.action !== request.action || plan.only !== request.only) return false;
  if (request.sha === null) return request.action === "rollback";
  return (plan.only === "web" ? plan.webRelease : plan.release)?.sha === request.sha;
}

/**
 * A rollback of an open promotion: without a name, or to the release that the promotion started from. A partial one is
 * closed, and left by a rollback of its own, unless there is nothing to go back to but nothing.
 */
function leadsToBaseline({ partial, baseline }: Unfinished, request: PromotionRequest): boolean {
  const start = baseline.release?.sha ?? null;
  if (request.sha === null) return partial === null || (start === null && request.only === null);
  return request.only === null && start === request.sha;
}
