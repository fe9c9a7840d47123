import type { FigureEpoch, FiguresDocument } from "../../src/board/documents.ts";
import { spellAge } from "../../src/terminal/durations.ts";
import type { FigureName } from "../route/route.ts";

/** One figure of a ladder, with the list that it was counted from. */
export interface Figure {
  readonly value: string;
  readonly list: readonly FigureEpoch[];
  /** What the seconds of its lines are. */
  readonly column: string | null;
}

export const figureTitles: Readonly<Record<FigureName, string>> = {
  deploys: "Deploys a week",
  "lead-time": "Lead time",
  "change-failure": "Change failure",
  recovery: "Recovery",
};
export const figureOrder: readonly FigureName[] = ["deploys", "lead-time", "change-failure", "recovery"];

/** How each is counted, in the words of the specification. */
export const figureMeanings: Readonly<Record<FigureName, string>> = {
  deploys: "promotions that ended well",
  "lead-time": "from the commit to the end of the promotion that brought it; median",
  "change-failure": "rollbacks, reverts and partial ends among all changes",
  recovery: "from a failure to the next done; median",
};

const none = "none yet";
const median = (seconds: number | null): string => (seconds === null ? none : spellAge(seconds));

export function figureOf(document: FiguresDocument, name: FigureName): Figure {
  switch (name) {
    case "deploys":
      return { value: document.deploys.perWeek.toFixed(1), list: document.deploys.list, column: null };
    case "lead-time":
      return { value: median(document.leadTime.medianSeconds), list: document.leadTime.list, column: "lead time" };
    case "change-failure": {
      const { share, of, list } = document.changeFailure;
      const value = share === null ? none : `${Math.round(share * 100)} % (${list.length} of ${of})`;
      return { value, list, column: null };
    }
    case "recovery":
      return { value: median(document.recovery.medianSeconds), list: document.recovery.list, column: "recovery" };
  }
}
