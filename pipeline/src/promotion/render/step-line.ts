import type { PromotionReport, StepOutcome } from "../report.ts";
import { prose } from "./markdown.ts";
import { between, partOf, spellStepSeconds, stepName } from "./words.ts";

/**
 * What each step came to, in order: its time, or what it found where it changed nothing; a step that was put back says so beside it, and those that
 * were not begun are counted.
 */
export function stepLine({ steps, plan, ending }: PromotionReport): string {
  const forward = steps.filter(({ back }) => !back);
  const back = steps.filter((outcome) => outcome.back);
  const putBackOf = ({ step }: StepOutcome): StepOutcome | undefined =>
    back.find((other) => putsBack(other) && stepName(other.step) === stepName(step));
  const paired = new Set(forward.map(putBackOf));
  // A way back looks at everything; what it found as it should be is worth a word only where nothing else was done.
  const isShown = ({ report }: StepOutcome): boolean => report.changed || forward.length === 0;
  const apart = back.filter(
    (outcome) => !paired.has(outcome) && (outcome.report.status !== "done" || (putsBack(outcome) && isShown(outcome))),
  );
  const begun = forward.length;
  const left = ending.kind === "done" || begun === 0 ? 0 : (plan?.steps.length ?? begun) - begun;
  return [
    ...forward.map((outcome) => spellStep(outcome, putBackOf(outcome))),
    ...apart.map(spellBack),
    ...(left > 0 ? [`${left} not started`] : []),
  ].join(between);
}

/** Services and pages are put back; the other steps of a way back prepare it or look. */
const putsBack = ({ step }: StepOutcome): boolean =>
  step.kind === "roll-service" || step.kind === "retire-service" || step.kind === "switch-web";

function spellStep(outcome: StepOutcome, putBack: StepOutcome | undefined): string {
  const { step, report } = outcome;
  const name = prose(stepName(step));
  const isSame = report.status === "done" && !report.changed && step.kind !== "verify-live";
  const said = isSame ? `${name} ${prose(report.summary, 80)}` : `${name} ${endWords(outcome)}`;
  const text = putBack ? `${said}, ${backWords(putBack)}` : said;
  return report.status === "done" && (putBack?.report.status ?? "done") === "done" ? text : `**${text}**`;
}

function spellBack(outcome: StepOutcome): string {
  const { step, report } = outcome;
  const name = prose(partOf(step) ?? (step.kind === "switch-web" ? "web" : step.kind));
  const text = `${name} ${backWords(outcome)}`;
  return report.status === "done" ? text : `**${text}**`;
}

const backWords = ({ report, seconds }: StepOutcome): string => {
  if (report.status !== "done") return `not put back ${spellStepSeconds(seconds)}`;
  return report.changed ? `put back ${spellStepSeconds(seconds)}` : "back already";
};

function endWords({ report, seconds }: StepOutcome): string {
  const took = spellStepSeconds(seconds);
  if (report.status === "failed") return `failed ${took}`;
  return report.status === "unknown" ? `could not tell ${took}` : took;
}
