import type { ModelCase } from "../model-case.ts";
import { type ClockRules, clockModel } from "./clocks.ts";
import { type EdgeRules, edgeModel } from "./edge.ts";
import { type LogRules, logModel } from "./log.ts";
import { type PostgresRules, postgresModel } from "./postgres.ts";
import { type PublishingRules, publishingModel } from "./publishing.ts";
import { type RetentionRules, retentionModel } from "./retention.ts";
import { lostFile, lostRunning, sharingModel } from "./sharing/sharing.ts";
import type { SharingRules } from "./sharing/world.ts";
import { type TemplateRules, templateModel } from "./template.ts";

type Row<R> = readonly [
  name: string,
  after: string,
  rules: Partial<R>,
  breaks: string | null,
  size?: ModelCase["size"],
];

function casesOf<R>(
  part: string,
  modelOf: (rules: Partial<R>) => ReturnType<ModelCase["model"]>,
  rows: readonly Row<R>[],
) {
  return rows.map(([name, after, rules, breaks, size = "small"]) => ({
    name: `${part}: ${name}`,
    after,
    model: () => modelOf(rules),
    breaks,
    size,
  }));
}
const protocol = "the protocol";

const retention: readonly Row<RetentionRules>[] = [
  ["two promoters and a collector", protocol, {}, null],
  ["three promoters, two deaths", protocol, { promoters: 3, deaths: 2 }, null, "usual"],
  ["two collectors", protocol, { collectors: 2 }, null, "usual"],
  ["a publisher beside them", protocol, { publisher: true }, null, "usual"],
  ["a publisher that does not pin, by the tombstone alone", protocol, { publisher: true, publisherPins: false }, null],
  [
    "pin, then look, and a collector that looks twice",
    "safe while no pin is ever dropped",
    { pins: "pin, then look", dropsPins: false },
    null,
  ],
  ["look, then pin", "R23", { pins: "look, then pin", dropsPins: false }, "I12: a running release lost its files"],
  ["an old pin is not written again", "R23", { pinsAgain: false }, "I12: a running release lost its files"],
  [
    "every pin outside the window is dropped",
    "R24",
    { drops: "outside the window" },
    "I12: a running release lost its files",
  ],
  [
    "the same, pin, then look",
    "R24",
    { pins: "pin, then look", drops: "outside the window" },
    "I12: a running release lost its files",
  ],
  ["files go first", "R24", { deletesManifestFirst: false }, "I1: a manifest stands without its files"],
  [
    "no tombstone, and a publisher that does not pin",
    "R24",
    { publisher: true, publisherPins: false, leavesTombstone: false },
    "I1: a manifest stands without its files",
  ],
];

const publishing: readonly Row<PublishingRules>[] = [
  ["two builds of one commit", protocol, {}, null],
  [
    "keys by path, a 412 taken for one's own file",
    "§1",
    { keys: "path", onConflict: "taken for ours" },
    "I1: the manifest names other bytes than are stored",
  ],
  ["keys by path, compared", "§1", { keys: "path" }, "I6: this commit can never be published"],
];

const sharing: readonly Row<SharingRules>[] = [
  ["two publishers, a promoter and a collector of one file", protocol, {}, null, "usual"],
  ["the same with a second collector", protocol, { secondCollector: true }, null, "usual"],
  ["what is there is taken for safe", "§9", { rewritesWhatIsOld: false }, lostFile],
  ["a base does not know that it is one", "§9", { marksItsBase: false }, lostFile],
  ["nobody is fenced off", "ADR 5", { fences: false }, lostFile],
  ["a mark's place is taken with a new time", "ADR 5", { keepsTheOldest: false }, lostFile],
  ["a mark goes with whoever began as early", "ADR 5", { clears: "whose time it is" }, lostFile, "usual"],
  ["a fence leaves no mark", "ADR 5", { fenceLeavesMark: false }, lostFile, "usual"],
  ["a file grows old during the sweep", "ADR 5", { ages: "of the look" }, lostFile],
  ["what is needed is read first", "§9", { readsNeeded: "first" }, lostFile],
  ["the file goes though it was written again", "§9", { deletes: "what is there" }, lostFile],
  ["retired without a look at the pins", "R24", { retires: "blindly" }, lostRunning],
  [
    "a release that another collector retired is forgotten",
    "ADR 5",
    { secondCollector: true, leavesWhatWasRetired: false },
    lostFile,
    "usual",
  ],
  ["a publication never gives up", "§9", { givesUp: false }, lostFile, "usual"],
];

const staleEdge = "stale edge: it serves other pages for ever";
const edge: readonly Row<EdgeRules>[] = [
  ["A, B, A with a crash", protocol, {}, null],
  ["the reference is (sha, paths)", "R20", { reference: "release" }, staleEdge],
  ["a resume skips the invalidation", "R20", { resumeInvalidates: false }, staleEdge],
  ["invalidated before the switch", "§7", { switchesFirst: false }, staleEdge],
];

const noWayBack = "I6: no way back, the old template's resources are gone";
const alone = { sharesLease: false, keepsWhatIsUsed: false } as const;
const template: readonly Row<TemplateRules>[] = [
  ["one lease, and what is used is kept", protocol, {}, null],
  ["one lease alone", protocol, { keepsWhatIsUsed: false }, null],
  ["what is used is kept, without a lease", protocol, { sharesLease: false }, null],
  ["a replaced service, under the lease", protocol, { keepsWhatIsUsed: false, replaces: true }, null],
  [
    "the target is read again by each roll",
    "R21",
    { ...alone, descriptor: "read again" },
    "I11: a template was used that is not in the plan",
  ],
  ["pulumi up without the lease", "R22", alone, noWayBack],
  ["compared before each roll", "R22", { ...alone, compares: true }, noWayBack],
  ["a service is replaced without the lease", "R22", { ...alone, replaces: true }, noWayBack],
];

