import type { Can } from "../small-model.ts";
import { clearMark } from "./publish.ts";
import {
  Collect,
  type Collector,
  collectorBlock,
  fencedMark,
  Older,
  old,
  overdue,
  Place,
  roundsOf,
  type SharingRules,
  type World,
} from "./world.ts";

/** A base's mark counts for as long as a file has to be old. */
const isHeld = (rules: SharingRules, now: World): boolean =>
  rules.marksItsBase && now.publishers.some(({ builtUpon, began }) => builtUpon && now.day - began < old);

/** Where either collector stands with the older release. */
export const Retire = { look: 0, swap: 1, bury: 2, over: 3 } as const;

/** `keep` is told the version that a swap is conditioned on. */
type Go = (does: string, to: number, write?: (next: World, keep: (version: number) => void) => void) => void;

/** R24: what a collector does next to retire the older release. False: there is nothing to retire. */
function retire(rules: SharingRules, now: World, mine: { stage: number; version: number }, go: Go): boolean {
  switch (mine.stage) {
    case Retire.look:
      if (now.older === Older.there && !now.pinned && !isHeld(rules, now))
        go("finds nothing that needs the older release", Retire.swap, (next, keep) => keep(next.olderVersion));
      else if (now.older === Older.retired) go("goes on retiring it", Retire.bury);
      else return false;
      return true;
    case Retire.swap:
      if (rules.retires === "blindly" || now.olderVersion === mine.version)
        go("retires it", Retire.bury, (next) => {
          next.older = Older.retired;
          next.olderVersion += 1;
        });
      else go("comes too late to retire it", Retire.over);
      return true;
    default:
      go("puts its tombstone", Retire.over, (next) => {
        next.older = Older.tombstone;
      });
      return true;
  }
}

/** The other collector. */
export function retireToo(rules: SharingRules, now: World, can: Can<World>): void {
  if (now.other === Retire.over) return;
  retire(rules, now, { stage: now.other, version: now.otherVersion }, (does, to, write) =>
    can("other collector", does, (next) => {
      next.other = to;
      if (to === Retire.over) next.otherVersion = 0;
      write?.(next, (version) => {
        next.otherVersion = version;
      });
    }),
  );
}

export function collect(rules: SharingRules, now: World, can: Can<World>): void {
  const { collector } = now;
  if (collector.stage === Collect.ended) return;
  const go = (does: string, to: number, write: (next: World, mine: Collector) => void = () => undefined): void =>
    can("collector", does, (next) => {
      next.collector.stage = to;
      write(next, next.collector);
    });
  const finish = (does: string, write: (next: World) => void = () => undefined): void =>
    go(does, Retire.look, (next, mine) => {
      const round = mine.round + 1;
      for (const field of collectorBlock.names) (mine as unknown as Record<string, number>)[field] = 0;
      mine.round = round;
      mine.stage = round < roundsOf(rules) ? Retire.look : Collect.ended;
      write(next);
    });
  const isNeeded = now.older !== Older.tombstone || now.place === Place.there;
  switch (collector.stage) {
    case Retire.look:
    case Retire.swap:
    case Retire.bury: {
      const retires: Go = (does, to, write) =>
        go(does, to, (next, mine) =>
          write?.(next, (version) => {
            mine.version = version;
          }),
        );
      if (!retire(rules, now, collector, retires)) go("retires nothing", Collect.sweep);
      break;
    }
    case Collect.sweep:
      go("begins its sweep", Collect.before, (next, mine) => {
        mine.began = next.day;
      });
      break;
    case Collect.before:
      go("reads what is needed", rules.fences ? Collect.marks : Collect.list, (next, mine) => {
        mine.sawOlder = rules.secondCollector && next.older !== Older.tombstone ? 1 : 0;
        if (rules.readsNeeded === "first") mine.needed = isNeeded ? 1 : 0;
      });
      break;
    case Collect.marks:
      if (now.markOf !== 0 && now.day - now.markDay >= overdue)
        go("finds an old mark", Collect.place, (next, mine) => {
          mine.markOf = next.markOf;
          mine.markDay = next.markDay;
          mine.readOn = next.day;
        });
      else go("finds no old mark", Collect.list);
      break;
    case Collect.place:
      go("looks at the place", now.place === Place.there ? Collect.clear : Collect.fence, (next, mine) => {
        mine.place = next.place;
      });
      break;
    case Collect.fence:
      go("puts a fence", Collect.clear, (next, mine) => {
        if (next.place !== mine.place) return;
        next.place = Place.firstFence + next.fences;
        next.fences += 1;
      });
      break;
    case Collect.clear:
      go("takes the mark away", Collect.list, (next, mine) => {
        if (next.markOf !== mine.markOf || next.markDay !== mine.markDay) return;
        const isLast = mine.place === Place.there || mine.markOf === fencedMark || !rules.fenceLeavesMark;
        if (isLast) clearMark(next);
        else {
          next.markOf = fencedMark;
          next.markDay = mine.readOn;
        }
      });
      break;
    case Collect.list:
      go("lists the releases", Collect.need, (next, mine) => {
        mine.listed = next.place === Place.there ? 1 : 0;
      });
      break;
    case Collect.need:
      if (rules.leavesWhatWasRetired && collector.sawOlder && now.older === Older.tombstone)
        finish("leaves everything: the older release is gone meanwhile");
      else if (rules.readsNeeded === "first" ? collector.needed : now.older !== Older.tombstone || collector.listed)
        finish("finds that the file is needed");
      else go("finds no release that needs the file", Collect.file);
      break;
    case Collect.file: {
      const by = rules.ages === "of the beginning" ? collector.began : now.day;
      if (now.file !== 0 && by - (now.file - 1) >= old)
        go("finds the file old", Collect.remove, (next, mine) => {
          mine.write = next.write;
        });
      else finish("leaves the file, which is young or gone");
      break;
    }
    default:
      finish("removes what it has seen", (next) => {
        if (rules.deletes === "what is there" || next.write === collector.write) next.file = 0;
      });
  }
}
