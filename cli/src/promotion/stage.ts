import type { PromotionEvent, Sha } from "@slipway/pipeline";
import { type Style, spellSha } from "../terminal/style.ts";

/** How far a run has come, as far as stopping it is concerned. */
export type Stage =
  | { readonly kind: "looking" }
  | { readonly kind: "waiting" }
  /** `from`: what ran before, and would be put back; null: nothing. */
  | { readonly kind: "changing"; readonly from: Sha | null }
  /** The last look at everything: whatever is in place by then stays. */
  | { readonly kind: "last-look"; readonly from: Sha | null }
  | { readonly kind: "going-back"; readonly to: Sha | null };

export function stageAfter(event: PromotionEvent, before: Stage): Stage {
  switch (event.type) {
    case "lease:wait":
      return { kind: "waiting" };
    case "run:start":
      return { kind: "changing", from: event.from };
    case "step:start":
      return event.step.kind === "verify-live" && before.kind === "changing"
        ? { ...before, kind: "last-look" }
        : before;
    case "turn":
      return { kind: "going-back", to: event.to };
    default:
      return before;
  }
}

const again = "Ctrl-C again leaves it; the same command resumes.";

const puttingBack = (from: Sha | null, style: Style): string =>
  from === null ? "taking it down again" : `putting ${spellSha(style, from)} back`;

/** What a first Ctrl-C does from here on. */
export function spellStop(stage: Stage, style: Style): string {
  switch (stage.kind) {
    case "looking":
      return `Stopping after this call; what ran before stays or is put back. ${again}`;
    case "waiting":
      return "Stopping to wait; nothing was begun.";
    case "changing":
      return `Stopping after this call, then ${puttingBack(stage.from, style)}. ${again}`;
    case "last-look":
      return `Stopping after this last look: done if all is in place, else ${puttingBack(stage.from, style)}. ${again}`;
    case "going-back":
      return `Not stopping: ${isPutBack(stage.to, style)} already. ${again}`;
  }
}

const open = "the promotion stays open, and the same command goes on.";

/** What asking to stop does where nothing is put back: off a terminal, and on one the second time. */
export function spellLeave(stage: Stage, style: Style, isAgain: boolean): string {
  if (isAgain) return "Leaving in a moment; what is open then, the same command goes on with.";
  switch (stage.kind) {
    case "going-back":
      return `Not stopping: ${isPutBack(stage.to, style)} already. If this dies, the same command goes on.`;
    case "last-look":
      return `Stopping after this last look; if not all is in place, ${open}`;
    default:
      return `Stopping after this call; ${open}`;
  }
}

const isPutBack = (to: Sha | null, style: Style): string =>
  to === null ? "it is taken down" : `${spellSha(style, to)} is put back`;
