import { trap } from "../checker/explore.ts";
import type { ModelCase } from "../model-case.ts";
import { promotionModel } from "./model.ts";
import type { Rules } from "./rules.ts";
import { deepStories, type StoryName, smallStories, stories } from "./stories.ts";
import type { Story } from "./story.ts";

/** Every story under the protocol as it is: nothing breaks, and a good end stays within reach. */
export const promotionHolds: readonly ModelCase[] = Object.entries<Story>(stories).map(([name, story]) => ({
  name,
  after: "the protocol",
  model: () => promotionModel(story),
  breaks: null,
  asksTraps: true,
  size: smallStories.has(name) ? "small" : "usual",
}));

/** The same with more crashes, more late requests, a third run, other times. */
export const promotionHoldsDeep: readonly ModelCase[] = Object.entries(deepStories).map(([name, story]) => ({
  name,
  after: "the protocol",
  model: () => promotionModel(story),
  breaks: null,
  size: "deep",
}));

interface Ablation {
  readonly name: string;
  readonly after: string;
  readonly rules: Partial<Rules>;
  readonly story: StoryName;
  readonly breaks: string;
  readonly isSmall?: boolean;
}

const stale = "I3: a stale run changed the world";
const lateMigration = "I9: a migration of an older epoch ran after a newer one had decided";
const rolledBroken = "I9: a release was rolled onto a schema that breaks it";
const falseRecord = "no false record: a settled record names what does not run";
const runningBroken = "R14: a running release meets a schema that breaks it";

