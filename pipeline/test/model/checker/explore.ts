import { GrowingArray } from "./growing-array.ts";
import type { Model } from "./model.ts";
import { StateStore } from "./state-store.ts";
import { traceTo } from "./trace.ts";
import { Transitions } from "./transitions.ts";

export interface Limits {
  /** Stops at the first thing that is wrong; otherwise everything is looked at, and all of it reported. */
  readonly stopAtFirst?: boolean;
  /** Asks too whether a good end stays reachable from every state. Costs a third more. */
  readonly traps?: boolean;
  readonly mostStates?: number;
  /** Told about every two seconds. */
  readonly onProgress?: (progress: Progress) => void;
}
export interface Progress {
  readonly states: number;
  readonly expanded: number;
  readonly seconds: number;
}
interface Broken {
  readonly invariant: string;
  /** In how many states. */
  readonly times: number;
  /** The shortest way there, as lines for people. */
  readonly trace: readonly string[];
  readonly steps: number;
}
export interface Explored {
  readonly states: number;
  readonly transitions: number;
  readonly ends: number;
  readonly depth: number;
  /** Everything that can be reached was looked at. */
  readonly complete: boolean;
  readonly seconds: number;
  /** Of all threads, so that a busy machine does not count. */
  readonly processorSeconds: number;
  readonly bytesPerState: number;
  readonly broken: readonly Broken[];
  readonly reached: ReadonlyMap<string, number>;
}

export const trap = "no trap: from here no command reaches a settled record";
const progressEvery = 1 << 14;
const progressMilliseconds = 2_000;

/** Looks at every state that can be reached, nearest first, so that what is found is found by a shortest way. */
export function explore(model: Model, limits: Limits = {}): Explored {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const processorBefore = process.cpuUsage();
  const { stopAtFirst = false, mostStates = Number.POSITIVE_INFINITY } = limits;
  const store = new StateStore(model.layout);
  const [parents, actions] = [new GrowingArray(), new GrowingArray()];
  const transitions = limits.traps ? new Transitions() : null;
  const goodEnds: number[] = [];
  const failing = new Set<number>();
  const broken = new Map<string, { first: number; times: number }>();
  const reached = (model.situations ?? []).map(() => 0);
  let [from, count, ends] = [-1, 0, 0];

  const blame = (invariant: string, state: number): void => {
    const before = broken.get(invariant);
    if (before) before.times += 1;
    else broken.set(invariant, { first: state, times: 1 });
  };
  const found = (action: number): void => {
    const known = store.count;
    const state = store.add(model.next);
    if (from >= 0) {
      count += 1;
      transitions?.add(state);
    }
    if (state < known) return;
    parents.set(state, from);
    actions.set(state, action);
    const wrong = model.violation();
    if (wrong !== null) {
      blame(wrong, state);
      failing.add(state);
    }
    let bits = model.reached?.() ?? 0;
    for (let at = 0; bits !== 0; at += 1, bits >>>= 1) if (bits & 1) reached[at] = (reached[at] as number) + 1;
  };

  model.begin(found);
  let told = started;
  let stopped = false;
  for (from = 0; from < store.count; from += 1) {
    stopped = (stopAtFirst && broken.size > 0) || store.count > mostStates;
    if (stopped) break;
    if (from % progressEvery === 0 && performance.now() - told > progressMilliseconds) {
      told = performance.now();
      limits.onProgress?.({ states: store.count, expanded: from, seconds: seconds() });
    }
    transitions?.startOf(from);
    if (failing.has(from)) continue;
    const before = count;
    store.load(from, model.now);
    model.expand(found);
    if (count > before) continue;
    ends += 1;
    const wrong = model.badEnd();
    if (wrong === null) goodEnds.push(from);
    else blame(wrong, from);
  }
  const complete = !stopped;
  if (complete && transitions) {
    for (const state of transitions.trapped(store.count, goodEnds)) if (!failing.has(state)) blame(trap, state);
  }
  const way = { model, store, parents, actions };
  return {
    states: store.count,
    transitions: count,
    ends,
    depth: store.count === 0 ? 0 : depthOf(store.count - 1, parents),
    complete,
    seconds: seconds(),
    processorSeconds: processorSecondsSince(processorBefore),
    bytesPerState: store.bytesPerState,
    broken: [...broken].map(([invariant, { first, times }]) => ({
      invariant,
      times,
      trace: traceTo(first, way),
      steps: depthOf(first, parents),
    })),
    reached: new Map(model.situations?.map((name, at) => [name, reached[at] ?? 0])),
  };
}

function processorSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** States come in order of their distance: the newest is as far away as any. */
function depthOf(state: number, parents: GrowingArray): number {
  let depth = 0;
  for (let at = parents.get(state); at >= 0; at = parents.get(at)) depth += 1;
  return depth;
}
