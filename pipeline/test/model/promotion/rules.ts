/** Every rule that can be left out. `protocol.md` §14 says what each one's absence breaks. */
export interface Rules {
  /** R8: planned (again) under the lease, after `open` and the fences. */
  readonly plansUnderLease: boolean;
  /** §2: one numbered log whose next slot arbitrates; off: each run has keys of its own. */
  readonly oneLog: boolean;
  /** R5: whoever takes over waits until the loser's requests can land no more. */
  readonly waitsAfterTakeover: boolean;
  /** R5 after `lease break`: everything, only L, or nothing. */
  readonly waitsAfterBreak: "all" | "request" | "nothing";
  /** R5: what is left of the wait stands in the lease. */
  readonly keepsWaitInLease: boolean;
  /** R9: quiet before the last look. */
  readonly quietBeforeVerify: boolean;
  /** R9: quiet before `partial` too. */
  readonly quietBeforePartial: boolean;
  /** The wrong way around: verify first, then be quiet. */
  readonly quietAfterVerify: boolean;
  /** R7: the Postgres fence is raised whenever the ledger has an open migration. */
  readonly raisesFence: boolean;
  /** R13: a task given up as lost is fenced by its attempt. */
  readonly fencesLostTask: boolean;
  /** §5: the runner asks the fence. */
  readonly runnerAsksFence: boolean;
  /** §5: the runner holds the advisory lock. */
  readonly runnerLocks: boolean;
  /** R7 before R8: the schema is read after the fence. */
  readonly decidesAfterFence: boolean;
  /** R14: in play is what runs, not only what is recorded. */
  readonly gateSeesRunning: boolean;
  /** R14: only what this batch newly breaks counts. */
  readonly gateBlocksNewOnly: boolean;
  /** R15: the baseline is the settled record, not what a resume observes. */
  readonly baselineIsRecorded: boolean;
  /** R16: back only onto a schema that bears it. */
  readonly revertsOnlyIfFits: boolean;
  /** R17: `partial` ends the turn. */
  readonly partialEndsTurn: boolean;
  /** R17: `turn` is recorded before the first step back. */
  readonly recordsTurn: boolean;
  /** R7: the web fence is raised before anything is decided. */
  readonly webFenceFirst: boolean;
  /** §7: going back writes the pages even where they are right. */
  readonly webWritesGoingBack: boolean;
  /** §7: `pointer` mode; off: `sync`, which takes no precondition. */
  readonly webIsConditional: boolean;
  /** R10: everything is verified once more before the record. */
  readonly verifiesAll: boolean;
  /** §1: current.json only ever moves to a higher number. */
  readonly pointerOnlyRises: boolean;
  /** §4.1: a run with nothing to do mends the pointer. */
  readonly mendsPointer: boolean;
  /** A resume skips what its journal calls done (it never should). */
  readonly trustsJournal: boolean;
  /** R3, R11: nothing is sent on an old beat. */
  readonly stopsWhenOld: boolean;
  /** A4 against R11: the process freezes between check and send. */
  readonly freezesAfterCheck: boolean;
  /** R18: a freeze does not refuse a resume. */
  readonly freezeSparesResume: boolean;
  /** A2, an assumption and no rule: a request lands within L or never. */
  readonly networkIsBounded: boolean;
}

export const protocolRules: Rules = {
  plansUnderLease: true,
  oneLog: true,
  waitsAfterTakeover: true,
  waitsAfterBreak: "all",
  keepsWaitInLease: true,
  quietBeforeVerify: true,
  quietBeforePartial: true,
  quietAfterVerify: false,
  raisesFence: true,
  fencesLostTask: true,
  runnerAsksFence: true,
  runnerLocks: true,
  decidesAfterFence: true,
  gateSeesRunning: true,
  gateBlocksNewOnly: true,
  baselineIsRecorded: true,
  revertsOnlyIfFits: true,
  partialEndsTurn: true,
  recordsTurn: true,
  webFenceFirst: true,
  webWritesGoingBack: true,
  webIsConditional: true,
  verifiesAll: true,
  pointerOnlyRises: true,
  mendsPointer: true,
  trustsJournal: false,
  stopsWhenOld: true,
  freezesAfterCheck: false,
  freezeSparesResume: true,
  networkIsBounded: true,
};
