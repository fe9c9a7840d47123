import { blockOf } from "../../checker/layout.ts";

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
export const sharingRules: SharingRules = {
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
export const overdue = 1;
export const old = 2;
export const lastDay = 3;
export const roundsOf = ({ secondCollector }: SharingRules): number => (secondCollector ? 1 : 2);

export const shared = blockOf({
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
export const publisherBlock = blockOf({
  stage: "small",
  began: "small",
  expects: "small",
  builtUpon: "small",
  alone: "small",
  again: "small",
});
export const collectorBlock = blockOf({
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
export type Publisher = InstanceType<typeof publisherBlock.View>;
export type Collector = InstanceType<typeof collectorBlock.View>;
export interface World extends Shared {
  publishers: readonly [Publisher, Publisher];
  collector: Collector;
}

export const Place = { free: 0, there: 1, firstFence: 2 } as const;
export const Older = { there: 0, retired: 1, tombstone: 2 } as const;
export const fencedMark = 3;
export const Publish = { begin: 0, look: 1, hold: 2, send: 3, check: 4, put: 5, ended: 8 } as const;
export const Collect = {
  /** After those of retiring (collect.ts), which end where it begins. */
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
export const Promote = { begin: 0, look: 1, runs: 2, ended: 3 } as const;
