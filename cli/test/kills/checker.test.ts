import { expect, test } from "vitest";
import { canonical, LedgerCheck, sha256 } from "./ledger-check.ts";
import { familyOf, type Home, type Process, strangersIn } from "./processes.ts";
import { problemsOf, problemsOfClaims, type Seen, type Wanted } from "./world-check.ts";

const digest = (of: string): string => sha256(of);
const manifestOf = (sha: string): string =>
  canonical({
    git: { sha },
    images: { api: { digest: digest(`api ${sha}`) }, worker: { digest: digest(`worker ${sha}`) } },
    web: { digest: digest(`web ${sha}`) },
  });
const goalOf = (sha: string) => ({
  services: {
    api: { sha, image: digest(`api ${sha}`), template: "t" },
    worker: { sha, image: digest(`worker ${sha}`), template: "t" },
  },
  web: { sha, digest: digest(`web ${sha}`) },
});

// biome-ignore lint/suspicious/noExplicitAny: lies are planted anywhere
type Json = any;
const step = (kind: string): Json => ({ kind, already: false });
function planOf(sha: string, kinds: readonly string[]): Json {
  const plan = { version: 1, release: { sha, digest: digest(manifestOf(sha)) }, goal: goalOf(sha) };
  const steps = kinds.map(step);
  return { ...plan, steps, hash: digest(canonical({ ...plan, steps: kinds.map((kind) => ({ kind })) })) };
}
const stepDone = (n: number, kind: string, back = false): Json => ({
  kind: "step",
  n,
  step: kind,
  back,
  report: { status: "done" },
});
const outcome = (result: string, sha: string): Json => ({ kind: "outcome", result, observed: goalOf(sha) });
const applied = (...names: string[]) => names.map((name) => ({ name, sha256: null }));

/** `a` was promoted; `b` was tried and put back in epoch 2; epoch 3 died, and epoch 4 ended well with `c`. */
const bodies: readonly (readonly [number, Json])[] = [
  [1, { kind: "open" }],
  [1, { kind: "plan", plan: planOf("a", ["run-migrations", "roll-service"]), fenced: null }],
  [1, { kind: "migrate-finished", result: "done", applied: applied("m1") }],
  [1, stepDone(1, "run-migrations")],
  [1, stepDone(2, "roll-service")],
  [1, outcome("done", "a")],
  [2, { kind: "open" }],
  [2, { kind: "plan", plan: planOf("b", ["roll-service"]), fenced: null }],
  [2, { kind: "turn", plan: planOf("a", ["roll-service"]) }],
  [2, stepDone(1, "roll-service", true)],
  [2, outcome("reverted", "a")],
  [3, { kind: "open" }],
  [4, { kind: "open" }],
  [4, { kind: "plan", plan: planOf("c", ["roll-service"]), fenced: { applied: applied("m1", "m2") } }],
  [4, stepDone(1, "roll-service")],
  [4, outcome("done", "c")],
];
type Change = (records: Json[]) => void;
interface File {
  name: string;
  text: string;
}

/** The files of that ledger: `change` is made before they are chained, `edit` afterwards. */
function ledgerOf(change: Change = () => undefined, edit: (files: File[]) => void = () => undefined): LedgerCheck {
  const records = bodies.map(([epoch, body]) => ({ epoch, body: structuredClone(body) }));
  change(records);
  let prev: string | null = null;
  const files = records.map((record, index): File => {
    const text = JSON.stringify({ seq: index + 1, prev, ...record });
    prev = sha256(text);
    return { name: `${String(index + 1).padStart(10, "0")}.json@1`, text };
  });
  edit(files);
  const check = new LedgerCheck();
  for (const { name, text } of files) check.add(name, Buffer.from(text));
  return check;
}

test("a ledger in which one was put back and one died is as it should be", () => {
  const { problems, running, settled, epoch, isClosed, applied: names } = ledgerOf();
  expect(problems).toEqual([]);
  expect({ sha: running?.sha, settled: settled?.seq, epoch, isClosed, names }).toEqual({
    sha: "c",
    settled: 16,
    epoch: 4,
    isClosed: true,
    names: ["m1", "m2"],
  });
});