const staleCommit = "I3: a stale epoch committed after the fence was raised";
const twoMigrators = "I4: two migrators at once";
const ranTwice = "I4: a committed file ran again";
const postgres: readonly Row<PostgresRules>[] = [
  ["two tasks", protocol, {}, null],
  ["three tasks, two kills", protocol, { tasks: 3, kills: 2 }, null],
  ["without a transaction", protocol, { isTransactional: false }, null],
  ["without a transaction, three tasks, two kills", protocol, { isTransactional: false, tasks: 3, kills: 2 }, null],
  [
    "fence at the start, raised under the lock",
    "safe: the lock alone holds it",
    { asksFence: "at the start", raises: "lock" },
    null,
  ],
  ["the lock is on another session", "§5", { lock: "another session", drops: 1 }, twoMigrators],
  [
    "the lock is on another session, fence at the start",
    "§5",
    { lock: "another session", drops: 1, asksFence: "at the start" },
    staleCommit,
  ],
  [
    "the lock is on another session, without a transaction",
    "§5",
    { lock: "another session", drops: 1, isTransactional: false },
    staleCommit,
  ],
  ["no lock", "§5", { lock: "none" }, twoMigrators],
  ["no fence", "§5", { asksFence: "never" }, staleCommit],
  ["fence at the start, raised by a bare update", "§5", { asksFence: "at the start", raises: "row" }, staleCommit],
  ["a half-run file runs again", "§5", { isTransactional: false, halfRun: "run again" }, ranTwice],
  [
    "listed before the lock (knex)",
    "§5",
    { listsBeforeLock: true, raises: "never", asksFence: "never", kills: 0 },
    ranTwice,
  ],
];

const lateRequest = "I3: a request of the old holder landed after the new one acts";
const clocks: readonly Row<ClockRules>[] = [
  ["age since it was sent, both clocks", protocol, {}, null],
  ["a machine that sleeps", protocol, { sleeps: true }, null],
  ["a taker without the store's times", protocol, { taker: "own clock", errorTicks: 0 }, null],
  ["an operator breaks it", protocol, { operatorBreaks: true }, null],
  ["a pause that the signature bounds", protocol, { pauses: true, longestPause: 2, allowedPause: 2 }, null, "usual"],
  ["age since the reply", "R3", { ageSince: "answered" }, lateRequest],
  ["monotonic clock and sleep", "R3", { clocks: "monotonic", sleeps: true }, lateRequest],
  ["wall clock set back", "R3", { clocks: "wall", clockIsSetBack: true }, lateRequest],
  ["sleep and a clock set back", "§13, cannot be guaranteed", { sleeps: true, clockIsSetBack: true }, lateRequest],
  ["a store clock off by more than δ", "A3", { errorTicks: 3 }, lateRequest],
  ["a pause between check and request", "A4", { pauses: true }, lateRequest],
  ["a pause that nobody allows for", "R11", { pauses: true, longestPause: 2 }, lateRequest],
  ["taken over below S", "R4", { takesOverAt: 1 }, lateRequest],
  ["break, then L", "R5", { operatorBreaks: true, waitAfterBreak: "request" }, lateRequest],
  ["break, no wait", "R5", { operatorBreaks: true, waitAfterBreak: "nothing" }, lateRequest],
  ["the taker's own S", "R4", { staleTicks: 3, takersOwnStaleTicks: 1 }, lateRequest],
];

const brokenChain = "I8: the chain is broken";
const log: readonly Row<LogRules>[] = [
  ["two runs, two late writes", protocol, {}, null],
  ["three runs, one late write", protocol, { runs: 3, delays: 1 }, null, "usual"],
  ["a hold in its own key", protocol, { holds: 1 }, null, "usual"],
  ["new bytes on a retry, chained to what is stored", "safe, not what we do", { sendsSameBytes: false }, null, "usual"],
  ["hold in current.json, read first", "safe, not what we do", { holds: 1, holdIn: "current.json" }, null, "usual"],
  [
    "keys by epoch, the taker closes all",
    "safe, not what we do",
    { layout: "keys by epoch", closes: "all", runs: 3 },
    null,
    "deep",
  ],
  ["keys by epoch", "design §5", { layout: "keys by epoch" }, brokenChain],
  [
    "keys by epoch, the taker writes the loser's outcome",
    "design §5",
    { layout: "keys by epoch", closes: "the newest", runs: 3 },
    brokenChain,
  ],
  ["the pointer is overwritten", "§1", { pointer: "is overwritten" }, "pointer = history at rest"],
  ["new bytes on a retry, chained from memory", "R1", { sendsSameBytes: false, chains: "what was sent" }, brokenChain],
  ["a 412 is a loss", "R2", { onConflict: "lost" }, "a run takes its own success for a loss"],
  ["a record is deleted", "A5", { deletions: 1 }, "no false record: done, and another run has changed something since"],
  [
    "hold in an overwritten current.json",
    "§1",
    { holds: 1, holdIn: "current.json", pointer: "is overwritten" },
    "the hold is lost",
  ],
];

export const focusedCases: readonly ModelCase[] = [
  ...casesOf("retention", retentionModel, retention),
  ...casesOf("publishing", publishingModel, publishing),
  ...casesOf("sharing", sharingModel, sharing),
  ...casesOf("edge", edgeModel, edge),
  ...casesOf("template", templateModel, template),
  ...casesOf("postgres", postgresModel, postgres),
  ...casesOf("clocks", clockModel, clocks),
  ...casesOf("log", logModel, log),
];
