import { type Played, play } from "./play.ts";
import type { Script } from "./script.ts";

/** Cuts a failing script down, one thing at a time, for as long as it fails in the same way; what is left is what it takes. */
export async function shrink(script: Script): Promise<{ readonly script: Script; readonly played: Played }> {
  let best = { script, played: await play(script) };
  const complaint = kindOf(best.played.problems[0]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const candidate of smaller(best.script)) {
      const played = await play(candidate);
      if (kindOf(played.problems[0]) !== complaint) continue;
      best = { script: candidate, played };
      changed = true;
      break;
    }
  }
  return best;
}

const kindOf = (problem: string | undefined): string =>
  (problem ?? "").replace(/[0-9a-f]{7,40}|\d+/g, "N").split("\n")[0] ?? "";

function* smaller(script: Script): Iterable<Script> {
  for (const [at] of script.actors.entries()) yield { ...script, actors: script.actors.toSpliced(at, 1) };
  for (const [at] of script.meddling.entries()) yield { ...script, meddling: script.meddling.toSpliced(at, 1) };
  for (const [at, actor] of script.actors.entries()) {
    for (const [strike] of actor.strikes.entries())
      yield { ...script, actors: script.actors.with(at, { ...actor, strikes: actor.strikes.toSpliced(strike, 1) }) };
    if (actor.patience > 1) yield { ...script, actors: script.actors.with(at, { ...actor, patience: 1 }) };
  }
  for (const [at, release] of script.releases.entries()) {
    if (release.broken) yield { ...script, releases: script.releases.with(at, { ...release, broken: false }) };
    if (release.failing) yield { ...script, releases: script.releases.with(at, { ...release, failing: false }) };
  }
}
