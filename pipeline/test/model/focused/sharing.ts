import { blockOf, Layout } from "../checker/layout.ts";
import type { Model } from "../checker/model.ts";
import { type Can, smallModel } from "./small-model.ts";

/**
 * One file that two releases list: an older one, which a collector may retire and a promoter may pin, and a newer one, which two publishers of one
 * commit are about to make visible. Time passes whenever it likes, so everybody may stand still anywhere for as long; a day is its unit.
 */
export interface SharingRules {
  /** §9: what nothing keeps is written again once it is not of today. */
  readonly rewritesWhatIsOld: boolean;
  /** §9: the release that is built upon says so first. */
  readonly marksItsBase: boolean;
  /** ADR 5: publications whose mark is old are fenced off before anything goes. */
  readonly fences: boolean;
  /** A mark that takes another one's place keeps its time. */
  readonly keepsTheOldest: boolean;
  /** Who has taken no other one's place takes the mark away, or whose time the mark has. */
  readonly clears: "who is alone" | "whose time it is";
  /** A fence leaves a mark for those who came by it. */
  readonly fenceLeavesMark: boolean;
  /** Ages are those of the beginning of the sweep, or of when each file is looked at. */
  readonly ages: "of the beginning" | "of the look";
  /** What is needed is read last, or first. */
  readonly readsNeeded: "last" | "first";
  /** The write that was seen goes, or whatever is there by then. */
  readonly deletes: "that write" | "what is there";
  /** R24: retired by compare-and-swap of what was read. */
  readonly retires: "by swap" | "blindly";
  /** A publication that has taken longer than a day gives up. */
  readonly givesUp: boolean;
  /** Another collector retires too; each collects once then. */
  readonly secondCollector: boolean;
  /** Nothing is removed where a release that was there at the start of a sweep is gone at its end. */
  readonly leavesWhatWasRetired: boolean;
}
const sharingRules: SharingRules = {
  rewritesWhatIsOld: true,
  marksItsBase: true,
  fences: true,
  keepsTheOldest: true,
  clears: "who is alone",
  fenceLeavesMark: true,
  ages: "of the beginning",
  readsNeeded: "last",
  deletes: "that write",
  retires: "by swap",
  givesUp: true,
  secondCollector: false,
  leavesWhatWasRetired: true,
};

/** In days: a mark is old from then on; so is a file, and the mark of a base; when the story ends. */
const overdue = 1;
const old = 2;
const lastDay = 3;
const roundsOf = ({ secondCollector }: SharingRules): number => (secondCollector ? 1 : 2);

const shared = blockOf({
  day: "small",
  /** 0: gone; otherwise one more than the day on which it was written. */
  file: "small",
  write: "small",
  /** release.json of the newer one: free, there, or one fence after the other. */
  place: "small",
  fences: "small",
  /** retention.json of the newer one. */
  markOf: "small",
  markDay: "small",
  older: "small",
  olderVersion: "small",
  pinned: "small",
  promoter: "small",
  deathsLeft: "small",
  /** The other collector, which only retires: that both sweep is not explored. */
  other: "small",
  otherVersion: "small",
});
const publisherBlock = blockOf({
  stage: "small",
  began: "small",
  expects: "small",
  builtUpon: "small",
  alone: "small",
  again: "small",
});
const collectorBlock = blockOf({
  stage: "small",
  round: "small",
  version: "small",
  began: "small",
  markOf: "small",
  markDay: "small",
  readOn: "small",
  place: "small",
  write: "small",
  needed: "small",
  sawOlder: "small",
  listed: "small",
});
type Shared = InstanceType<typeof shared.View>;
type Publisher = InstanceType<typeof publisherBlock.View>;
type Collector = InstanceType<typeof collectorBlock.View>;
interface World extends Shared {
  publishers: readonly [Publisher, Publisher];
  collector: Collector;
}

const Place = { free: 0, there: 1, firstFence: 2 } as const;
const Older = { there: 0, retired: 1, tombstone: 2 } as const;
const fencedMark = 3;
const Publish = { begin: 0, look: 1, hold: 2, send: 3, check: 4, put: 5, ended: 8 } as const;
const Collect = {
  look: 0,
  retire: 1,
  bury: 2,
  sweep: 3,
  marks: 4,
  place: 5,
  fence: 6,
  clear: 7,
  need: 8,
  file: 9,
  remove: 10,
  ended: 11,
  before: 12,
  list: 13,
} as const;
const Other = { look: 0, retire: 1, bury: 2, ended: 3 } as const;
const Promote = { begin: 0, look: 1, runs: 2, ended: 3 } as const;

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
      if (now.other !== Other.ended) retireToo(rules, now, can);
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
  world.other = secondCollector ? Other.look : Other.ended;
  world.file = 1;
  world.older = older;
  world.deathsLeft = 1;
}

