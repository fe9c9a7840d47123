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
  if (next.decision === "allowed") return { mark: "done", words: "yes", earliest: null, until };
  const definite = next.reasons.filter(({ kind }) => kind === "no").map(({ code }) => code);
  const codes = definite.filter((code) => code !== "approval");
  const unknown = next.reasons.filter(({ kind }) => kind === "unknown").map(({ code }) => code);
  const approval = codes.length < definite.length ? ["needs approval"] : [];
  if (earliest !== null) {
    const words = [`${spellWait(earliest, now)} (${codes.join(", ")})`, ...approval].join("; ");
    return { mark: "coming", words, earliest, until };
  }
  const words = [
    ...(codes.length === 0 ? [] : [`no: ${codes.join(", ")}`]),
    ...(unknown.length === 0 ? [] : [`could not tell: ${unknown.join(", ")}`]),
    ...approval,
  ].join("; ");
  const mark = codes.length > 0 ? "no" : unknown.length > 0 ? "unknown" : "look";
  return { mark, words, earliest: null, until: mark === "look" ? until : null };
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
