import { blockOf, Layout } from "../checker/layout.ts";
import type { Model } from "../checker/model.ts";
import { blame, type Can, smallModel } from "./small-model.ts";

/**
 * §1, §2: ledger, chain and pointer without any timing: the lease may change hands at any moment, and every write may be late, or have its reply
 * lost. What is under test is only what conditional writes can promise.
 */
export interface LogRules {
  readonly runs: number;
  readonly delays: number;
  readonly crashes: number;
  /** §2: one numbered log; or intent and outcome under keys of their own for each epoch. */
  readonly layout: "one log" | "keys by epoch";
  /** Keys by epoch: what whoever takes over closes first. */
  readonly closes: "nothing" | "the newest" | "all";
  /** R2: another run's 412 is told from one's own by the nonce; or every 412 is a loss. */
  readonly onConflict: "compared" | "lost";
  /** R1: a retry sends the same bytes. */
  readonly sendsSameBytes: boolean;
  /** R1: `prev` is of the bytes that are stored; or of those in memory. */
  readonly chains: "what is stored" | "what was sent";
  /** §1: current.json only to a higher number; or whatever one has. */
  readonly pointer: "only rises" | "is overwritten";
  /** §1: records that somebody deletes (A5 rules it out). */
  readonly deletions: number;
  /** Holds that an operator sets, and where they are kept. */
  readonly holds: number;
  readonly holdIn: "its own key" | "current.json";
}
const logRules: LogRules = {
  runs: 2,
  delays: 2,
  crashes: 1,
  layout: "one log",
  closes: "nothing",
  onConflict: "compared",
  sendsSameBytes: true,
  chains: "what is stored",
  pointer: "only rises",
  deletions: 0,
  holds: 0,
  holdIn: "its own key",
};

const shared = blockOf({
  owner: "small",
  leaseEpoch: "small",
  /** The run that was the last to change something. */
  changedBy: "small",
  length: "small",
  pointer: "small",
  delaysLeft: "small",
  crashesLeft: "small",
  deletionsLeft: "small",
  holdsLeft: "small",
  hold: "small",
  holdWanted: "small",
  broken: "small",
  pointerSeq: "small",
  pointerVersion: "wide",
});
/** A record: who wrote it and with which serialisation, what it names as the one before, and its kind. */
const recordBlock = blockOf({ kind: "small", id: "wide", previous: "wide" });
const messageBlock = blockOf({
  kind: "small",
  from: "small",
  slot: "wide",
  id: "wide",
  previous: "wide",
  record: "small",
  epoch: "small",
});
const runBlock = blockOf({
  stage: "small",
  epoch: "small",
  tail: "small",
  /** How often it has serialised a record: each time the bytes are others. */
  serialised: "small",
  isUnsure: "small",
  outcomeSeq: "small",
  pointerSeen: "small",
  holdSeen: "small",
  last: "wide",
  id: "wide",
  versionSeen: "wide",
});
type Run = InstanceType<typeof runBlock.View>;
type Stored = InstanceType<typeof recordBlock.View>;
type Message = InstanceType<typeof messageBlock.View>;
type World = InstanceType<typeof shared.View> & {
  readonly log: readonly Stored[];
  readonly intents: readonly Stored[];
  readonly outcomes: readonly Stored[];
  readonly messages: readonly Message[];
  readonly runs: readonly Run[];
};
const mostRecords = 12;
const mostEpochs = 5;
const messagesAtOnce = 2;
const Stage = {
  begins: 0,
  closes: 1,
  readsTail: 2,
  opens: 3,
  acts: 4,
  verifies: 5,
  records: 6,
  readsPointer: 7,
  writesPointer: 8,
  releases: 9,
  over: 10,
  lost: 11,
  dead: 12,
} as const;
const Kind = { open: 1, outcome: 2, closing: 3 } as const;
const Sent = { record: 1, pointer: 2 } as const;
const wrong = [
  "",
  "no false record: done, and another run has changed something since",
  "I8: the chain is broken",
  "a run takes its own success for a loss",
  "no false record: an outcome after a newer open",
  "a late intent stands before a newer run's",
] as const;
const Wrong = { falseDone: 1, brokenChain: 2, falseLoss: 3, staleOutcome: 4, ghostIntent: 5 } as const;

const runOf = (world: World, at: number): Run => world.runs[at] as Run;
const writerOf = (id: number): number => (id >> 4) - 1;
const idOf = (run: number, bytes: number): number => ((run + 1) << 4) | bytes;

