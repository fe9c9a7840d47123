import type { ComponentChildren } from "preact";
import { useAtTime } from "../time/now.ts";
import { OldContext, useOld } from "./old.ts";
import { isStale } from "./seen.ts";
import type { Asked } from "./use-document.ts";

/** What stands in it is said of now: it is old where the last question had no answer, or the last answer came more than 15 s ago. */
export function Present({ asked, children }: { readonly asked: Asked<unknown>; readonly children: ComponentChildren }) {
  const isBoardOld = useOld();
  const isOld = useAtTime(
    (now) => isBoardOld || (asked.seen !== null && (asked.problem !== null || isStale(asked, now))),
  );
  return (
    <OldContext.Provider value={isOld}>
      <div class="present" data-old={isOld}>
        {children}
      </div>
    </OldContext.Provider>
  );
}
