import { Layout } from "../../checker/layout.ts";
import type { Model } from "../../checker/model.ts";
import { type Can, smallModel } from "../small-model.ts";
import { collect, Retire, retireToo } from "./collect.ts";
import { publish } from "./publish.ts";
import {
  collectorBlock,
  lastDay,
  Older,
  Place,
  Promote,
  publisherBlock,
  type SharingRules,
  shared,
  sharingRules,
  type World,
} from "./world.ts";

export function sharingModel(change: Partial<SharingRules> = {}): Model {
  const rules = { ...sharingRules, ...change };
  const layout = new Layout();
  const [base = 0] = layout.place("", shared);
  const [first = 0, second = 0] = layout.place("publisher", publisherBlock, 2);
  const [collects = 0] = layout.place("collector ", collectorBlock);
  return smallModel<World>({
    layout,
    worldIn: (frame) =>
      Object.assign(new shared.View(frame, base), {
        publishers: [new publisherBlock.View(frame, first), new publisherBlock.View(frame, second)] as const,
        collector: new collectorBlock.View(frame, collects),
      }) as World,
    begin: [
      (world) => start(rules, world, Older.there),
      // Nobody lists the file: a publication has died.
      (world) => start(rules, world, Older.tombstone),
    ],
    act: (now, can) => {
      if (now.day < lastDay)
        can("a day", "passes", (next) => {
          next.day += 1;
        });
      for (const which of [0, 1] as const) publish(rules, now, can, which);
      promote(now, can);
      collect(rules, now, can);
      retireToo(rules, now, can);
    },
    violation: ({ file, older, place, promoter }) => {
      if (promoter === Promote.runs && (older === Older.tombstone || file === 0)) return lostRunning;
      const isListed = older !== Older.tombstone || place === Place.there;
      return isListed && file === 0 ? lostFile : null;
    },
  });
}
export const lostFile = "I1: a release is there without a file that it shares";
export const lostRunning = "I12: a running release lost what it shares";

function start({ secondCollector }: SharingRules, world: World, older: number): void {
  world.other = secondCollector ? Retire.look : Retire.over;
  world.file = 1;
  world.older = older;
  world.deathsLeft = 1;
}

function promote(now: World, can: Can<World>): void {
  if (now.promoter === Promote.begin && now.older === Older.there)
    can("promoter", "pins the older release", (next) => {
      next.promoter = Promote.look;
      next.pinned = 1;
      next.olderVersion += 1;
    });
  if (now.promoter === Promote.look)
    can("promoter", "looks at it", (next) => {
      next.promoter = next.older === Older.tombstone ? Promote.ended : Promote.runs;
    });
}
