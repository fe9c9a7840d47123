import { mock } from "node:test";
import { setImmediate } from "node:timers/promises";
import { type EcsWorld, ecsPermit, openEcsWorld } from "../../pipeline/test/ecs/ecs-world.ts";
import { EcsClock, rollOnEcs } from "../../pipeline/test/ecs/roll-on-ecs.ts";
import { waitAsTheSdk } from "../../pipeline/test/ecs/stock-waiter.ts";
import { seededRandom } from "../../pipeline/test/seeded-random.ts";
import { aFigure, type Figure, type Part } from "./figure.ts";
import { median } from "./measure.ts";

const rounds = 20;
const readySeconds = [30, 120, 240] as const;
/** What people give the waiter. */
const patienceSeconds = 1_800;

interface Verdict {
  readonly saysDone: boolean;
  /** Seconds between the moment at which ECS had finished and the moment at which it was said. */
  readonly lagSeconds: number;
  readonly callsASecond: number;
}
type Wait = (world: EcsWorld) => Promise<boolean>;

/** How long after ECS has finished a rollout somebody who follows it says so, how often ECS is asked, and who is wrong. On the double's own clock. */
export const ecsVerdict: Part = {
  name: "ecs-verdict",
  title: "how soon after ECS has finished it is said, beside the SDK's waitUntilServicesStable",
  run: async () => {
    const figures: Figure[] = [];
    const problems: string[] = [];
    for (const ready of readySeconds) {
      const [ours, waiter] = await bothOf(ready, true);
      if (!ours.every(({ saysDone }) => saysDone))
        problems.push(`a healthy rollout of ${ready} s was called a failure`);
      figures.push(...figuresOf(`healthy ${ready} s after start`, ours, waiter));
    }
    const [ours, waiter] = await bothOf(10, false);
    const wrong = ours.filter(({ saysDone }) => saysDone).length;
    if (wrong > 0) problems.push(`${wrong} rollouts that went back were called done`);
    figures.push(
      aFigure({
        name: "rollouts that went back, and were called done",
        unit: "records",
        value: wrong,
        beside: {
          name: "waitUntilServicesStable",
          value: waiter.filter(({ saysDone }) => saysDone).length,
          best: null,
        },
        note: `of ${rounds}`,
      }),
    );
    return { size: { rollouts: rounds * (readySeconds.length + 1), "tasks a service": 2 }, figures, problems };
  },
};

function figuresOf(name: string, ours: readonly Verdict[], waiter: readonly Verdict[]): readonly Figure[] {
  const figure = (
    what: string,
    unit: "s" | "per second",
    of: (verdict: Verdict) => number,
    pick: (of: readonly number[]) => number,
  ) =>
    aFigure({
      name: `${name}: ${what}`,
      unit,
      value: pick(ours.map(of)),
      beside: { name: "waitUntilServicesStable", value: pick(waiter.map(of)), best: null },
    });
  return [
    figure("said after, median", "s", ({ lagSeconds }) => lagSeconds, median),
    figure(
      "said after, longest",
      "s",
      ({ lagSeconds }) => lagSeconds,
      (all) => Math.max(...all),
    ),
    figure("calls", "per second", ({ callsASecond }) => callsASecond, median),
  ];
}

async function bothOf(ready: number, isWell: boolean): Promise<readonly [readonly Verdict[], readonly Verdict[]]> {
  const ours: Verdict[] = [];
  const waiter: Verdict[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const jitter = seededRandom(`${ready} ${round}`).fraction() * 20;
    ours.push(await follow(ready + jitter, isWell, asWe));
    waiter.push(await follow(ready + jitter, isWell, asTheWaiter));
  }
  return [ours, waiter];
}

/** One rollout on a world of its own; nobody follows it but this. */
async function follow(ready: number, isWell: boolean, wait: Wait): Promise<Verdict> {
  const world = await openEcsWorld(["api"]);
  const { ecs, services, shapeOf, revisionOf } = world;
  await services.roll(shapeOf("api"), revisionOf(1), ecsPermit);
  ecs.services.update({ service: "api", desiredCount: 2 });
  ecs.pass(60_000);
  const behaviour = isWell ? { does: "runs" as const, readySeconds: ready } : { does: "exits" as const, exitCode: 1 };
  ecs.services.behaviours.set(revisionOf(2).image, behaviour);
  const [calls, start] = [ecs.calls.length, ecs.now];
  const saysDone = await wait(world);
  const end = ecs.now;
  const finished = ecs.services.finishedAt("api") ?? end;
  return {
    saysDone,
    lagSeconds: (end - finished) / 1_000,
    callsASecond: (ecs.calls.length - calls) / ((end - start) / 1_000),
  };
}

const asWe: Wait = async (world) => {
  const clock = new EcsClock(world);
  const [old, to] = [world.revisionOf(1), world.revisionOf(2)];
  const shapeOf = (service: string) => ({ ...world.shapeOf(service), startTimeoutSeconds: 300 });
  const report = await rollOnEcs({ ...world, shapeOf }, clock, {
    service: "api",
    to,
    expects: [old],
    until: "drained",
  });
  return report.status === "done";
};

/** UpdateService, then the waiter with its own delays, on timers that stand still until the double's time passes. */
const asTheWaiter: Wait = async ({ ecs, services, shapeOf, revisionOf }) => {
  await services.roll(shapeOf("api"), revisionOf(2), ecsPermit);
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: ecs.now });
  try {
    const waiting = { isOver: false, isStable: false };
    void waitAsTheSdk(ecs, "api", patienceSeconds).then((isStable) =>
      Object.assign(waiting, { isOver: true, isStable }),
    );
    while (!waiting.isOver) {
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      ecs.pass(1_000);
      mock.timers.tick(1_000);
    }
    return waiting.isStable;
  } finally {
    mock.timers.reset();
  }
};