test.for<{ name: string; change?: Change; edit?: (files: File[]) => void; says: string }>([
  {
    name: "an edited record",
    edit: (files) => edited(files, 5, (text) => text.replace('"done"', '"dOne"')),
    says: "record 7: it does not hold the hash",
  },
  {
    name: "a record that is cut short",
    edit: (files) => edited(files, 5, (text) => text.slice(0, 40)),
    says: "no JSON",
  },
  { name: "a gap", edit: (files) => void files.splice(4, 1), says: "record 5: its file is 0000000006.json@1: a gap" },
  {
    name: "a second version of a record",
    edit: (files) => void files.splice(4, 0, { name: "0000000004.json@2", text: files[3]?.text ?? "" }),
    says: "or a second version",
  },
  { name: "an epoch left out", change: (all) => all.splice(11, 1), says: "it opens epoch 4 after 2" },
  { name: "an epoch twice", change: (all) => at(all, 12, { epoch: 3 }), says: "it opens epoch 3 after 3" },
  { name: "a late writer", change: (all) => at(all, 14, { epoch: 3 }), says: "epoch 3 writes while 4 is the last" },
  {
    name: "an end after the end",
    change: (all) => all.splice(11, 0, { epoch: 2, body: outcome("done", "b") }),
    says: "epoch 2 goes on after its end",
  },
  { name: "done without its last step", change: (all) => all.splice(4, 1), says: "not every step of its plan is" },
  {
    name: "a step of no plan",
    change: (all) => at(all, 4, { body: stepDone(3, "switch-web") }),
    says: "is in no plan",
  },
  { name: "a step left out", change: (all) => all.splice(3, 1), says: "step 2 follows 0" },
  {
    name: "another end than the goal",
    change: (all) => at(all, 5, { body: outcome("done", "b") }),
    says: "not the goal",
  },
  {
    name: "put back to another release",
    change: (all) => {
      at(all, 8, { body: { kind: "turn", plan: planOf("c", ["roll-service"]) } });
      at(all, 10, { body: outcome("reverted", "c") });
    },
    says: "reverted to c, not to what ran",
  },
  {
    name: "a plan with another hash",
    change: (all) => {
      all[1].body.plan.release.sha = "b";
    },
    says: "the hash of its plan is not that of the plan",
  },
])("the check of a ledger notices $name", ({ change, edit, says }) => {
  expect(ledgerOf(change, edit).problems.join("\n")).toContain(says);
});

function edited(files: File[], index: number, edit: (text: string) => string): void {
  const file = files[index];
  if (file) file.text = edit(file.text);
}
function at(records: Json[], index: number, fields: object): void {
  Object.assign(records[index], fields);
}

const wanted: Wanted = { sha: "c", page: "<c>", asset: "c()", migrations: ["m1", "m2"] };
const world: Seen = {
  version: { sha: "c", image: digest("api c") },
  page: "<c>",
  asset: "c()",
  services: { api: { sha: "c", image: digest("api c") }, worker: { sha: "c", image: digest("worker c") } },
  manifest: manifestOf("c"),
  pointer: { seq: 16, head: "" },
  effects: ["m1", "m2"],
  journal: ["m1", "m2"],
  halfRun: [],
  fence: 4,
};
function lookAt(fields: Partial<Seen>, want: Partial<Wanted> = {}): readonly string[] {
  const ledger = ledgerOf();
  const seen = { ...world, pointer: { seq: 16, head: ledger.head ?? "" }, ...fields };
  return problemsOf(seen, { ...wanted, ...want }, ledger);
}

test("a world that is as its ledger tells is as it should be", () => expect(lookAt({})).toEqual([]));

test.for<{ name: string; fields?: Partial<Seen>; want?: Partial<Wanted>; says: string }>([
  {
    name: "another version",
    fields: { version: { sha: "a", image: digest("api c") } },
    says: '/version: "a", not "c"',
  },
  { name: "other bytes", fields: { version: { sha: "c", image: digest("api a") } }, says: "the image of /version" },
  { name: "an old page", fields: { page: "<a>" }, says: "the page" },
  { name: "a lost asset", fields: { asset: "" }, says: "the asset" },
  {
    name: "a worker that was left behind",
    fields: { services: { ...world.services, worker: { sha: "a", image: digest("worker a") } } },
    says: 'the process of worker: "a"',
  },
  { name: "a service that does not run", fields: { services: {} }, says: "the process of api: undefined" },
  { name: "a manifest that was edited", fields: { manifest: `${manifestOf("c")} ` }, says: "the manifest's digest" },
  { name: "a release that nobody wanted", want: { sha: "a" }, says: 'what the ledger says runs: "c", not "a"' },
  { name: "a pointer behind", fields: { pointer: { seq: 11, head: "" } }, says: "current.json is at 11" },
  { name: "a pointer ahead", fields: { pointer: { seq: 17, head: "" } }, says: "the ledger ends at 16" },
  {
    name: "a pointer to another record",
    fields: { pointer: { seq: 16, head: "x" } },
    says: "the head in current.json",
  },
  {
    name: "a migration that ran twice",
    fields: { effects: ["m1", "m2", "m1"] },
    says: "m1 was applied more than once",
  },
  { name: "one without a record", fields: { effects: ["m1", "m2", "m3"] }, says: "m3 is applied and not on record" },
  { name: "one that only says so", fields: { effects: ["m1"] }, says: "m2 is on record and not applied" },
  { name: "one left out", want: { migrations: ["m1", "m2", "m3"] }, says: "m3 was left out" },
  { name: "one half run", fields: { halfRun: ["m3"] }, says: "m3 is half run" },
  {
    name: "migrations that the ledger does not know",
    fields: { effects: ["m1", "m2", "m3"], journal: ["m1", "m2", "m3"] },
    says: "the ledger tells 2 migrations as applied, the database 3",
  },
  { name: "a fence of a later epoch", fields: { fence: 5 }, says: "fence is at 5" },
])("the check of a world notices $name", ({ fields, want, says }) => {
  expect(lookAt(fields ?? {}, want).join("\n")).toContain(says);
});

