import type { PromotionEvent } from "../../../src/events.ts";
import type { LedgerRecord } from "../../../src/ledger/records.ts";
import type { Ending } from "../../../src/promotion/report.ts";
import type { StrikeKind } from "../faults.ts";

/** What happened in a world, in the order in which it happened; everything that is said of a seed is read from it. */
export type Chapter = { readonly at: number; readonly who: string } & (
  | { readonly type: "start"; readonly command: string }
  | { readonly type: "strike"; readonly kind: StrikeKind | "freeze"; readonly call: string }
  | { readonly type: "event"; readonly event: PromotionEvent }
  | { readonly type: "record"; readonly record: LedgerRecord }
  | {
      readonly type: "end";
      readonly ending: Ending | "killed";
      readonly exit: number | null;
      readonly reasons: readonly string[];
    }
  | { readonly type: "meddling"; readonly act: string; readonly answer: string }
);

export function tell(story: readonly Chapter[]): readonly string[] {
  return story.map(
    (chapter) => `${(chapter.at / 1000).toFixed(3).padStart(9)} ${chapter.who.padEnd(8)} ${say(chapter)}`,
  );
}

function say(chapter: Chapter): string {
  switch (chapter.type) {
    case "start":
      return `runs ${chapter.command}`;
    case "strike":
      return `!! ${chapter.kind} at ${chapter.call}`;
    case "event":
      return `· ${sayEvent(chapter.event)}`;
    case "record":
      return `record ${chapter.record.seq}, epoch ${chapter.record.epoch}: ${sayRecord(chapter.record)}`;
    case "end":
      return chapter.ending === "killed"
        ? "is dead"
        : `ends: ${JSON.stringify(chapter.ending).slice(0, 200)}, exit ${chapter.exit}`;
    case "meddling":
      return `${chapter.act}: ${chapter.answer}`;
  }
}

function sayEvent(event: PromotionEvent): string {
  if (event.type === "step:start") return `${event.step.kind} begins${event.back ? " (back)" : ""}`;
  if (event.type === "step:end")
    return `${event.step.kind} ${event.report.status}: ${event.report.summary.slice(0, 120)}`;
  if (event.type === "turn") return `turns back: ${event.because}`;
  if (event.type === "lease:takeover") return `takes the lease of ${event.holder}, silent for ${event.silentSeconds} s`;
  return event.type;
}

function sayRecord({ body }: LedgerRecord): string {
  if (body.kind === "outcome") return `outcome ${body.result}`;
  if (body.kind === "open") return `open${body.resumes === null ? "" : `, resumes ${body.resumes}`}`;
  if (body.kind === "step") return `step ${body.n} ${body.step}${body.back ? " back" : ""} ${body.report.status}`;
  return body.kind;
}