export function logModel(change: Partial<LogRules> = {}): Model {
  const rules = { ...logRules, ...change };
  const layout = new Layout();
  const [base = 0] = layout.place("", shared);
  const log = layout.place("record", recordBlock, rules.layout === "one log" ? mostRecords : 0);
  const byEpoch = rules.layout === "one log" ? 0 : mostEpochs + 1;
  const intents = layout.place("intent", recordBlock, byEpoch);
  const outcomes = layout.place("outcome", recordBlock, byEpoch);
  const messages = layout.place("message", messageBlock, messagesAtOnce);
  const runs = layout.place("run", runBlock, rules.runs);
  return smallModel<World>({
    layout,
    worldIn: (frame) =>
      Object.assign(new shared.View(frame, base), {
        log: log.map((at) => new recordBlock.View(frame, at)),
        intents: intents.map((at) => new recordBlock.View(frame, at)),
        outcomes: outcomes.map((at) => new recordBlock.View(frame, at)),
        messages: messages.map((at) => new messageBlock.View(frame, at)),
        runs: runs.map((at) => new runBlock.View(frame, at)),
      }),
    begin: [
      (world) => {
        world.delaysLeft = rules.delays;
        world.crashesLeft = rules.crashes;
        world.deletionsLeft = rules.deletions;
        world.holdsLeft = rules.holds;
      },
    ],
    act: (now, can) => {
      for (let run = 0; run < rules.runs; run += 1) act(rules, now, run, can);
      for (let at = 0; at < messagesAtOnce; at += 1) deliver(rules, now, at, can);
      meddle(rules, now, can);
    },
    violation: ({ broken }) => (broken === 0 ? null : (wrong[broken] as string)),
    badEnd: (world) => badEnd(rules, world),
  });
}

function act(rules: LogRules, now: World, run: number, can: Can<World>): void {
  const { stage } = runOf(now, run);
  if (stage >= Stage.over) return;
  const go = (does: string, change: (next: World, me: Run) => unknown): void =>
    can(`run ${run + 1}`, does, (next) => change(next, runOf(next, run)));
  if (stage === Stage.begins) {
    begin(rules, now, run, go);
    return;
  }
  if (now.crashesLeft)
    go("dies", (next, me) => {
      next.crashesLeft -= 1;
      me.stage = Stage.dead;
    });
  goOn(rules, now, run, go);
}

type Go = (does: string, change: (next: World, me: Run) => unknown) => void;

function begin(rules: LogRules, now: World, run: number, go: Go): void {
  if (now.leaseEpoch >= mostEpochs) return;
  go(now.owner !== 0 && now.owner !== run + 1 ? "takes the lease over" : "takes the lease", (next, me) => {
    next.owner = run + 1;
    next.leaseEpoch += 1;
    me.epoch = next.leaseEpoch;
    me.stage = rules.layout === "keys by epoch" && rules.closes !== "nothing" ? Stage.closes : Stage.readsTail;
  });
}

function goOn(rules: LogRules, now: World, run: number, go: Go): void {
  switch (runOf(now, run).stage) {
    case Stage.closes:
      go("closes what is open", (next, me) => closeOlder(rules, next, me, run));
      return;
    case Stage.readsTail:
      go("reads the tail", (next, me) => {
        me.tail = next.length;
        me.last = rules.layout === "one log" ? (next.log[next.length - 1]?.id ?? 0) : lastByEpoch(next, mostEpochs);
        me.stage = Stage.opens;
      });
      return;
    case Stage.opens:
      put(rules, now, run, { kind: Kind.open, go });
      return;
    case Stage.acts:
      if (now.owner !== run + 1)
        go("sees that the lease is another's", (_next, me) => {
          me.stage = Stage.lost;
        });
      else
        go("changes something", (next, me) => {
          next.changedBy = run + 1;
          me.stage = Stage.verifies;
        });
      return;
    case Stage.verifies: {
      const isRight = now.changedBy === run + 1;
      go(isRight ? "verifies" : "sees that another has changed it", (_next, me) => {
        me.stage = isRight ? Stage.records : Stage.lost;
      });
      return;
    }
    case Stage.records:
      put(rules, now, run, { kind: Kind.outcome, go });
      return;
    case Stage.readsPointer:
      go("reads the pointer", (next, me) => {
        me.versionSeen = next.pointerVersion;
        me.pointerSeen = next.pointerSeq;
        me.holdSeen = next.hold;
        me.stage = Stage.writesPointer;
      });
      return;
    case Stage.writesPointer:
      movePointer(rules, now, run, go);
      return;
    case Stage.releases:
      go("releases the lease", (next, me) => {
        if (next.owner === run + 1) next.owner = 0;
        me.stage = Stage.over;
      });
      return;
  }
}

interface Write {
  readonly run: number;
  readonly slot: number;
  readonly epoch: number;
  readonly id: number;
  readonly previous: number;
  readonly kind: number;
}

function write(rules: LogRules, world: World, record: Write): boolean {
  return rules.layout === "one log" ? writeToLog(world, record) : writeByEpoch(world, record);
}

