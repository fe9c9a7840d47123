import { join } from "node:path";
import type { EmitBuild, EmitPromotion } from "../../pipeline/src/events.ts";
import type { Sha } from "../../pipeline/src/identifiers.ts";
import { BenchRepository } from "./bench-repository.ts";
import { bestOf, type Laps, LapTimer } from "./laps.ts";
import { writeLoadSite } from "./load-site.ts";
import { loadSurroundings, type RunningServices, ServicesInMemory } from "./load-world.ts";

/** What a process of its own is told to do in a repository that is there. */
export interface PointOrder {
  readonly root: string;
  readonly files: number;
  /** Process id. */
  readonly platform: number;
  /** `first`: builds and publishes it, with everything new. `next`: builds, publishes and promotes each. */
  readonly act: "first" | "next";
  readonly shas: readonly Sha[];
  readonly running: RunningServices;
}
export interface PointAnswer {
  readonly laps: Laps;
  /** Of this process at its peak, in MB. */
  readonly memory: number;
}

/** Phases of a build that are shown. */
const spelled: Readonly<Record<string, string>> = {
  images: "images",
  web: "list and check web files",
  publish: "publish",
};
const order = JSON.parse(process.argv[2] ?? "") as PointOrder;
process.stdout.write(JSON.stringify(await obey(order)));

async function obey({ root, files, platform, act, shas, running }: PointOrder): Promise<PointAnswer> {
  // Not flushed to the disk: the disk is not what grows.
  await using repository = await BenchRepository.at(root, { durable: false });
  const services = new ServicesInMemory(running);
  const rounds: Laps[] = [];
  for (const [at, sha] of shas.entries()) {
    const round = act === "first" ? 0 : at + 1;
    const built = join(root, ".slipway", "site");
    writeLoadSite(join(built, "web"), files, round);
    const timer = new LapTimer(repository.store, platform);
    await repository.build(sha, built, lapsOfBuild(timer, act));
    timer.lap(null);
    if (act === "next") await promoteWithLaps(repository, services, sha, timer);
    rounds.push(timer.laps);
  }
  return { laps: bestOf(rounds), memory: process.resourceUsage().maxRSS / 1_024 };
}

function lapsOfBuild(timer: LapTimer, act: PointOrder["act"]): EmitBuild {
  const which = act === "first" ? "all new: " : "";
  return (event) => {
    if (event.type !== "build:phase") return;
    const name = spelled[event.phase];
    timer.lap(event.state === "end" && name !== undefined ? `${which}${name}` : null);
  };
}

/** The stretches of a promotion, and then what it costs to promote what is live. */
async function promoteWithLaps(
  repository: BenchRepository,
  services: ServicesInMemory,
  sha: Sha,
  timer: LapTimer,
): Promise<void> {
  const { store } = repository;
  let begun = false;
  store.onCall = (operation, key) => {
    if (begun || !operation.startsWith("put") || !key.endsWith("/lease.json")) return;
    begun = true;
    timer.lap("observe");
  };
  const emit: EmitPromotion = ({ type, ...event }) => {
    if (type === "run:start") timer.lap("lease, observe again, plan");
    if (type === "step:end" && "step" in event && event.step) timer.lap(event.step.kind);
  };
  const surroundings = loadSurroundings(repository, services);
  await repository.promote({ ...surroundings, emit }, { sha });
  timer.lap("settle");
  store.onCall = null;
  await repository.promote(surroundings, { sha }, "already");
  timer.lap("promote what is live");
}
