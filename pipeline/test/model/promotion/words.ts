/** The releases of every story: A runs in the beginning, Z ran before it, B and C come with a migration each. */
export const Release = { Z: 0, A: 1, B: 2, C: 3 } as const;
export const releaseNames = ["Z", "A", "B", "C"] as const;
/** Which migrations a release carries, as bits; each carries those of the ones before. */
const migrationsByRelease = [0b00, 0b00, 0b01, 0b11] as const;
export const migrationsOf = (release: number): number => migrationsByRelease[release] as number;

/** Where a run is. The order is that of protocol §4. */
export const stages = [
  "not begun",
  "acquiring",
  "waiting for quiet",
  "opening",
  "fencing",
  "planning",
  "announcing migrations",
  "starting the task",
  "waiting for the task",
  "recording migrations",
  "rolling api",
  "confirming api",
  "rolling worker",
  "confirming worker",
  "switching web",
  "quiet",
  "verifying",
  "recording the outcome",
  "writing the pointer",
  "releasing",
  "turning",
  "ended",
  "lost",
  "dead",
  "about to send api",
  "about to send worker",
  "quiet after verifying",
] as const;
export type StageName = (typeof stages)[number];
export const Stage = Object.fromEntries(stages.map((name, at) => [name, at])) as Readonly<Record<StageName, number>>;

/** A run in one of these does nothing more. */
export const isOver = (stage: number): boolean => stage >= Stage.ended && stage <= Stage.dead;

export const records = ["none", "open", "plan", "migrate-started", "migrate-finished", "turn", "outcome"] as const;
export const RecordKind = { open: 1, plan: 2, migrateStarted: 3, migrateFinished: 4, turn: 5, outcome: 6 } as const;

export const results = ["none", "done", "reverted", "partial", "refused"] as const;
export const Result = { none: 0, done: 1, reverted: 2, partial: 3, refused: 4 } as const;

/** Who holds the lease: 0 nobody, a run's number + 1, or one of these. */
export const LeaseOwner = { free: 0, broken: 14, absent: 15 } as const;
export const noRun = 15;
export const noRelease = 15;

/** A request under way whose sender has not heard of it. */
export const messages = ["none", "api", "worker", "record", "web", "pointer", "lease"] as const;
export const MessageKind = { none: 0, api: 1, worker: 2, record: 3, web: 4, pointer: 5, lease: 6 } as const;
/** A write to the object store may land at any time (A1). */
export const neverExpires = 15;

/** What becomes of the migration task of a run. */
export const Task = { none: 0, ordered: 1, migrating: 2, done: 4, fenced: 5, failed: 6 } as const;

/** What a run has decided before its plan is on record; bits, but for `givenUp`, which is said of its task. */
export const Decided = { nothing: 0, go: 1, refuse: 2, mustMigrate: 4, givenUp: 8 } as const;

/** By the names of design §10 and protocol §12. A state holds the number of the first that was broken. */
export const invariants = [
  "",
  "I3: a stale run changed the world",
  "I4: a migration ran twice, or two ran at once",
  "I5: a service was set before its migrations",
  "R14: a running release meets a schema that breaks it",
  "I9: a release was rolled onto a schema that breaks it",
  "no false record: a settled record names what does not run",
  "I6: a run refused after it had changed something",
  "I11: an effect stands in no plan of its epoch",
  "I9: a migration of an older epoch ran after a newer one had decided",
] as const;
export const Invariant = {
  staleEffect: 1,
  migratedTwice: 2,
  beforeMigration: 3,
  runningBroken: 4,
  rolledBroken: 5,
  falseRecord: 6,
  refusedAfterChange: 7,
  unplanned: 8,
  lateMigration: 9,
} as const;
