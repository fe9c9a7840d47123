import type { Sha } from "../../pipeline/src/identifiers.ts";
import { localTiming } from "../../pipeline/src/ledger/lease-timing.ts";
import { systemClock } from "../../pipeline/src/local/clock.ts";
import { connectLocal } from "../../pipeline/src/local/connect.ts";
import type { EnvironmentPorts } from "../../pipeline/src/ports.ts";
import type { PromotionSurroundings } from "./bench-repository.ts";
import type { StoreCalls } from "./counting-store.ts";
import { aFigure, compared, type Figure, type Part, timed } from "./figure.ts";
import { LocalPromotions } from "./local-promotions.ts";
import { median, WaitTimer } from "./measure.ts";

const rounds = 5;

/** What a real promotion on this machine costs beside the time in which it waits for the platform and the app. */
export const promotion: Part = {
  name: "promotion",
  title: "own overhead, store calls and ledger records of a real promotion on this machine",
  run: async () => {
    await using local = await LocalPromotions.open();
    const moved: Run[] = [];
    const already: Run[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const sha = await local.build();
      const [first, again] = [await measure(local, sha, "done"), await measure(local, sha, "already")];
      if (round < 0) continue;
      moved.push(first);
      already.push(again);
    }
    const wrote = already.reduce((sum, { calls }) => sum + calls.writes, 0);
    return {
      size: { promotions: rounds, services: 1, "web files": 2, rounds, store: "files, flushed to the disk" },
      figures: [...figuresOf("promotion", moved), ...figuresOf("already live", already)],
      problems: wrote === 0 ? [] : [`promoting what is live already wrote ${wrote} times`],
    };
  },
};

interface Run {
  readonly milliseconds: number;
  /** Not waiting for the platform or the app, nor between two looks at them. */
  readonly own: number;
  readonly processor: number;
  readonly calls: StoreCalls;
}

async function measure(local: LocalPromotions, sha: Sha, ending: "done" | "already"): Promise<Run> {
  const { repository } = local;
  const waiting = new WaitTimer();
  repository.store.take();
  const before = process.cpuUsage();
  const start = performance.now();
  await repository.promote(surroundingsOf(repository.root, waiting), { sha }, ending);
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return {
    milliseconds,
    own: milliseconds - waiting.take(),
    processor: (user + system) / 1_000,
    calls: repository.store.take(),
  };
}

/** Tells the pauses of the lease's own heartbeat, which run beside the work, from those between two looks. */
const beatMilliseconds = localTiming.beatMilliseconds + 1;

function surroundingsOf(root: string, waiting: WaitTimer): PromotionSurroundings {
  return {
    timing: { ...localTiming, beatMilliseconds },
    clock: {
      ...systemClock,
      sleep: (milliseconds, signal) =>
        milliseconds === beatMilliseconds
          ? systemClock.sleep(milliseconds, signal)
          : waiting.around(() => systemClock.sleep(milliseconds, signal)),
    },
    connect: async (target) => timePorts(await connectLocal({ root, target }), waiting),
  };
}

/** Images are files that this process reads itself; all else is asked of the platform or the app. */
const timePorts = (ports: EnvironmentPorts, waiting: WaitTimer): EnvironmentPorts => ({
  ...ports,
  services: timeCalls(ports.services, waiting),
  tasks: timeCalls(ports.tasks, waiting),
  web: timeCalls(ports.web, waiting),
  probe: timeCalls(ports.probe, waiting),
  raiseFence: (permit) => waiting.around(() => ports.raiseFence(permit)),
});

const timeCalls = <Port extends object>(port: Port, waiting: WaitTimer): Port =>
  new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: readonly unknown[]) => waiting.around(() => Reflect.apply(member, target, args));
    },
  });

function figuresOf(name: string, runs: readonly Run[]): readonly Figure[] {
  const all = (pick: (run: Run) => number) => runs.map(pick);
  const count = (pick: (calls: StoreCalls) => number) => median(runs.map(({ calls }) => pick(calls)));
  const [last] = runs.slice(-1);
  const beats = count((calls) => calls.count("putIfMatch", "/lease.json"));
  return [
    compared(
      { name: `${name}: own overhead`, samples: all((run) => run.own) },
      { name: "from start to end", samples: all((run) => run.milliseconds) },
      "all but waiting for the platform, the app, and the next look at them",
    ),
    timed({ name: `${name}: of it in the store`, samples: all((run) => run.calls.milliseconds) }),
    timed({ name: `${name}: processor time`, samples: all((run) => run.processor) }),
    aFigure({
      name: `${name}: store calls`,
      unit: "calls",
      value: count(({ total }) => total),
      note: `last round: ${last?.calls}; writes of the lease, with its beats: ${beats}`,
    }),
    aFigure({
      name: `${name}: ledger records`,
      unit: "records",
      value: count((calls) => calls.count("putIfAbsent", "/history/")),
    }),
  ];
}
