import type { TimelineEpoch } from "../../src/board/documents.ts";
import type { Mark } from "./sign.tsx";
import { Sign } from "./sign.tsx";

export type EpochMarkName = TimelineEpoch["mark"];

export const markWords: Readonly<Record<EpochMarkName, string>> = {
  done: "done",
  failed: "failed",
  rollback: "rolled back",
  lost: "lost",
  open: "open",
  refused: "refused",
  other: "something else",
};

const signs: Readonly<Record<EpochMarkName, Mark>> = {
  done: "done",
  failed: "no",
  rollback: "look",
  lost: "unknown",
  open: "coming",
  refused: "no",
  other: "same",
};

/** How an epoch ended, before words that say so. */
export const EpochSign = ({ mark }: { readonly mark: EpochMarkName }) => <Sign mark={signs[mark]} />;
