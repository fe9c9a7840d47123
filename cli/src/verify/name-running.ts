import {
  type Check,
  countRunning,
  type EnvironmentState,
  type GoodRun,
  type Sha,
  type Standing,
} from "@slipway/pipeline";
import { type Style, spellSha } from "../terminal/style.ts";

/** What was seen of services that run other bytes than they should, with the release that has those bytes. */
export function nameRunning(
  checks: readonly Check[],
  { state }: Pick<GoodRun, "state">,
  standing: Standing,
  style: Style,
): readonly Check[] {
  return checks.map((check) => {
    const expected = state.services[check.name];
    if (check.part !== "service" || !check.runs || !expected) return check;
    const { image, tasks, of } = check.runs;
    const sha = check.runs.sha ?? releaseWith(image, check.name, standing);
    const whose = sha === null ? "of no release that was promoted here" : spellSha(style, sha);
    const seen = `${countRunning(tasks, of)} ${short(image)} (${whose})`;
    return { ...check, message: `${seen}; ${spellSha(style, expected.sha)} has ${short(expected.image)}` };
  });
}

const short = (digest: string): string => digest.slice(0, 19);

/** Newest first: of what is open, then of what ended well. */
export function releaseWith(image: string, service: string, { unfinished, good }: Standing): Sha | null {
  const states: readonly EnvironmentState[] = [
    ...(unfinished ? [unfinished.plan.goal, ...unfinished.left.toReversed()] : []),
    ...good.map(({ state }) => state),
  ];
  const found = states.map(({ services }) => services[service]).find((revision) => revision?.image === image);
  return found?.sha ?? null;
}
