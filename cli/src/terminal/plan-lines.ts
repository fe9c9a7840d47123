import type { Decision, Distance, Plan, Sha, WayBack } from "@slipway/pipeline";
import { spellDistance } from "./distance.ts";
import { spellSeconds } from "./durations.ts";
import { printable } from "./escape.ts";
import { describeStep, partOf, partWidth } from "./step-words.ts";
import { arrow, type Style, spellSha, textColumns } from "./style.ts";
import { spellNearTime } from "./times.ts";
import { wrap } from "./wrap.ts";

interface PlanWords {
  readonly plan: Plan;
  readonly decision: Decision;
  readonly name: string;
  readonly from: Sha | null;
  readonly to: Sha | null;
  readonly distance: Distance;
  readonly now: string;
  readonly wayBack: WayBack;
  /** How long a promotion usually takes there; null: not known. */
  readonly usualSeconds?: number | null;
}

/** A plan as people read it: what moves, whether it may, the steps, and how to apply exactly it. */
export function planLines(
  { plan, decision, name, from, to, distance, now, wayBack, usualSeconds = null }: PlanWords,
  style: Style,
): readonly string[] {
  const hash = plan.hash.replace(/^sha256:/, "").slice(0, 12);
  const far = from === null ? null : spellDistance(distance);
  const width = partWidth(plan.steps);
  const steps = plan.steps.map((step, index) => {
    const part = partOf(step);
    const label = part === null ? "" : part.padEnd(width + 2);
    const text = printable(describeStep(step, style, plan.before));
    const already = step.already && step.kind !== "pin-artifacts" ? "  (already so)" : "";
    return `${String(index + 1).padStart(3)} ${step.kind.padEnd(17)}${label}${text}${already}`;
  });
  const head = `Plan ${hash}: ${spellSha(style, from)} ${arrow(style)} ${spellSha(style, to)} in ${name}${far === null ? "" : `, ${far}`}. ${spellDecision(decision, style, now)}`;
  const usually = usualSeconds === null ? "" : ` Usually ${spellSeconds(usualSeconds)}.`;
  const last = `${spellWayBack(wayBack)}${usually}   --expect ${hash} applies exactly this.`;
  const columns = textColumns(style);
  return [...wrap(head, columns, 2), ...steps.flatMap((line) => wrap(line, columns, 21)), ...wrap(last, columns, 2)];
}

const wayBackWords = { yes: "yes", no: "no", unknown: "not known" };

const spellWayBack = ({ status, because }: WayBack): string =>
  `Back at every step: ${wayBackWords[status]}${because === null ? "" : `, ${printable(because)}`}.`;

function spellDecision(decision: Decision, style: Style, now: string): string {
  if (decision.allowed) return "Allowed now.";
  const definite = decision.reasons.filter((reason) => reason.kind === "no");
  const reasons = definite.length > 0 ? definite : decision.reasons;
  const spelled = reasons.map(({ code, clearsAt }) =>
    clearsAt === null ? code : `${code}, clears ${spellNearTime(style, clearsAt, now)}`,
  );
  return `${definite.length > 0 ? "Refused now" : "Could not tell"}: ${spelled.join("; ")}.`;
}
