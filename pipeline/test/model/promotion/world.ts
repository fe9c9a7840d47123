import { blockOf, type Frame, Layout } from "../checker/layout.ts";

const globals = blockOf({
  /** What the services and the pages are set to. */
  api: "small",
  worker: "small",
  web: "small",
  /** Applied migrations, as bits. */
  schema: "small",
  /** The run whose task has the advisory lock, + 1. */
  lockedBy: "small",
  leaseOwner: "small",
  leaseAge: "small",
  quietTicks: "small",
  pointer: "small",
  settled: "small",
  /** A plan is on record that no settling outcome follows. */
  unfinished: "small",
  unfinishedRelease: "small",
  newestRun: "small",
  newestClosed: "small",
  turned: "small",
  migrationOpen: "small",
  journalZ: "small",
  journalA: "small",
  journalB: "small",
  journalC: "small",
  crashesLeft: "small",
  delaysLeft: "small",
  unhealthyLeft: "small",
  migrationFaultsLeft: "small",
  breaksLeft: "small",
  freezesLeft: "small",
  abortsLeft: "small",
  lostTasksLeft: "small",
  frozen: "small",
  broken: "small",
  webEpoch: "wide",
  fence: "wide",
  pointerSeq: "wide",
  /** Records in the ledger: the tail. */
  length: "wide",
  settledSeq: "wide",
});
const messageBlock = blockOf({
  kind: "small",
  from: "small",
  ticksLeft: "small",
  /** The ETag that it names is still the newest. */
  isCurrent: "small",
  value: "wide",
  detail: "wide",
  argument: "wide",
});
const runBlock = blockOf({
  /** Ticks since its last confirmed beat. */
  beatAge: "small",
  /** What ran when it decided. */
  seenApi: "small",
  seenWorker: "small",
  seenWeb: "small",
  baseline: "small",
  goesBack: "small",
  /** Ticks until its unanswered requests have landed or died. */
  unanswered: "small",
  /** Its late record is in the ledger, and it has not heard of it. */
  landedUnheard: "small",
  task: "small",
  taskMigrations: "small",
  taskLeft: "small",
  taskFenced: "small",
  /** Releases that its plan and turn name, as bits. */
  planned: "small",
  result: "small",
  unfinishedBefore: "small",
  sawTurn: "small",
  sawMigration: "small",
  sawUnfinished: "small",
  changed: "small",
  decided: "small",
  stage: "wide",
  /** The number of its `open`; the order of epochs is that of these. */
  epoch: "wide",
  /** The tail that it read. */
  tail: "wide",
  taskEpoch: "wide",
});

export type Run = InstanceType<typeof runBlock.View>;
export type Message = InstanceType<typeof messageBlock.View>;
const messagesAtOnce = 3;

/** One environment and everybody who acts on it. */
export class World extends globals.View {
  readonly runs: readonly Run[];
  readonly messages: readonly Message[];

  constructor(frame: Frame, bases: Bases) {
    super(frame, bases.globals);
    this.runs = bases.runs.map((base) => new runBlock.View(frame, base));
    this.messages = bases.messages.map((base) => new messageBlock.View(frame, base));
  }

  run(number: number): Run {
    return this.runs[number] as Run;
  }
}

interface Bases {
  readonly globals: number;
  readonly messages: readonly number[];
  readonly runs: readonly number[];
}

export function worldLayout(runs: number): { readonly layout: Layout; readonly worldIn: (frame: Frame) => World } {
  const layout = new Layout();
  const [first] = layout.place("", globals);
  const bases: Bases = {
    globals: first ?? 0,
    messages: layout.place("message", messageBlock, messagesAtOnce),
    runs: layout.place("run", runBlock, runs),
  };
  return { layout, worldIn: (frame) => new World(frame, bases) };
}

/** Requests under way have no order: the same ones are the same state. A message is two words. */
export function sortMessages({ words, messages }: World): void {
  for (let one = 0; one < messages.length; one += 1)
    for (let other = one + 1; other < messages.length; other += 1) {
      const a = (messages[one] as Message).base >>> 2;
      const b = (messages[other] as Message).base >>> 2;
      const sent = words[a] as number;
      const value = words[a + 1] as number;
      const otherSent = words[b] as number;
      const otherValue = words[b + 1] as number;
      if (sent > otherSent || (sent === otherSent && value >= otherValue)) continue;
      words[a] = otherSent;
      words[a + 1] = otherValue;
      words[b] = sent;
      words[b + 1] = value;
    }
}
