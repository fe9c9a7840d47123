import { expect, test } from "vitest";
import { sha256 } from "../../src/release/canonical-json.ts";
import type { AttemptEnd } from "./attempt.ts";
import { check, type Evidence } from "./check.ts";
import type { Found, Trace } from "./referee.ts";

const names = ["001_people", "002_names"];
const trace = (name: string, attempt: string, began: number, ended: number | null = began + 5): Trace => {
  return { schema: "public", name, attempt, began, ended };
};
const anAttempt = {
  schema: "public",
  task: "run" as const,
  epoch: 1,
  attempt: 1,
  names,
  patienceSeconds: 20,
  milliseconds: 100,
  suffered: new Set<never>(),
};
type Result = Extract<AttemptEnd, { how: "answered" }>["result"];
const applied = names.map((name) => ({ name, sha256: sha256(name) }));
const aResult: Result = { version: 1, status: "done", ran: [], applied, failure: null, milliseconds: 90 };
const said = (id: string, change: Partial<Result> = {}, other: Partial<AttemptEnd> = {}): AttemptEnd =>
  ({ ...anAttempt, id, how: "answered", lines: [], result: { ...aResult, ...change }, ...other }) as AttemptEnd;
const died = (id: string): AttemptEnd => ({ ...anAttempt, id, how: "died" });
const failed = (code: string, migration: string | null = null): Partial<Result> => ({
  status: "failed",
  failure: { code, message: "why", migration, statement: null, file: null, line: null },
});

const found: Found = {
  traces: [trace("001_people", "a", 0), trace("002_names", "a", 10)],
  recorded: names.map((name) => ({ name, isFinished: true })),
  knex: names,
  knexLocks: 1,
  fences: [{ epoch: 1, attempt: 1 }],
  sessions: [],
};
const ends = [said("a", { ran: names }), said("b")];
const good: Evidence = { schema: "public", names, outside: new Set(), failsOnce: false, ends, found };
const halfRun = [{ name: "001_people", isFinished: false }];
const halfFound = { ...found, traces: [trace("001_people", "c", 0, null)], recorded: halfRun, knex: [] };
const nothing = { applied: [] };

test.for<{ name: string; change: Partial<Evidence>; says: string | null }>([
  { name: "two of whom one runs all", change: {}, says: null },
  {
    name: "somebody who was killed after he ran one",
    change: {
      ends: [said("b", { ran: ["002_names"] }), died("a")],
      found: { ...found, traces: [trace("001_people", "a", 0), trace("002_names", "b", 10)] },
    },
    says: null,
  },
  {
    name: "what was killed outside a transaction",
    change: {
      outside: new Set(names),
      ends: [died("c"), said("d", { ...nothing, ...failed("half-run", "001_people") })],
      found: halfFound,
    },
    says: null,
  },
  {
    name: "one that ran twice",
    change: { found: { ...found, traces: [...found.traces, trace("002_names", "b", 20)] } },
    says: "002_names ran 2 times",
  },
  {
    name: "two that were live",
    change: { found: { ...found, traces: [trace("001_people", "a", 0, 12), trace("002_names", "a", 10)] } },
    says: "were both live for 2.0 ms",
  },
  {
    name: "two that said so themselves",
    change: { ends: [...ends, said("c", failed("SL002"))] },
    says: "c ended with SL002",
  },
  {
    name: "a wrong order",
    change: { found: { ...found, traces: [trace("002_names", "a", 0), trace("001_people", "a", 10)] } },
    says: "002_names, 001_people ran, in this order",
  },
  {
    name: "an order that was fenced off",
    change: {
      ends: [said("a", { ran: ["002_names"] }), said("z", { ran: ["001_people"] }, { epoch: 2 })],
      found: { ...found, traces: [trace("001_people", "z", 0), trace("002_names", "a", 10)] },
    },
    says: "002_names was run by 1.1, after 2.1 had run",
  },
  {
    name: "a record without a run",
    change: { found: { ...found, traces: found.traces.slice(0, 1) } },
    says: "recorded is 001_people, 002_names, and 001_people ran",
  },
  {
    name: "a run without a record",
    change: { found: { ...found, recorded: found.recorded.slice(0, 1) } },
    says: "and 001_people, 002_names ran",
  },
  {
    name: "one half run in its transaction",
    change: { ends: [died("c")], found: halfFound },
    says: "001_people is half run, and has a transaction",
  },
  {
    name: "one half run though nobody died",
    change: { outside: new Set(names), ends: [said("c", { ...nothing, status: "done" })], found: halfFound },
    says: "nobody was disturbed",
  },
  {
    name: "knex's table twice",
    change: { found: { ...found, knex: [...names, "002_names"] } },
    says: "knex's table says 001_people, 002_names, 002_names",
  },
  { name: "two lock rows", change: { found: { ...found, knexLocks: 2 } }, says: "knex has 2 lock rows" },
  { name: "no fence", change: { found: { ...found, fences: [] } }, says: "the fence has 0 rows" },
  {
    name: "a session that outlives its process",
    change: { ends: [...ends, died("c")], found: { ...found, sessions: ["c"] } },
    says: "its session is still there",
  },
  {
    name: "somebody who boasts",
    change: { ends: [...ends, said("c", { ran: ["001_people"] })] },
    says: "c says that it ran 001_people, and did not",
  },
  {
    name: "somebody who keeps it to himself",
    change: { ends: [said("a", { ran: ["001_people"] })] },
    says: "a ran 002_names and does not say so",
  },
  {
    name: "a done that is not",
    change: { found: { ...found, recorded: found.recorded.slice(0, 1), traces: found.traces.slice(0, 1), knex: null } },
    says: "says that it is done, and 002_names is not applied",
  },
  {
    name: "a create race",
    change: { ends: [...ends, said("c", failed("23505"))] },
    says: "c ended with 23505",
  },
  {
    name: "somebody who waits for ever",
    change: { ends: [...ends, { ...anAttempt, id: "c", how: "stuck" }] },
    says: "gave no answer",
  },
  {
    name: "a lock that nobody frees",
    change: { ends: [...ends, said("c", { ...failed("lock-timeout"), milliseconds: 20_100 })] },
    says: "c ended with lock-timeout",
  },
  {
    name: "a fence that nobody raised",
    change: { ends: [...ends, said("c", failed("fenced"))] },
    says: "c ended with fenced",
  },
  { name: "a process that broke", change: { ends: [{ ...anAttempt, id: "c", how: "broke" }] }, says: "broke down" },
])("the checker judges $name", ({ change, says }) => {
  const problems = check({ ...good, ...change });
  if (says === null) expect(problems).toEqual([]);
  else expect(problems.join("\n")).toContain(says);
});