test("an open epoch, and what a command claimed in vain, are told", () => {
  const open = ledgerOf((all) => all.pop());
  expect(problemsOf(world, wanted, open).join("\n")).toContain("epoch 4 has no end");
  const opensOnceMore = (change: Change): LedgerCheck =>
    ledgerOf((all) => {
      change(all);
      all.push({ epoch: 5, body: { kind: "open" } });
    });
  expect(opensOnceMore(() => undefined).isClosed).toBe(true);
  expect(opensOnceMore((all) => all.pop()).isClosed).toBe(false);
  const claims = [
    { ending: "done", epoch: 1 },
    { ending: "already", epoch: null },
    { ending: "done", epoch: 2 },
    { ending: "done", epoch: 3 },
  ];
  expect(problemsOfClaims(claims, ledgerOf())).toEqual([
    "a command said done of epoch 2, the ledger says reverted",
    "a command said done of epoch 3, the ledger says no end",
  ]);
});

const home: Home = { root: "/app", data: "/data" };
const one = (pid: number, parent: number, words: string, folder = "/"): Process => ({
  pid,
  parent,
  startedAt: `${pid}`,
  words: words.split(" "),
  folder,
});
const images = "/app/.slipway/platform/images/x";
const guard = one(11, 10, "node /x/guard/guard-process.ts");
const quiet: readonly Process[] = [
  one(1, 0, "init"),
  one(10, 1, "node /x/local/platform/main.ts /app"),
  guard,
  one(12, 10, "/x/bin/postgres -D /data -c port=1", "/data"),
  one(13, 12, "postgres: checkpointer", "/data"),
  one(14, 10, "node server.js", images),
  one(15, 10, "node worker.js", images),
  one(20, 1, "node /x/local/platform/main.ts /other"),
  one(21, 20, "node /x/guard/guard-process.ts"),
  one(22, 20, "node server.js", "/other/.slipway/platform/images/x"),
];
const strangers = (processes: readonly Process[], known: readonly Process[] = []): string =>
  strangersIn(familyOf(processes, home, known)).join("\n");

test("what runs of an app at rest is no stranger, nor is what runs of another one", () =>
  expect(strangers(quiet)).toBe(""));

test.for<{ name: string; processes: readonly Process[]; known?: readonly Process[]; says: string }>([
  { name: "a third service", processes: [...quiet, one(16, 10, "node server.js", images)], says: "3 of role service" },
  {
    name: "a service of a platform that is dead",
    processes: quiet.map((process) => (process.pid === 15 ? { ...process, parent: 1 } : process)),
    says: "orphan: service 15 node worker.js is a child of 1",
  },
  { name: "a second platform", processes: [...quiet, one(17, 1, "node /y/platform/main.ts /app")], says: "2 of role" },
  { name: "no Postgres", processes: quiet.filter(({ pid }) => pid !== 12), says: "0 of role postmaster" },
  {
    name: "a backend that outlives its server",
    processes: [...quiet, one(18, 1, "postgres: app dev idle", "/data")],
    says: "orphan: backend 18",
  },
  {
    name: "a migration that goes on",
    processes: [...quiet, one(19, 10, "node run.mjs", images)],
    says: "1 of role runner",
  },
  {
    name: "a command that hangs",
    processes: [...quiet, one(30, 1, "node promote.js", "/app")],
    says: "1 of role command",
  },
  {
    name: "a guard that nothing but its number tells",
    processes: [...quiet, one(9, 1, "node /x/guard/guard-process.ts")],
    known: [one(9, 8, "node /x/guard/guard-process.ts")],
    says: "2 of role guard",
  },
])("the check of processes notices $name", ({ processes, known, says }) => {
  expect(strangers(processes, known)).toContain(says);
});
