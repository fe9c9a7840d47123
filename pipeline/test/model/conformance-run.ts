import { play } from "../simulation/seeded/play.ts";
import { type Script, writeScript } from "../simulation/seeded/script.ts";
import { type Conformity, judgeTrace } from "./conformance.ts";
import { type Seen, tapSimulation } from "./conformance-tap.ts";
import { writeTrace } from "./conformance-trace.ts";
import { Release } from "./promotion/words.ts";

/** A seed's script as far as the model has words for it: three good releases, promoters, faults, an operator who breaks the lease. */
function writeModelScript(seed: number): Script {
  const script = writeScript(2 * seed);
  const sound = { broken: false, failing: false, migrates: true };
  const rival = seed % 3 === 0 ? 1 : 2;
  return {
    ...script,
    releases: [sound, sound, sound],
    actors: script.actors.map((actor, at) =>
      at === 2 ? { ...actor, command: { action: "promote", release: rival } } : actor,
    ),
    meddling: script.meddling.filter(({ act }) => act === "break-lease"),
  };
}

export interface Followed extends Conformity {
  readonly seed: number;
  readonly runs: number;
  /** What the simulation itself found wrong. */
  readonly problems: readonly string[];
}

/** Plays a seed in the simulation, and follows it through the model. Null: its trace does not begin as the model does. */
export async function followSeed(seed: number): Promise<Followed | null> {
  const script = writeModelScript(seed);
  const seen: Seen[] = [];
  const releases: string[] = [];
  using _tap = tapSimulation((one) => seen.push(one), releases);
  const { problems } = await play(script);
  const releaseOf = (who: string): number => {
    const command = script.actors.find(({ name }) => who.startsWith(`${name}.`))?.command;
    return Release.A + (command?.release ?? 0);
  };
  const trace = writeTrace(seen, releases, (who) => ({ kind: "promote", release: releaseOf(who) }));
  if (trace === null) return null;
  const conformity = judgeTrace(trace, script.pace.landsMilliseconds, 1_000);
  return { seed, runs: trace.who.length, problems, ...conformity };
}
