import { blockOf, Layout } from "../checker/layout.ts";
import type { Model } from "../checker/model.ts";
import { type Can, smallModel } from "./small-model.ts";

/** §9: runs pin a release of long ago, a collector retires it, somebody publishes the same commit again. */
export interface RetentionRules {
  /** R23, R24: pins and retirement meet in one object by compare-and-swap; or pins and manifest are two objects. */
  readonly pins: "one object" | "look, then pin" | "pin, then look";
  readonly promoters: number;
  readonly collectors: number;
  readonly deaths: number;
  /** R23: a pin is written again even where there is one. */
  readonly pinsAgain: boolean;
  /** §9: first in, last out. */
  readonly deletesManifestFirst: boolean;
  /** There is a pin of long ago, and the collector drops what nobody needs. */
  readonly dropsPins: boolean;
  /** R24: only a pin whose environment has settled after it may go; or every one outside the window. */
  readonly drops: "settled" | "outside the window";
  readonly publisher: boolean;
  readonly publisherPins: boolean;
  /** R24: a retired SHA never comes back. */
  readonly leavesTombstone: boolean;
}
const retentionRules: RetentionRules = {
  pins: "one object",
  promoters: 2,
  collectors: 1,
  deaths: 1,
  pinsAgain: true,
  deletesManifestFirst: true,
  dropsPins: true,
  drops: "settled",
  publisher: false,
  publisherPins: true,
  leavesTombstone: true,
};

const shared = blockOf({
  manifest: "small",
  firstFile: "small",
  secondFile: "small",
  retired: "small",
  pins: "small",
  /** Environments in whose window the release is. */
  recorded: "small",
  running: "small",
  deathsLeft: "small",
  tombstone: "small",
  /** Pins whose run has not settled yet. */
  fresh: "small",
  publisher: "small",
  publisherSaw: "wide",
  version: "wide",
});
const promoterBlock = blockOf({ stage: "small", saw: "wide" });
const collectorBlock = blockOf({ stage: "small", sawPins: "small", needed: "small", saw: "wide" });
type World = InstanceType<typeof shared.View> & {
  readonly promoters: readonly InstanceType<typeof promoterBlock.View>[];
  readonly collectors: readonly InstanceType<typeof collectorBlock.View>[];
};
type Promoter = World["promoters"][number];
type Collector = World["collectors"][number];

const Manifest = { absent: 0, there: 1, tombstone: 2 } as const;
const Pinning = { looks: 0, pins: 1, checks: 2, runs: 3, records: 4, over: 8, dead: 9 } as const;
const Collecting = {
  reads: 0,
  asks: 1,
  drops: 2,
  retires: 3,
  first: 4,
  second: 5,
  third: 6,
  looksAgain: 7,
  over: 8,
} as const;
const Publishing = { begins: 0, pins: 1, first: 2, second: 3, manifest: 4, over: 9 } as const;
const publisherPin = 8;

export function retentionModel(change: Partial<RetentionRules> = {}): Model {
  const rules = { ...retentionRules, ...change };
  const layout = new Layout();
  const [base = 0] = layout.place("", shared);
  const promoters = layout.place("promoter", promoterBlock, rules.promoters);
  const collectors = layout.place("collector", collectorBlock, rules.collectors);
  const published = (world: World): void => {
    world.manifest = Manifest.there;
    world.firstFile = world.secondFile = 1;
    world.pins = rules.dropsPins ? 1 : 0;
    world.deathsLeft = rules.deaths;
  };
  const unpublished = (world: World): void => {
    world.deathsLeft = rules.deaths;
  };
  return smallModel<World>({
    layout,
    worldIn: (frame) =>
      Object.assign(new shared.View(frame, base), {
        promoters: promoters.map((at) => new promoterBlock.View(frame, at)),
        collectors: collectors.map((at) => new collectorBlock.View(frame, at)),
      }),
    begin: rules.publisher ? [published, unpublished] : [published],
    act: (now, can) => {
      for (let at = 0; at < rules.promoters; at += 1) promote(rules, now, at, can);
      for (let at = 0; at < rules.promoters; at += 1) settleElsewhere(now, at, can);
      for (let at = 0; at < rules.collectors; at += 1) collect(rules, now, at, can);
      if (rules.publisher) publish(rules, now, can);
    },
    violation: ({ running, manifest, firstFile, secondFile }) => {
      const isWhole = firstFile === 1 && secondFile === 1;
      if (running !== 0 && !isWhole) return "I12: a running release lost its files";
      return manifest === Manifest.there && !isWhole ? "I1: a manifest stands without its files" : null;
    },
  });
}

