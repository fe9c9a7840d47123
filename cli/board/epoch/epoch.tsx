import type { HistoryDocument } from "../../src/documents/history.ts";
import type { Asked } from "../data/use-document.ts";
import { ProblemNote } from "../parts/problem.tsx";
import type { StepName } from "../route/route.ts";
import { Facts } from "./facts.tsx";
import { FailureNote } from "./failure.tsx";
import { StepLog } from "./log.tsx";
import { Steps } from "./steps.tsx";

interface EpochProps {
  readonly asked: Asked<HistoryDocument>;
  /** The step whose log is open. */
  readonly log: StepName | null;
}

/** The record of one run of an environment: who, what, why, each step, how it ended. */
export function Epoch({ asked, log }: EpochProps) {
  const { seen, problem } = asked;
  if (problem && !seen) return <ProblemNote problem={problem} what="The record" />;
  if (!seen) return <p class="waiting">asking for its record</p>;
  const [epoch] = seen.document.epochs;
  if (!epoch) return <p>There is no record of it.</p>;
  return (
    <>
      {problem ? <ProblemNote problem={problem} what="What is newer" /> : null}
      <Facts epoch={epoch} />
      {epoch.failure ? <FailureNote failure={epoch.failure} /> : null}
      <Steps epoch={epoch} log={log} />
      {log === null ? null : <StepLog epoch={epoch} step={log} />}
    </>
  );
}
