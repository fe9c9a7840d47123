import type { PromotionEvent } from "@slipway/pipeline";

/** A fold over events that shows them. `end` leaves the cursor below everything. */
export interface Renderer {
  readonly show: (event: PromotionEvent) => void;
  /** Lines of the command itself, between those of the events. */
  readonly say: (...lines: readonly string[]) => void;
  readonly end: () => void;
}
