import type { EpochDocument, EpochStepDocument } from "../../src/documents/history.ts";
import { spellStepSeconds } from "../../src/terminal/durations.ts";
import { Scroll } from "../parts/scroll.tsx";
import { type Mark, Sign } from "../parts/sign.tsx";
import type { StepName } from "../route/route.ts";
import { useWay } from "../route/use-route.ts";
import { Text } from "../text/text.tsx";

const marks: Readonly<Record<EpochStepDocument["outcome"], Mark>> = {
  done: "done",
  same: "same",
  failed: "no",
  unknown: "unknown",
};
const words: Readonly<Record<EpochStepDocument["outcome"], string>> = {
  done: "done",
  same: "already so",
  failed: "failed",
  unknown: "could not tell",
};

/** Each step that was recorded, in order. */
export function Steps({ epoch, log }: { readonly epoch: EpochDocument; readonly log: StepName | null }) {
  if (epoch.steps.length === 0) return <p class="facts">No step is recorded.</p>;
  return (
    <Scroll kind="wide" label="Steps">
      <table class="steps">
        <caption class="unseen">Steps of epoch {epoch.epoch}</caption>
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">what was seen</th>
            <th scope="col" class="number">
              took
            </th>
            <th scope="col">log</th>
          </tr>
        </thead>
        <tbody>
          {epoch.steps.map((step) => (
            <Row
              key={`${step.back} ${step.n}`}
              step={step}
              epoch={epoch}
              isOpen={log !== null && step.n === log.n && step.back === log.back}
            />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface RowProps {
  readonly step: EpochStepDocument;
  readonly epoch: EpochDocument;
  readonly isOpen: boolean;
}

function Row({ step, epoch, isOpen }: RowProps) {
  const { to } = useWay();
  const { n, kind, name, back, outcome, summary, seconds } = step;
  const at = { kind: "epoch", env: epoch.env, epoch: epoch.epoch } as const;
  return (
    <tr>
      <th scope="row">
        <Sign mark={marks[outcome]} label={`${words[outcome]}: `} /> {back ? "put back, " : ""}
        {kind} {name === null ? null : <Text value={name} />}
      </th>
      <td>
        <Text value={summary} />
      </td>
      <td class="number">{spellStepSeconds(seconds)}</td>
      <td>
        {step.log === null && outcome !== "failed" ? null : (
          <a href={to({ ...at, log: isOpen ? null : { n, back } })} aria-expanded={isOpen}>
            {isOpen ? "hide" : "log"}
            <span class="unseen"> of step {n}</span>
          </a>
        )}
      </td>
    </tr>
  );
}