const promoterOf = (world: World, at: number): Promoter => world.promoters[at] as Promoter;
const collectorOf = (world: World, at: number): Collector => world.collectors[at] as Collector;

function promote(rules: RetentionRules, now: World, at: number, can: Can<World>): void {
  const who = `promoter ${at + 1}`;
  const { stage } = promoterOf(now, at);
  if (stage >= Pinning.over) return;
  const go = (does: string, to: number, change: (next: World) => void = () => undefined): void =>
    can(who, does, (next) => {
      promoterOf(next, at).stage = to;
      change(next);
    });
  if (stage > Pinning.looks && now.deathsLeft)
    go("dies", Pinning.dead, (next) => {
      next.deathsLeft -= 1;
    });
  const bit = 1 << at;
  if (stage === Pinning.runs)
    go("runs it", Pinning.records, (next) => {
      next.running |= bit;
    });
  else if (stage === Pinning.records)
    go("records it", Pinning.over, (next) => {
      next.recorded |= bit;
      next.fresh &= ~bit;
    });
  else if (rules.pins === "one object") pinByCompareAndSwap(rules, now, at, can);
  else pinByItself(rules, now, at, go);
}

/** R23: read retention → put-if-match → look whether the manifest is there → use. */
function pinByCompareAndSwap(rules: RetentionRules, now: World, at: number, can: Can<World>): void {
  const who = `promoter ${at + 1}`;
  const { stage } = promoterOf(now, at);
  const bit = 1 << at;
  if (stage === Pinning.looks)
    can(who, "reads retention", (next) => {
      const me = promoterOf(next, at);
      if (next.retired) {
        me.stage = Pinning.over;
        return;
      }
      me.saw = next.version;
      me.stage = !rules.pinsAgain && (next.pins & bit) !== 0 ? Pinning.checks : Pinning.pins;
    });
  else if (stage === Pinning.pins)
    can(who, "pins by compare-and-swap", (next) => {
      const me = promoterOf(next, at);
      if (next.version !== me.saw) {
        me.stage = Pinning.looks;
        return;
      }
      next.pins |= bit;
      next.fresh |= bit;
      next.version += 1;
      me.stage = Pinning.checks;
    });
  else
    can(who, "looks for the manifest", (next) => {
      promoterOf(next, at).stage = next.manifest === Manifest.there ? Pinning.runs : Pinning.over;
    });
}

type Go = (does: string, to: number, change?: (next: World) => void) => void;

/** Pins in an object of their own: nothing makes pin and retirement meet. */
function pinByItself({ pins }: RetentionRules, now: World, at: number, go: Go): void {
  const { stage } = promoterOf(now, at);
  const bit = 1 << at;
  const isThere = now.manifest === Manifest.there;
  const pin = (next: World): void => {
    next.pins |= bit;
  };
  if (pins === "look, then pin" && stage === Pinning.looks)
    go("sees the manifest", isThere ? Pinning.pins : Pinning.over);
  else if (pins === "look, then pin") go("pins", Pinning.runs, pin);
  else if (stage === Pinning.looks) go("pins", Pinning.pins, pin);
  else go("looks for manifest and tombstone", isThere && !now.tombstone ? Pinning.runs : Pinning.over);
}

function settleElsewhere(now: World, at: number, can: Can<World>): void {
  const bit = 1 << at;
  if (promoterOf(now, at).stage < Pinning.over || (now.fresh & bit) === 0) return;
  can(`environment ${at + 1}`, "settles on another release", (next) => {
    next.fresh &= ~bit;
    next.running &= ~bit;
  });
}

