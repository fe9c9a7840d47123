import type { Model } from "./checker/model.ts";

/** One exploration, and what has to come of it. */
export interface ModelCase {
  readonly name: string;
  /** The rule that is left out, of protocol.md; or "the protocol". */
  readonly after: string;
  readonly model: () => Model;
  /** The invariant that has to break first; null: nothing may. */
  readonly breaks: string | null;
  /** Asks whether a good end stays within reach from every state. */
  readonly asksTraps?: boolean;
  /** small: at each commit; usual: in `npm run test:model`; deep: on demand. */
  readonly size: "small" | "usual" | "deep";
}
