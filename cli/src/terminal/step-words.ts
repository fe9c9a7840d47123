import { count, type EnvironmentState, inWords, type Step, type StepReport, spellImages } from "@slipway/pipeline";
import { arrow, type Mark, type Style } from "./style.ts";

const short = (sha: string): string => sha.slice(0, 7);
const digest = (text: string): string => text.slice(0, 19);

/** Name of the service that a step is about. */
export const partOf = (step: Step): string | null => ("service" in step ? step.service : null);

/** What was changed before is put back; what only prepares or looks keeps its name on the way back. */
export const shownAs = (step: Step, back: boolean): ShownStep => shownByName(step.kind, partOf(step), back);

interface ShownStep {
  readonly kind: string;
  readonly part: string | null;
}

/** The same of a step that is on record; `service`: the one that it is about. */
export function shownByName(kind: Step["kind"], service: string | null, back: boolean): ShownStep {
  const part = kind === "switch-web" && back ? "web" : service;
  return { kind: back && part !== null ? "put back" : kind, part };
}

/** What a step is going to do, in one line. */
export function describeStep(step: Step, style: Style, before: EnvironmentState | null = null): string {
  switch (step.kind) {
    case "pin-artifacts":
      return step.already ? "kept already" : `${keptImages(step)} of ${short(step.sha)} kept`;
    case "prepare-services":
      return count(step.services.length, "definition");
    case "publish-web":
      return step.files === 0 ? "no new assets" : `${count(step.files, "asset")}, ${spellBytes(step.bytes)}`;
    case "run-migrations":
      return step.pending.length === 0 ? "none pending" : step.pending.join(", ");
    case "roll-service": {
      const from = before?.services[step.service]?.image;
      const to = digest(step.to.image);
      if (from === step.to.image) return `${to}, as ${short(step.to.sha)}`;
      return from ? `${digest(from)} ${arrow(style)} ${to}` : to;
    }
    case "retire-service":
      return "stopped, no task left";
    case "switch-web":
      return `pointer ${spellWeb(step.from)} ${arrow(style)} ${spellWeb(step.to)}${step.told === undefined ? "" : `, ${count(step.told.entries, "entry", "entries")}`}`;
    case "invalidate":
      return step.paths.length <= 3
        ? step.paths.join(step.paths.length === 2 ? " and " : ", ")
        : `${step.paths.length} paths`;
    case "verify-live":
      return spellLooks(step).join(", ");
  }
}

const spellWeb = (web: EnvironmentState["web"]): string => (web ? short(web.sha) : "nothing");

/** What is going to be looked at; without an address to ask there is less of it. */
function spellLooks({ state, told }: Extract<Step, { kind: "verify-live" }>): readonly string[] {
  const runs = Object.values(state.services).some((revision) => revision !== null);
  const looks = [
    ...(runs ? ["digest of every task"] : []),
    ...(told?.entries ? [`hash of ${count(told.entries, "entry", "entries")}`] : []),
    ...(state.web && !told?.entries ? ["web pointer"] : []),
    ...(told && told.smokeChecks > 0 ? [count(told.smokeChecks, "smoke check")] : []),
  ];
  return looks.length === 0 ? ["that nothing is left"] : looks;
}

/** Sign of a finished step. Verification never changes anything and is done all the same. */
export function markOf(step: Step, report: StepReport): Mark {
  if (report.status === "failed") return "no";
  if (report.status === "unknown") return "look";
  return report.changed || step.kind === "verify-live" ? "done" : "same";
}

/**
 * What stands on the line of a finished step. The cause of a failure has lines of its own, so that line says what was seen instead: `progress`, the
 * last look. `hasCause`: it still has to be told.
 */
export function headlineOf(
  step: Step,
  { summary, failure }: StepReport,
  progress: string | null,
): { readonly text: string; readonly hasCause: boolean } {
  if (!failure || summary !== failure.cause) return { text: summary, hasCause: true };
  if (step.kind === "run-migrations" && failure.name !== null)
    return { text: `${failure.name} failed`, hasCause: true };
  if (step.kind === "roll-service" && progress !== null) return { text: progress, hasCause: progress !== summary };
  return { text: summary, hasCause: false };
}

function keptImages({ images, told }: Extract<Step, { kind: "pin-artifacts" }>): string {
  const hasRunner = told?.hasRunner ?? false;
  return inWords(spellImages(images.length - (hasRunner ? 1 : 0), hasRunner));
}

function spellBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 999_500 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Widest service name of the steps, so that their columns stand below each other; 0: there are none. */
export const partWidth = (steps: readonly Step[]): number =>
  Math.max(0, ...steps.map((step) => partOf(step)?.length ?? 0));
