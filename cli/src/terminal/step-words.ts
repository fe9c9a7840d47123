import type { EnvironmentState, Step, StepReport } from "@slipway/pipeline";
import { arrow, type Mark, type Style } from "./style.ts";

const short = (sha: string): string => sha.slice(0, 7);
const digest = (text: string): string => text.slice(0, 19);
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** Name of the service that a step is about. */
export const partOf = (step: Step): string | null => ("service" in step ? step.service : null);

/** What was changed before is put back; what only prepares or looks keeps its name on the way back. */
export function shownAs(step: Step, back: boolean): { readonly kind: string; readonly part: string | null } {
  const part = step.kind === "switch-web" && back ? "web" : partOf(step);
  const isPutBack = back && (part !== null || step.kind === "switch-web");
  return { kind: isPutBack ? "put back" : step.kind, part };
}

/** What a step is going to do, in one line. */
export function describeStep(step: Step, style: Style, before: EnvironmentState | null = null): string {
  switch (step.kind) {
    case "pin-artifacts":
      return step.already ? "kept already" : `${count(step.images.length, "image")} of ${short(step.sha)} kept`;
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
      return `pointer ${step.from ? short(step.from.sha) : "nothing"} ${arrow(style)} ${step.to ? short(step.to.sha) : "nothing"}`;
    case "invalidate":
      return step.paths.length <= 3
        ? step.paths.join(step.paths.length === 2 ? " and " : ", ")
        : `${step.paths.length} paths`;
    case "verify-live": {
      const services = Object.values(step.state.services).filter((revision) => revision !== null).length;
      return [count(services, "service"), ...(step.state.web ? ["web"] : [])].join(", ");
    }
  }
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

function spellBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 999_500 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Widest service name of the steps, so that their columns stand below each other; 0: there are none. */
export const partWidth = (steps: readonly Step[]): number =>
  Math.max(0, ...steps.map((step) => partOf(step)?.length ?? 0));
