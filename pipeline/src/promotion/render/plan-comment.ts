import type { Instant, Sha } from "../../identifiers.ts";
import type { PromotionRequest } from "../../ledger/records.ts";
import type { Decision } from "../../policy/policy.ts";
import { count } from "../../policy/spell.ts";
import type { Facts } from "../facts.ts";
import { judgeWayBack, type WayBack } from "../judge-way-back.ts";
import type { Plan, Step } from "../plan.ts";
import { foundRelease } from "../plan-promotion.ts";
import { code, marker, prose } from "./markdown.ts";
import { type Block, folded, linesOf, pageOf, paragraph } from "./page.ts";
import { evidenceLines, ruleTable, verdictLine } from "./rule-table.ts";
import { between, inLines, restIn, spellDigest, spellSeconds, spellSha, spellUtc } from "./words.ts";

/** One look at a request, as `consider` gives it, and what its caller knows how to say. */
export interface PlanComment {
  readonly app: string;
  readonly request: Pick<PromotionRequest, "environment" | "action">;
  /** As people know the environment: `prod`, `prod (local)`. */
  readonly name: string;
  readonly facts: Facts;
  /** Null: too little could be read to plan. */
  readonly plan: Plan | null;
  readonly decision: Decision;
  readonly from: Sha | null;
  readonly to: Sha | null;
  /** `2 commits`; null: not known. */
  readonly distance: string | null;
  /** Whose approval does not count; null: somebody only looks. */
  readonly askedBy: string | null;
  /** How long a promotion takes here usually, in seconds; null: not known. */
  readonly usualSeconds: number | null;
  /** Applies exactly this plan; null: nothing does. */
  readonly command: string | null;
  /** Time for which the decision holds. */
  readonly at: Instant;
  readonly runUrl: string | null;
}

/** A plan as a comment of GitHub, at most 60 kB: whether it may, every rule, what would be done (experience.md §5). Never throws. */
export function renderPlanComment(input: PlanComment): string {
  const { app, request, plan, decision, command, runUrl } = input;
  const { environment } = request;
  const evidence = evidenceLines(decision);
  const details = detailsOf(input);
  const blocks: readonly Block[] = [
    linesOf(marker("plan", app, environment), heading(input)),
    linesOf(verdictLine(decision), ...ruleTable(decision, input.askedBy), ""),
    ...(plan ? [linesOf(stepsLine(plan, input))] : []),
    ...(details ? [details] : []),
    ...(evidence.length === 0 ? [] : [folded("Evidence", linesOf(...evidence))]),
  ];
  const observed = `observed ${spellUtc(input.at)}`;
  const last = command === null ? observed : `${code(command)}${between}${observed}`;
  return pageOf(blocks, [last], restIn(runUrl, `promote explain ${asked(input)}`));
}

const asked = ({ request: { environment, action }, to }: PlanComment): string =>
  action === "promote" && to !== null ? `--sha ${to} --env ${environment}` : `--env ${environment} --rollback`;

function heading({ name, from, to, distance, plan }: PlanComment): string {
  const facts = [
    `${prose(name)}: ${spellSha(from)} → ${spellSha(to)}`,
    ...(distance === null || from === null ? [] : [prose(distance)]),
    plan ? `plan ${spellDigest(plan.hash)}` : "no plan",
  ];
  return `### ${facts.join(between)}`;
}

type Of<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;
const toDo = <Kind extends Step["kind"]>(plan: Plan, kind: Kind): readonly Of<Kind>[] =>
  plan.steps.filter((step): step is Of<Kind> => step.kind === kind && !step.already);
const pendingOf = (plan: Plan): readonly string[] => toDo(plan, "run-migrations").flatMap(({ pending }) => pending);

function stepsLine(plan: Plan, { facts, usualSeconds }: PlanComment): string {
  const counted = [
    { number: pendingOf(plan).length, noun: "migration" },
    { number: toDo(plan, "roll-service").length, noun: "service" },
    { number: toDo(plan, "retire-service").length, noun: "retired service" },
    { number: webFilesOf(plan, facts), noun: "web file" },
  ].flatMap(({ number, noun }) => (number === 0 ? [] : [count(number, noun)]));
  if (counted.length === 0) return "**Steps** nothing to move";
  const usual = usualSeconds === null ? [] : [`usually ${spellSeconds(usualSeconds)}`];
  return `**Steps** ${[...counted, ...usual, backWords(judgeWayBack(facts, plan))].join(between)}`;
}

const wayBackWords = { yes: "yes", no: "**no**", unknown: "not known" };

const backWords = ({ status, because }: WayBack): string =>
  `back at every step: ${wayBackWords[status]}${because === null ? "" : `, ${prose(because)}`}`;

/** New assets, and the entries that a switch puts in place. */
function webFilesOf(plan: Plan, facts: Facts): number {
  const assets = toDo(plan, "publish-web").reduce((sum, { files }) => sum + files, 0);
  const switches = toDo(plan, "switch-web").some(({ to }) => to !== null);
  return assets + (switches ? (foundRelease(facts.release)?.release.manifest.web?.entries ?? 0) : 0);
}

function detailsOf({ plan, facts }: PlanComment): Block | null {
  const pending = plan ? pendingOf(plan) : [];
  const images = plan ? imageLines(plan) : [];
  const commits = commitItems(facts);
  const lines = [
    ...inLines(
      pending.map((name) => code(name, 200)),
      4,
    ),
    ...inLines([...images, ...commits]),
  ];
  if (lines.length === 0) return null;
  const titles = [
    ...(pending.length === 0 ? [] : [pending.length === 1 ? "migration" : "migrations"]),
    ...(images.length === 0 ? [] : ["images"]),
    ...(commits.length === 0 ? [] : ["commits"]),
  ].join(", ");
  return folded(`${titles.slice(0, 1).toUpperCase()}${titles.slice(1)}`, paragraph(...lines));
}

const imageLines = (plan: Plan): readonly string[] =>
  toDo(plan, "roll-service").map(({ service, to }) => {
    const before = plan.before.services[service]?.image;
    const image = spellDigest(to.image);
    if (before === to.image) return `${prose(service)} ${image}`;
    return `${prose(service)} ${before ? spellDigest(before) : "nothing"} → ${image}`;
  });

function commitItems({ relation }: Facts): readonly string[] {
  if (relation?.status !== "known") return [];
  const { commits, lost } = relation.value;
  const spell = ({ sha, subject }: { readonly sha: string; readonly subject: string }): string =>
    `${spellSha(sha)} ${prose(subject, 60)}`;
  return [...(commits ?? []).map(spell), ...(lost ?? []).map((commit) => `without ${spell(commit)}`)];
}