function writeToLog(world: World, { run, slot, id, previous, kind }: Write): boolean {
  const place = world.log[slot];
  if (!place || slot !== world.length) return false;
  if (kind === Kind.outcome) {
    if (world.changedBy !== run + 1) blame(world, Wrong.falseDone);
    const newest = world.log.slice(0, world.length).findLast((record) => record.kind === Kind.open);
    if (newest === undefined || writerOf(newest.id) !== run) blame(world, Wrong.staleOutcome);
  }
  place.id = id;
  place.previous = previous;
  place.kind = kind;
  world.length += 1;
  if (slot > 0 && world.log[slot - 1]?.id !== previous) blame(world, Wrong.brokenChain);
  return true;
}

function writeByEpoch(world: World, { run, epoch, id, previous, kind }: Write): boolean {
  const place = (kind === Kind.open ? world.intents : world.outcomes)[epoch];
  if (place?.id !== 0) return false;
  const isOvertaken = world.intents.some((intent, other) => other > epoch && intent.id !== 0);
  if (kind === Kind.outcome && world.changedBy !== run + 1) blame(world, Wrong.falseDone);
  if (kind === Kind.outcome && isOvertaken) blame(world, Wrong.staleOutcome);
  if (kind === Kind.open && isOvertaken) blame(world, Wrong.ghostIntent);
  place.id = id;
  place.previous = previous;
  place.kind = kind;
  let before = 0;
  for (const record of inOrder(world, mostEpochs)) {
    if (record.previous !== before) blame(world, Wrong.brokenChain);
    before = record.id;
  }
  return true;
}

/** Records by epoch, up to one of them: each intent before its outcome. */
function inOrder({ intents, outcomes }: World, upTo: number): readonly Stored[] {
  return intents
    .flatMap((intent, epoch) => (epoch > upTo ? [] : [intent, outcomes[epoch] as Stored]))
    .filter(({ id }) => id !== 0);
}
const lastByEpoch = (world: World, upTo: number): number => inOrder(world, upTo).at(-1)?.id ?? 0;

/** Whoever takes over writes what the loser has not: its outcome, or all that is missing before its own epoch. */
function closeOlder({ closes }: LogRules, world: World, me: Run, run: number): void {
  const newId = (): number => {
    me.serialised += 1;
    return idOf(run, me.serialised);
  };
  for (let epoch = closes === "all" ? 1 : me.epoch - 1; epoch >= 1 && epoch < me.epoch; epoch += 1) {
    const intent = world.intents[epoch] as Stored;
    const outcome = world.outcomes[epoch] as Stored;
    if (closes === "all" && intent.id === 0) {
      const record = { run, slot: 0, epoch, id: newId(), previous: lastByEpoch(world, epoch - 1), kind: Kind.open };
      writeByEpoch(world, record);
      if (world.broken === Wrong.ghostIntent) world.broken = 0;
    }
    if (outcome.id !== 0 || intent.id === 0) continue;
    outcome.id = newId();
    outcome.previous = intent.id;
    outcome.kind = Kind.closing;
  }
  me.stage = Stage.readsTail;
}

/** R2: create-only; no answer: the same again; 412: whose is it? */
function put(rules: LogRules, now: World, run: number, { kind, go }: { kind: number; go: Go }): void {
  const name = kind === Kind.open ? "open" : "outcome";
  const nextId = (me: Run): number => {
    if (rules.sendsSameBytes && me.isUnsure) return me.id;
    me.serialised += 1;
    me.id = idOf(run, me.serialised);
    return me.id;
  };
  const recordOf = (me: Run): Write => ({
    run,
    slot: me.tail,
    epoch: me.epoch,
    id: nextId(me),
    previous: me.last,
    kind,
  });
  go(`appends ${name}`, (next, me) => {
    const record = recordOf(me);
    if (write(rules, next, record)) {
      appended(me, kind, record.id, rules);
      return;
    }
    const stored = storedBy(rules, next, me, kind);
    if (writerOf(stored) === run && rules.onConflict === "lost") {
      blame(next, Wrong.falseLoss);
      me.stage = Stage.lost;
    } else if (writerOf(stored) === run)
      appended(me, kind, rules.chains === "what is stored" ? stored : record.id, rules);
    else if (kind === Kind.open && rules.layout === "one log") {
      me.isUnsure = 0;
      me.stage = Stage.readsTail;
    } else me.stage = Stage.lost;
  });
  if (!now.delaysLeft) return;
  go(`appends ${name}, the reply is lost`, (next, me) => {
    next.delaysLeft -= 1;
    const record = recordOf(me);
    me.isUnsure = 1;
    return write(rules, next, record);
  });
  go(`appends ${name}: it is late`, (next, me) => {
    next.delaysLeft -= 1;
    const { id, slot, previous, epoch } = recordOf(me);
    me.isUnsure = 1;
    return send(next, { kind: Sent.record, from: run, slot, id, previous, record: kind, epoch });
  });
}

