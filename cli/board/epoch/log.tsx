import type { EpochDocument, EpochStepDocument } from "../../src/documents/history.ts";
import type { LogDocument } from "../../src/history/step-log.ts";
import { useDocument } from "../data/use-document.ts";
import { ProblemNote } from "../parts/problem.tsx";
import type { StepName } from "../route/route.ts";
import { visibleText } from "../text/visible-text.ts";
import { LogLines, shownLines } from "./log-lines.tsx";

/** What one step wrote. */
export function StepLog({ epoch, step: { n, back } }: { readonly epoch: EpochDocument; readonly step: StepName }) {
  const path = `/api/log/${encodeURIComponent(epoch.env)}/${epoch.epoch}/${n}${back ? "?back=1" : ""}`;
  const { seen, problem } = useDocument<LogDocument>(path, "log", epoch.endedAt ?? "");
  const title = titleOf(epoch.steps.find((one) => one.n === n && one.back === back) ?? null, n);
  return (
    <section class="step-log" aria-label={`Log of ${title}`}>
      <h3>Log of {title}</h3>
      {problem && !seen ? <ProblemNote problem={problem} what="The log" /> : null}
      {!seen && !problem ? <p class="waiting">asking for the log</p> : null}
      {seen ? <Lines lines={seen.document.lines} title={title} /> : null}
    </section>
  );
}

function titleOf(step: EpochStepDocument | null, n: number): string {
  if (!step) return `step ${n}`;
  return visibleText([step.back ? "put back," : null, step.kind, step.name].filter((word) => word !== null).join(" "));
}

function Lines({ lines, title }: { readonly lines: readonly string[]; readonly title: string }) {
  if (lines.length === 0) return <p class="facts">Nothing is kept of what it wrote.</p>;
  return (
    <>
      {lines.length > shownLines ? (
        <p class="facts">
          the last {shownLines} of {lines.length} lines
        </p>
      ) : null}
      <LogLines lines={lines} label={`Lines of ${title}`} />
    </>
  );
}
