import type { EnvironmentDocument } from "../../src/documents/status.ts";
import type { Mark } from "../parts/sign.tsx";
import { visibleText } from "../text/visible-text.ts";
import { spellWait } from "../time/times.ts";

/** May the release below enter now; `until` is when the next freeze begins. */
export interface Verdict {
  readonly mark: Mark;
  readonly words: string;
  readonly earliest: string | null;
  readonly until: string | null;
}

/** Null: nothing could enter. `now` in milliseconds by the board's clock. */
export function verdictOf(environment: EnvironmentDocument, now: number): Verdict | null {
  const { next, lease } = environment;
  if (!next) return null;
  const { earliest, until } = next;
  if (lease?.state === "held")
    return { mark: "coming", words: `once ${visibleText(lease.by)} is done`, earliest: null, until: null };
  const codes = next.reasons.map(({ code }) => code).filter((code) => code !== "approval");
  const needsApproval = codes.length < next.reasons.length;
  if (next.decision === "allowed") return { mark: "done", words: "yes", earliest: null, until };
  if (next.decision === "unknown")
    return {
      mark: "unknown",
      words: `could not tell: ${next.reasons.map(({ code }) => code).join(", ")}`,
      earliest: null,
      until: null,
    };
  const also = needsApproval ? "; needs approval" : "";
  if (codes.length === 0) return { mark: "look", words: "needs approval", earliest: null, until };
  if (earliest !== null)
    return { mark: "coming", words: `${spellWait(earliest, now)} (${codes.join(", ")})${also}`, earliest, until };
  return { mark: "no", words: `no: ${codes.join(", ")}${also}`, earliest: null, until: null };
}

/** How it stands, in words; the same as `promote status` says. */
export function standingOf(environment: EnvironmentDocument): { readonly mark: Mark; readonly words: string } {
  const because = environment.because === null ? "" : `: ${environment.because}`;
  switch (environment.state) {
    case "as-recorded":
      return { mark: "done", words: "as recorded" };
    case "empty":
      return { mark: "coming", words: "empty" };
    case "drift":
      return {
        mark: "look",
        words: `drift: ${environment.drift.map(({ name, found }) => `${name} ${found}`).join(", ")}`,
      };
    case "partial":
      return { mark: "look", words: `PARTIAL${because}` };
    case "in-progress":
      return { mark: "look", words: `in progress${because}` };
    case "unknown":
      return { mark: "unknown", words: `could not tell${because}` };
  }
}

/** What was seen too long ago to be so now: no verdict keeps its sign. */
export const asOld = ({ words }: { readonly words: string }): { readonly mark: Mark; readonly words: string } => ({
  mark: "unknown",
  words: `was: ${words}`,
});

export const commitWords = (commits: number | null): string => {
  if (commits === null) return "commits unknown";
  return commits === 1 ? "1 commit" : `${commits} commits`;
};
