import {
  type Check,
  countRunning,
  type PromotionReport,
  readStanding,
  readTarget,
  type Standing,
  verifyLive,
} from "@slipway/pipeline";
import type { Session } from "../session.ts";
import type { Block } from "../terminal/message.ts";
import { type Style, spellSha } from "../terminal/style.ts";
import { releaseWith } from "../verify/name-running.ts";

/** What each part of a partial environment is seen to run, and its schema. What cannot be seen is said to be so. */
export async function lookAtParts(session: Session, report: PromotionReport, style: Style): Promise<readonly Block[]> {
  if (report.ending.kind !== "partial") return [];
  try {
    return await look(session, report, style);
  } catch (error) {
    // Nothing that fails here may take the place of the ending.
    return [
      { label: "parts", fact: `could not tell what they run: ${error instanceof Error ? error.message : error}` },
    ];
  }
}

async function look(session: Session, report: PromotionReport, style: Style): Promise<readonly Block[]> {
  const { environment } = report.request;
  const target = await readTarget(session.store, environment);
  const standing = await readStanding(session.store, environment);
  const baseline = standing.unfinished?.baseline.state;
  if (!target || !baseline) return [];
  const ports = await session.connect(target.target);
  const { checks } = await verifyLive({ ports, state: baseline, web: null, shapeOf: () => null, reachable: false });
  const newest = standing.schema.applied.at(-1)?.name;
  return [
    ...checks.map((check) => partBlock(check, standing, style)),
    ...(newest === undefined ? [] : [{ label: "schema", fact: newest }]),
  ];
}

function partBlock({ part, name, status, message, runs }: Check, standing: Standing, style: Style): Block {
  const label = part === "service" ? name : part;
  const state = standing.unfinished?.baseline.state;
  if (status === "unknown") return { label, fact: `could not tell: ${message}` };
  if (part !== "service") {
    const said = message.replace(/\b[0-9a-f]{40}\b/, (sha) => spellSha(style, sha));
    return { label, fact: status === "yes" ? spellSha(style, state?.web?.sha) : said };
  }
  if (status === "yes") return { label, fact: `${spellSha(style, state?.services[name]?.sha)}, ${message}` };
  if (!runs) return { label, fact: message };
  const sha = runs.sha ?? releaseWith(runs.image, name, standing);
  const whose = sha === null ? "of no release that was promoted here" : spellSha(style, sha);
  return { label, fact: `${whose}, ${countRunning(runs.tasks, runs.of)} ${runs.image.slice(0, 19)}` };
}
