/**
 * npm run test:model -- [--scenario name] [--small] [--deep] [--trace] [--seeds 100]
 * Looks at every state of the protocol's model, and shows for each rule what breaks without it. --scenario takes part of a name, and tells how it
 * breaks; --trace tells it of all; --small is what runs at each commit; --deep adds larger bounds (an hour, 10 GB).
 * After that it follows seeds of the simulation through the model: whatever they do, it has to permit.
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cases } from "./cases.ts";
import type { Explored, Progress } from "./checker/explore.ts";
import { followSeed } from "./conformance-run.ts";
import { judgeCase, type Verdict } from "./judge-case.ts";
import type { ModelCase } from "./model-case.ts";

const { values } = parseArgs({
  options: {
    scenario: { type: "string" },
    small: { type: "boolean", default: false },
    deep: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
    seeds: { type: "string" },
  },
});
const nameColumns = 58;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tellWhoWaits = (line: string): void => void process.stderr.write(`${line}\n`);
const number = (value: number): string => value.toLocaleString("en-US");

interface Judged extends Verdict {
  readonly one: ModelCase;
}

function tryAll(chosen: readonly ModelCase[]): readonly Judged[] {
  return chosen.map((one) => {
    const judged = { one, ...judgeCase(one, (progress) => tellProgress(one, progress)) };
    tell(judged);
    return judged;
  });
}

function tellProgress({ name }: ModelCase, { states, expanded, seconds }: Progress): void {
  const share = Math.round((100 * expanded) / states);
  tellWhoWaits(`  ${name}: ${number(states)} states, ${share} % of them looked at, ${seconds.toFixed(0)} s`);
}

function tell({ one, explored, problem }: Judged): void {
  const { states, transitions, depth, broken } = explored;
  const said = `${one.name.padEnd(nameColumns)} ${one.after.padEnd(16)}`;
  const [first] = broken;
  if (one.breaks === null)
    say(`holds   ${said} ${number(states)} states, ${number(transitions)} steps between them, depth ${depth}`);
  else if (first) say(`breaks  ${said} ${first.invariant}, after ${first.steps} steps, ${number(states)} states`);
  if (problem !== null) say(`!! ${one.name}: ${problem}`);
  const isTold = values.trace || values.scenario !== undefined || (problem !== null && one.breaks === null);
  if (isTold) for (const { invariant, trace } of broken) say([`        ${invariant}`, ...trace].join("\n"));
}

function sumUp(judged: readonly Judged[]): readonly string[] {
  const holds = judged.filter(({ one }) => one.breaks === null);
  const sum = (of: (explored: Explored) => number): number =>
    holds.reduce((total, { explored }) => total + of(explored), 0);
  const rate = Math.round(sum(({ states }) => states) / sum(({ processorSeconds }) => processorSeconds) / 1000);
  if (holds.length > 0)
    say(
      `${holds.length} explorations of the protocol: ${number(sum(({ states }) => states))} states, ${number(sum(({ transitions }) => transitions))} steps, ` +
        `${sum(({ seconds }) => seconds).toFixed(1)} s, ${sum(({ processorSeconds }) => processorSeconds).toFixed(1)} s of processor time, ${rate},000 states a second`,
    );
  const unreached = unreachedOf(holds);
  for (const situation of unreached) say(`!! never reached: ${situation}`);
  const broken = judged.filter(({ one, problem }) => one.breaks !== null && problem === null);
  say(`${broken.length} of ${judged.length - holds.length} rules are missed when they are left out`);
  record("protocol-model", { of: holds, unit: "states of the protocol's model", tries: sum(({ states }) => states) });
  const others = judged.filter(({ one }) => one.breaks !== null);
  record("protocol-rules", { of: others, unit: "rules left out of the model", tries: others.length });
  return unreached;
}

/** Situations that no story led into; asked only where all of them were told. */
function unreachedOf(holds: readonly Judged[]): readonly string[] {
  if (values.small || values.scenario !== undefined) return [];
  const counts = new Map<string, number>();
  for (const { explored } of holds)
    for (const [situation, count] of explored.reached) counts.set(situation, (counts.get(situation) ?? 0) + count);
  for (const [situation, count] of counts) say(`${number(count).padStart(12)}  ${situation}`);
  return [...counts].filter(([, count]) => count === 0).map(([situation]) => situation);
}

/** For the page of guarantees. */
function record(
  promise: string,
  { of, unit, tries }: { readonly of: readonly Judged[]; readonly unit: string; readonly tries: number },
): void {
  if (of.length === 0) return;
  const failures = of.filter(({ problem }) => problem !== null).length;
  const seconds = Math.round(of.reduce((total, { explored }) => total + explored.seconds, 0));
  append({ promise, tries, unit, failures, seconds });
}

function append(line: {
  readonly promise: string;
  readonly tries: number;
  readonly unit: string;
  readonly failures: number;
  readonly seconds: number;
}): void {
  const file = process.env.SLIPWAY_GUARANTEES;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** Seeds of the simulation, each of their steps asked of the model. @returns how many it did not permit. */
async function followSeeds(seeds: number): Promise<number> {
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 1000);
  let [told, tries, refusals, steps] = [started, 0, 0, 0];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const followed = await followSeed(seed);
    if (performance.now() - told > 2_000) {
      told = performance.now();
      tellWhoWaits(`  ${seed} of ${seeds} seeds of the simulation, ${refusals} not permitted, ${seconds()} s`);
    }
    if (followed === null) continue;
    tries += 1;
    steps += followed.followed;
    if (followed.refused === null) continue;
    refusals += 1;
    if (refusals === 1) say([...followed.story, `!! seed ${seed}: the model does not permit the last`].join("\n"));
  }
  if (tries > 0) {
    say(`${tries} seeds of the simulation, ${number(steps)} steps: ${refusals} not permitted, ${seconds()} s`);
    const unit = "seeds of the simulation followed through the model";
    append({ promise: "simulation-conforms", tries, unit, failures: refusals, seconds: seconds() });
  }
  return refusals;
}

const sizes = values.small ? ["small"] : values.deep ? ["small", "usual", "deep"] : ["small", "usual"];
const chosen = cases.filter(({ name, size }) =>
  values.scenario === undefined ? sizes.includes(size) : name.includes(values.scenario),
);
const judged = tryAll(chosen);
const unreached = sumUp(judged);
const seeds = values.seeds ?? (values.small || values.scenario !== undefined ? "0" : "100");
const refusals = await followSeeds(Number(seeds));
const isWrong =
  refusals > 0 || chosen.length === 0 || unreached.length > 0 || judged.some(({ problem }) => problem !== null);
process.exitCode = isWrong ? 1 : 0;