function collect(rules: RetentionRules, now: World, at: number, can: Can<World>): void {
  const who = `collector ${at + 1}`;
  const { stage } = collectorOf(now, at);
  if (stage === Collecting.over) return;
  const to = (does: string, change: (next: World, me: Collector) => number): void =>
    can(who, does, (next) => {
      const me = collectorOf(next, at);
      me.stage = change(next, me);
    });
  if (stage > Collecting.asks && now.deathsLeft)
    to("dies and begins again", (next) => {
      next.deathsLeft -= 1;
      return Collecting.reads;
    });
  if (stage === Collecting.reads)
    to("reads pins and retention", (next, me) => {
      me.sawPins = next.pins;
      me.saw = next.version;
      return Collecting.asks;
    });
  else if (stage === Collecting.asks) to("reads the ledgers", (next, me) => judgePins(rules, next, me));
  else if (stage === Collecting.drops) to("drops pins", (next, me) => dropPins(rules, next, me));
  else if (stage === Collecting.retires) to("retires it", (next, me) => retire(rules, next, me));
  else if (stage === Collecting.looksAgain)
    to("reads the pins again", (next) => {
      if (next.pins === 0) return Collecting.first;
      next.tombstone = 0;
      return Collecting.over;
    });
  else remove(rules, stage, to);
}

function judgePins(rules: RetentionRules, next: World, me: Collector): number {
  me.needed = next.recorded | (rules.drops === "settled" ? next.fresh | (next.pins & publisherPin) : 0);
  if (rules.dropsPins && (me.sawPins & ~me.needed) !== 0) return Collecting.drops;
  return me.sawPins === 0 && next.recorded === 0 ? Collecting.retires : Collecting.over;
}

function dropPins(rules: RetentionRules, next: World, me: Collector): number {
  if (rules.pins === "one object") {
    if (next.version !== me.saw) return Collecting.reads;
    next.version += 1;
  }
  next.pins &= me.needed;
  return Collecting.reads;
}

function retire(rules: RetentionRules, next: World, me: Collector): number {
  if (rules.pins === "look, then pin") return Collecting.first;
  if (rules.pins === "pin, then look") {
    next.tombstone = 1;
    return Collecting.looksAgain;
  }
  if (next.version !== me.saw || next.pins !== 0) return Collecting.reads;
  next.retired = 1;
  next.version += 1;
  return Collecting.first;
}

type CollectorStep = (does: string, change: (next: World, me: Collector) => number) => void;

function remove(rules: RetentionRules, stage: number, to: CollectorStep): void {
  const manifest = (next: World): void => {
    next.manifest = rules.leavesTombstone ? Manifest.tombstone : Manifest.absent;
  };
  const first = (next: World): void => {
    next.firstFile = 0;
  };
  const second = (next: World): void => {
    next.secondFile = 0;
  };
  const names = ["the manifest", "the first file", "the second file"] as const;
  const order = rules.deletesManifestFirst
    ? ([
        [names[0], manifest],
        [names[1], first],
        [names[2], second],
      ] as const)
    : ([
        [names[1], first],
        [names[2], second],
        [names[0], manifest],
      ] as const);
  const [what, change] = order[stage - Collecting.first] ?? order[0];
  to(`deletes ${what}`, (next) => {
    change(next);
    return stage === Collecting.third ? Collecting.over : stage + 1;
  });
}

/** publish: put-if-match `publishing` → files → manifest if absent → clear. */
function publish(rules: RetentionRules, now: World, can: Can<World>): void {
  const go = (does: string, change: (next: World) => number): void =>
    can("publisher", does, (next) => {
      next.publisher = change(next);
    });
  const pins = rules.publisherPins && rules.pins === "one object";
  switch (now.publisher) {
    case Publishing.begins:
      go("begins", (next) => {
        if (!pins) return Publishing.first;
        if (next.retired) return Publishing.over;
        next.publisherSaw = next.version;
        return Publishing.pins;
      });
      return;
    case Publishing.pins:
      go("pins", (next) => {
        if (next.version !== next.publisherSaw) return Publishing.begins;
        next.pins |= publisherPin;
        next.version += 1;
        return Publishing.first;
      });
      return;
    case Publishing.first:
      go("writes the first file", (next) => {
        next.firstFile = 1;
        return Publishing.second;
      });
      return;
    case Publishing.second:
      go("writes the second file", (next) => {
        next.secondFile = 1;
        return Publishing.manifest;
      });
      return;
    case Publishing.manifest:
      go("writes the manifest if absent", (next) => {
        if (next.manifest === Manifest.absent) next.manifest = Manifest.there;
        if (rules.pins === "one object") {
          next.pins &= ~publisherPin;
          next.version += 1;
        }
        return Publishing.over;
      });
      return;
  }
}