const ablations: readonly Ablation[] = [
  {
    name: "keys by run instead of one log",
    after: "§2",
    rules: { oneLog: false },
    story: "fix forward",
    breaks: lateMigration,
    isSmall: true,
  },
  {
    name: "no wait on takeover",
    after: "R5",
    rules: { waitsAfterTakeover: false },
    story: "rollback, then forward",
    breaks: stale,
    isSmall: true,
  },
  { name: "break, no wait", after: "R5", rules: { waitsAfterBreak: "nothing" }, story: "operator", breaks: stale },
  { name: "break, L only", after: "R5", rules: { waitsAfterBreak: "request" }, story: "operator", breaks: stale },
  {
    name: "the wait is not kept in the lease",
    after: "R5",
    rules: { keepsWaitInLease: false },
    story: "interrupted while waiting",
    breaks: stale,
  },
  {
    name: "no quiet after unanswered calls",
    after: "R9",
    rules: { quietBeforeVerify: false },
    story: "sick release, resumed",
    breaks: stale,
  },
  {
    name: "no quiet before partial",
    after: "R9",
    rules: { quietBeforePartial: false },
    story: "fix forward",
    breaks: stale,
    isSmall: true,
  },
  {
    name: "quiet after verify",
    after: "R9 before R10",
    rules: { quietBeforeVerify: false, quietAfterVerify: true },
    story: "sick release, resumed",
    breaks: falseRecord,
  },
  {
    name: "no fence if the successor migrates nothing",
    after: "R7",
    rules: { raisesFence: false },
    story: "sick release that cannot go back",
    breaks: lateMigration,
    isSmall: true,
  },
  {
    name: "the runner asks no fence",
    after: "§5",
    rules: { runnerAsksFence: false },
    story: "sick release that cannot go back",
    breaks: lateMigration,
    isSmall: true,
  },
  {
    name: "the runner takes no lock",
    after: "§5",
    rules: { runnerLocks: false },
    story: "sick release that cannot go back",
    breaks: lateMigration,
    isSmall: true,
  },
  {
    name: "a lost task is not fenced",
    after: "R13",
    rules: { fencesLostTask: false },
    story: "lost task",
    breaks: lateMigration,
  },
  {
    name: "planned before the lease",
    after: "R8",
    rules: { plansUnderLease: false },
    story: "contract against rollback",
    breaks: rolledBroken,
  },
  {
    name: "the schema is read before the fence",
    after: "R7 before R8",
    rules: { decidesAfterFence: false },
    story: "contract against rollback",
    breaks: rolledBroken,
  },
  {
    name: "the gate looks at the record only",
    after: "R14",
    rules: { gateSeesRunning: false },
    story: "contract against rollback",
    breaks: runningBroken,
  },
  {
    name: "goes back unconditionally",
    after: "R16",
    rules: { revertsOnlyIfFits: false },
    story: "fix forward",
    breaks: rolledBroken,
    isSmall: true,
  },
  {
    name: "the baseline is what a resume observes",
    after: "R15",
    rules: { baselineIsRecorded: false },
    story: "lost task",
    breaks: falseRecord,
  },
  {
    name: "no final verify",
    after: "R10",
    rules: { verifiesAll: false },
    story: "sick release, resumed",
    breaks: falseRecord,
  },
  {
    name: "a resume trusts its journal, no final verify",
    after: "§2",
    rules: { trustsJournal: true, verifiesAll: false },
    story: "sick release, resumed",
    breaks: falseRecord,
  },
  {
    name: "a resume trusts its journal",
    after: "§2",
    rules: { trustsJournal: true },
    story: "overtaken",
    breaks: trap,
  },
  {
    name: "no turn",
    after: "R17",
    rules: { recordsTurn: false },
    story: "sick release, resumed",
    breaks: "I11: an effect stands in no plan of its epoch",
    isSmall: true,
  },
  {
    name: "the web fence is late",
    after: "R7",
    rules: { webFenceFirst: false },
    story: "rollback, then forward",
    breaks: stale,
  },
  {
    name: "no web fence when going back",
    after: "§7",
    rules: { webWritesGoingBack: false },
    story: "sick release, resumed",
    breaks: stale,
  },
  {
    name: "the pointer is not monotone",
    after: "§1",
    rules: { pointerOnlyRises: false },
    story: "promotion against rollback",
    breaks: "pointer = history at rest",
  },
  {
    name: "the pointer is not mended",
    after: "§4.1",
    rules: { mendsPointer: false },
    story: "promotion against rollback",
    breaks: "pointer = history at rest",
  },
  {
    name: "a freeze refuses a resume",
    after: "R18",
    rules: { freezeSparesResume: false },
    story: "freeze",
    breaks: "I6: the last run was refused, and something is unfinished",
    isSmall: true,
  },
  {
    name: "the gate counts what is broken already",
    after: "R14",
    rules: { gateBlocksNewOnly: false },
    story: "fix forward",
    breaks: "I6: the last run was refused, and something is unfinished",
    isSmall: true,
  },
  {
    name: "partial leaves the turn",
    after: "R17",
    rules: { partialEndsTurn: false },
    story: "going back fails too",
    breaks: "I6: the last run ended partial",
    isSmall: true,
  },
  {
    name: "an old beat is ignored",
    after: "R11",
    rules: { stopsWhenOld: false },
    story: "rollback, then forward",
    breaks: stale,
    isSmall: true,
  },
  {
    name: "a pause after the check",
    after: "A4",
    rules: { freezesAfterCheck: true },
    story: "rollback, then forward",
    breaks: stale,
    isSmall: true,
  },
  {
    name: "an unbounded network",
    after: "A2",
    rules: { networkIsBounded: false },
    story: "rollback, then forward",
    breaks: stale,
    isSmall: true,
  },
  {
    name: "design.md read literally, all of it",
    after: "§14",
    rules: {
      plansUnderLease: false,
      waitsAfterBreak: "request",
      quietBeforeVerify: false,
      quietBeforePartial: false,
      raisesFence: false,
      gateSeesRunning: false,
      revertsOnlyIfFits: false,
      recordsTurn: false,
      baselineIsRecorded: false,
      webFenceFirst: false,
      webWritesGoingBack: false,
      pointerOnlyRises: false,
      mendsPointer: false,
      keepsWaitInLease: false,
      freezeSparesResume: false,
    },
    story: "promotion against rollback",
    breaks: lateMigration,
    isSmall: true,
  },
];

export const promotionBreaks: readonly ModelCase[] = ablations.map(
  ({ name, after, rules, story, breaks, isSmall }) => ({
    name,
    after,
    model: () => promotionModel({ ...stories[story], rules }),
    breaks,
    asksTraps: breaks === trap,
    size: isSmall ? "small" : "usual",
  }),
);
