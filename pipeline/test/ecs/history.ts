import type { TaskDefinition } from "@aws-sdk/client-ecs";
import type { StepReport } from "../../src/ledger/records.ts";
import type { Revision } from "../../src/ports.ts";
import { seededRandom } from "../seeded-random.ts";
import { type EcsWorld, ecsPermit, openEcsWorld } from "./ecs-world.ts";
import { refusal } from "./refusal.ts";
import { EcsClock, type Event, rollOnEcs } from "./roll-on-ecs.ts";
import type { Behaviour } from "./service-state.ts";

export interface History {
  readonly report: StepReport;
  /** No task that is wanted runs another release, by the cluster itself and not by what reads say. */
  readonly isTrue: boolean;
  readonly orders: number;
}

type Dice = (least: number, most: number) => number;
const ills: readonly Behaviour[] = [
  { does: "exits", exitCode: 1 },
  { does: "never-starts", reason: "CannotPullContainerError: not found" },
  { does: "fails-health-checks", reason: "Task failed container health checks" },
  { does: "hangs" },
];

/** One rollout of a service, with reads that lag and are throttled, answers that are lost, and others at work beside it. */
export async function playHistory(seed: number, kind: "healthy" | "ill"): Promise<History> {
  const random = seededRandom(`${kind} ${seed}`);
  const dice: Dice = (least, most) => least + Math.floor(random.fraction() * (most - least + 1));
  const world = await openEcsWorld(["api"], {
    drainSeconds: dice(0, 40),
    earlySuccess: dice(0, 2) === 0,
    breaker: dice(0, 3) === 0 ? "off" : "rolls-back",
  });
  const clock = new EcsClock(world);
  const before = world.revisionOf(1);
  // Another commit whose image did not change is another revision all the same.
  const isSameImage = kind === "healthy" && dice(0, 2) === 0;
  const to = isSameImage ? { ...world.revisionOf(2), image: before.image } : world.revisionOf(2);
  const isFirst = dice(0, 4) === 0;
  if (!isFirst) await settleOn(world, before, dice(1, 4));
  if (kind === "ill") world.ecs.services.behaviours.set(to.image, ills[dice(0, ills.length - 1)] as Behaviour);
  disturb(world, dice);
  clock.schedule(eventsOf(kind, dice).filter(({ at }) => !isFirst || at > 30));
  const until = dice(0, 1) === 0 ? "healthy" : "drained";
  const ordersBefore = ordersOf(world);
  const report = await rollOnEcs(world, clock, { service: "api", to, expects: [isFirst ? null : before, to], until });
  return { report, isTrue: isSo(world, to), orders: ordersOf(world) - ordersBefore };
}

const ordersOf = ({ ecs }: EcsWorld): number => ecs.calls.filter((call) => call === "UpdateService").length;

async function settleOn({ services, ecs, shapeOf }: EcsWorld, revision: Revision, desiredCount: number): Promise<void> {
  await services.roll(shapeOf("api"), revision, ecsPermit);
  ecs.services.update({ service: "api", desiredCount });
  ecs.pass(100_000);
}

/** Each call has a lag of its own; some reads are throttled, and of orders one or two are refused or lose their answer. */
function disturb({ ecs }: EcsWorld, dice: Dice): void {
  const lags = new Map<string, number>();
  ecs.services.lag = (call) => {
    const lag = lags.get(call) ?? (dice(0, 1) === 0 ? 0 : dice(1, 20) * 1_000);
    lags.set(call, lag);
    return lag;
  };
  const [throttling, badOrders] = [dice(0, 3) * 10, dice(0, 2)];
  let orders = 0;
  ecs.fault = (call) => {
    if (call === "UpdateService") {
      orders += 1;
      if (orders > badOrders) return null;
      return dice(0, 1) === 0
        ? { when: "after", error: new Error("socket hang up") }
        : { when: "before", error: refusal("ThrottlingException", "Rate exceeded") };
    }
    // The SDK asks three times.
    const isThrottled = [1, 2, 3].every(() => dice(1, 100) <= throttling);
    return isThrottled ? { when: "before", error: refusal("ThrottlingException", "Rate exceeded") } : null;
  };
}

function eventsOf(kind: "healthy" | "ill", dice: Dice): readonly Event[] {
  const some: readonly Event[] = [
    { at: dice(1, 60), happens: ({ ecs }) => ecs.services.takeAway("api") },
    { at: dice(1, 60), happens: ({ ecs }) => ecs.services.update({ service: "api", desiredCount: dice(1, 5) }) },
    { at: dice(1, 60), happens: ({ ecs }) => ecs.services.update({ service: "api", forceNewDeployment: true }) },
  ];
  const more: readonly Event[] = [
    { at: dice(1, 60), happens: ({ ecs }) => ecs.services.soundAlarm("api", "too-slow") },
    {
      at: dice(1, 60),
      happens: ({ ecs }) => ecs.services.update({ service: "api", taskDefinition: ecs.placeholder("theirs") }),
    },
  ];
  return [...some, ...(kind === "ill" ? more : [])].filter(() => dice(0, 3) === 0);
}

function isSo({ ecs }: EcsWorld, to: Revision): boolean {
  const { tasks } = ecs.services.of("api");
  const wanted = tasks.filter(
    ({ desiredStatus, lastStatus }) => desiredStatus === "RUNNING" && lastStatus !== "STOPPED",
  );
  const others = wanted.filter(
    ({ taskDefinitionArn = "" }) => shaIn(ecs.definitions.get(taskDefinitionArn)) !== to.sha,
  );
  // The only one may have been taken away since the look.
  return others.length === 0;
}

const shaIn = (definition: TaskDefinition | undefined): string | undefined =>
  definition?.containerDefinitions?.[0]?.environment?.find(({ name }) => name === "SLIPWAY_SHA")?.value;