function appended(me: Run, kind: number, id: number, { layout }: LogRules): void {
  me.last = id;
  me.isUnsure = 0;
  me.tail += 1;
  me.stage = kind === Kind.open ? Stage.acts : Stage.readsPointer;
  if (kind === Kind.outcome) me.outcomeSeq = layout === "one log" ? me.tail : me.epoch;
}

/** What stands where the run wanted to write; 0: nothing. */
function storedBy({ layout }: LogRules, world: World, me: Run, kind: number): number {
  if (layout === "one log") return world.length > me.tail ? (world.log[me.tail]?.id ?? 0) : 0;
  return (kind === Kind.open ? world.intents : world.outcomes)[me.epoch]?.id ?? 0;
}

type Sending = Pick<Message, "kind" | "from" | "slot" | "id" | "previous" | "record" | "epoch">;

function send(world: World, message: Sending): boolean {
  const free = world.messages.find(({ kind }) => kind === 0);
  if (free) Object.assign(free, message);
  return free !== undefined;
}

function setPointer({ holdIn }: LogRules, world: World, to: { run: number; seq: number; hold: number }): void {
  world.pointer = to.run + 1;
  world.pointerSeq = to.seq;
  world.pointerVersion += 1;
  if (holdIn === "current.json") world.hold = to.hold;
}

function movePointer(rules: LogRules, now: World, run: number, go: Go): void {
  const { pointerSeen, outcomeSeq, versionSeen, holdSeen } = runOf(now, run);
  if (rules.pointer === "only rises" && pointerSeen >= outcomeSeq) {
    go("finds the pointer further on", (_next, me) => {
      me.stage = Stage.releases;
    });
    return;
  }
  go("writes the pointer", (next, me) => {
    const isCurrent = next.pointerVersion === me.versionSeen;
    if (!isCurrent && rules.pointer === "only rises") {
      me.stage = Stage.readsPointer;
      return;
    }
    me.versionSeen = next.pointerVersion;
    setPointer(rules, next, { run, seq: me.outcomeSeq, hold: me.holdSeen });
    me.stage = Stage.releases;
  });
  if (!now.delaysLeft) return;
  go("writes the pointer: it is late", (next) => {
    next.delaysLeft -= 1;
    const message = { kind: Sent.pointer, from: run, slot: versionSeen, id: outcomeSeq, previous: holdSeen };
    return send(next, { ...message, record: 0, epoch: 0 });
  });
}

function deliver(rules: LogRules, now: World, at: number, can: Can<World>): void {
  const { kind, from, slot, id, previous, record, epoch } = now.messages[at] as Message;
  if (kind === 0) return;
  const clear = (next: World): void => {
    const nothing = { kind: 0, from: 0, slot: 0, id: 0, previous: 0, record: 0, epoch: 0 };
    Object.assign(next.messages[at] as Message, nothing);
  };
  can(`run ${from + 1}'s`, "late write lands", (next) => {
    clear(next);
    if (kind === Sent.record) write(rules, next, { run: from, slot, epoch, id, previous, kind: record });
    else if (slot === next.pointerVersion) setPointer(rules, next, { run: from, seq: id, hold: previous });
  });
  can(`run ${from + 1}'s`, "late write is lost", clear);
}

function meddle({ holdIn }: LogRules, now: World, can: Can<World>): void {
  if (now.deletionsLeft && now.length > 1)
    can("somebody", "deletes the last record", (next) => {
      next.deletionsLeft -= 1;
      next.length -= 1;
      Object.assign(next.log[next.length] as Stored, { kind: 0, id: 0, previous: 0 });
    });
  if (now.holdsLeft)
    can("operator", "sets a hold", (next) => {
      next.holdsLeft -= 1;
      next.hold = next.holdWanted = 1;
      if (holdIn === "current.json") next.pointerVersion += 1;
    });
}

function badEnd({ layout }: LogRules, world: World): string | null {
  if (world.holdWanted && !world.hold) return "the hold is lost";
  const records = layout === "one log" ? world.log.slice(0, world.length) : world.outcomes;
  const at = records.findLastIndex(({ kind }) => kind === Kind.outcome);
  const newest = layout === "one log" ? at + 1 : Math.max(0, at);
  const isBehind = world.runs.some(
    ({ stage, outcomeSeq }) => stage === Stage.over && world.pointer !== 0 && world.pointerSeq < outcomeSeq,
  );
  return world.pointerSeq > newest || isBehind ? "pointer = history at rest" : null;
}