function publish(rules: SharingRules, now: World, can: Can<World>, which: 0 | 1): void {
  const me = which + 1;
  const { stage, began, expects, builtUpon } = now.publishers[which];
  if (stage === Publish.ended) return;
  const go = (does: string, to: number, write: (next: World, mine: Publisher) => void = () => undefined): void =>
    can(`publisher ${me}`, does, (next) => {
      const mine = next.publishers[which];
      mine.stage = to;
      write(next, mine);
    });
  const end = (next: World, mine: Publisher): void => {
    const isOurs = rules.clears === "who is alone" ? mine.alone : next.markDay === mine.began;
    const isOver = next.place === Place.there || isOurs;
    if (next.markOf === me && isOver) clearMark(next);
    mine.builtUpon = 0;
    forget(mine);
  };
  if (now.deathsLeft && stage > Publish.begin)
    go("dies", Publish.ended, (next, mine) => {
      next.deathsLeft -= 1;
      forget(mine);
    });
  switch (stage) {
    case Publish.begin:
      go("marks its publication", Publish.look, (next, mine) => {
        mine.alone = next.markOf === 0 ? 1 : 0;
        const keeps = rules.keepsTheOldest && next.markOf !== 0 && next.markDay < next.day;
        if (!keeps) next.markDay = next.day;
        next.markOf = me;
        mine.began = next.day;
      });
      break;
    case Publish.look:
      if (now.place === Place.there) go("finds the release", Publish.ended, end);
      else
        go("looks at the place", Publish.hold, (next, mine) => {
          mine.expects = next.place;
        });
      break;
    case Publish.hold:
      if (now.older === Older.there)
        go("builds upon the older release", Publish.send, (next, mine) => {
          mine.builtUpon = 1;
          if (rules.marksItsBase) next.olderVersion += 1;
        });
      else go("finds nothing to build upon", Publish.send);
      break;
    case Publish.send: {
      const isToday = now.file === now.day + 1;
      const isTaken = now.file !== 0 && (builtUpon !== 0 || isToday || !rules.rewritesWhatIsOld);
      if (isTaken) go("takes the file that is there", Publish.check);
      else
        go("writes the file", Publish.check, (next) => {
          next.file = next.day + 1;
          next.write += 1;
        });
      break;
    }
    case Publish.check:
      if (rules.givesUp && now.day > began) go("has taken too long", Publish.ended, end);
      else go("is in time", Publish.put);
      break;
    default:
      if (now.place === expects)
        go("puts release.json", Publish.ended, (next, mine) => {
          next.place = Place.there;
          end(next, mine);
        });
      else if (now.place === Place.there) go("finds the other one's release", Publish.ended, end);
      else if (now.publishers[which].again === 0)
        go("is fenced off and begins again", Publish.begin, (next, mine) => {
          end(next, mine);
          mine.again = 1;
          mine.expects = 0;
        });
      else go("is fenced off twice", Publish.ended, end);
  }
}

/** What nobody will ask for any more: worlds that differ in it alone are one. */
function forget(mine: Publisher): void {
  if (mine.builtUpon === 0) mine.began = 0;
  mine.expects = 0;
  mine.alone = 0;
  mine.again = 0;
}

function clearMark(world: World): void {
  world.markOf = 0;
  world.markDay = 0;
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

/** A base's mark counts for as long as a file has to be old. */
const isHeld = (rules: SharingRules, now: World): boolean =>
  rules.marksItsBase && now.publishers.some(({ builtUpon, began }) => builtUpon && now.day - began < old);

function retireToo(rules: SharingRules, now: World, can: Can<World>): void {
  const go = (does: string, to: number, write: (next: World) => void = () => undefined): void =>
    can("other collector", does, (next) => {
      next.other = to;
      if (to === Other.ended) next.otherVersion = 0;
      write(next);
    });
  switch (now.other) {
    case Other.look:
      if (now.older === Older.there && !now.pinned && !isHeld(rules, now))
        go("finds nothing that needs the older release", Other.retire, (next) => {
          next.otherVersion = next.olderVersion;
        });
      if (now.older === Older.retired) go("goes on retiring it", Other.bury);
      break;
    case Other.retire:
      if (rules.retires === "blindly" || now.olderVersion === now.otherVersion)
        go("retires it", Other.bury, (next) => {
          next.older = Older.retired;
          next.olderVersion += 1;
        });
      else go("comes too late to retire it", Other.ended);
      break;
    default:
      go("puts its tombstone", Other.ended, (next) => {
        next.older = Older.tombstone;
      });
  }
}

function collect(rules: SharingRules, now: World, can: Can<World>): void {
  const { collector } = now;
  if (collector.stage === Collect.ended) return;
  const go = (does: string, to: number, write: (next: World, mine: Collector) => void = () => undefined): void =>
    can("collector", does, (next) => {
      next.collector.stage = to;
      write(next, next.collector);
    });
  const finish = (does: string, write: (next: World) => void = () => undefined): void =>
    go(does, Collect.look, (next, mine) => {
      const round = mine.round + 1;
      for (const field of collectorBlock.names) (mine as unknown as Record<string, number>)[field] = 0;
      mine.round = round;
      mine.stage = round < roundsOf(rules) ? Collect.look : Collect.ended;
      write(next);
    });
  const isNeeded = now.older !== Older.tombstone || now.place === Place.there;
  switch (collector.stage) {
    case Collect.look: {
      if (now.older === Older.there && !now.pinned && !isHeld(rules, now))
        go("finds nothing that needs the older release", Collect.retire, (next, mine) => {
          mine.version = next.olderVersion;
        });
      else if (now.older === Older.retired) go("goes on retiring it", Collect.bury);
      else go("retires nothing", Collect.sweep);
      break;
    }
    case Collect.retire:
      if (rules.retires === "blindly" || now.olderVersion === collector.version)
        go("retires it", Collect.bury, (next) => {
          next.older = Older.retired;
          next.olderVersion += 1;
        });
      else go("comes too late to retire it", Collect.sweep);
      break;
    case Collect.bury:
      go("puts its tombstone", Collect.sweep, (next) => {
        next.older = Older.tombstone;
      });
      break;
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
