import { describe, expect, test } from "vitest";
import { aRelease, aState, digestOf, octocat, refOf, shas, templateOfService } from "../../test/builders.ts";
import {
  anOpen,
  anOutcome,
  aPlanBody,
  aStep,
  aTurn,
  minuteOf,
  planTo,
  promotionOf,
  standingAfter,
} from "../../test/record-builders.ts";
import type { Step } from "../promotion/plan.ts";
import { type RecordBody, runningOf } from "./records.ts";

const applied = [{ name: "001_first", sha256: digestOf("001") }];
const failed: RecordBody = anOutcome("reverted", { environment: "unchanged" });

describe("what a ledger says", () => {
  test("of an environment that was opened and not planned: claimed, and nothing changed", () => {
    const standing = standingAfter([anOpen()]);
    expect(standing).toMatchObject({ epoch: 1, claimed: 1, unfinished: null, settled: 0 });
    expect(standing.last).toEqual({ epoch: 1, outcome: null });
  });

  test("numbers epochs by their open records, and names the nonce of the first record as lineage", () => {
    const standing = standingAfter([anOpen(), anOutcome("refused"), anOpen(), anOpen()]);
    expect(standing).toMatchObject({ seq: 4, epoch: 3, claimed: 3, lineage: "1".padStart(32, "0") });
  });

  test("of a plan without an outcome: unfinished since that plan, with all that is needed to finish it", () => {
    const plan = planTo(shas.new);
    const standing = standingAfter([anOpen(), aPlanBody({ plan }), aStep()]);
    expect(standing.claimed).toBeNull();
    expect(standing.unfinished).toMatchObject({ epoch: 1, plan, at: minuteOf(2), turned: null, partial: null });
  });

  test("of a promotion that was done: it runs since the outcome, and nothing is unfinished", () => {
    const standing = standingAfter(promotionOf(shas.new));
    expect(standing).toMatchObject({ settled: 1, unfinished: null, last: { epoch: 1, outcome: "done" } });
    expect(runningOf(standing)).toMatchObject({
      ...refOf(shas.new),
      webSha: shas.new,
      epoch: 1,
      action: "promote",
      by: octocat,
      from: minuteOf(3),
      until: null,
      leftBy: null,
      state: aState(aRelease({ sha: shas.new })),
    });
  });

  test("of a refusal: the epoch is closed and everything else is as before", () => {
    const before = standingAfter(promotionOf(shas.old));
    const after = standingAfter([...promotionOf(shas.old), anOpen(), anOutcome("refused")]);
    expect(after).toMatchObject({ settled: 1, claimed: null, last: { epoch: 2, outcome: "refused" } });
    expect(after.good).toEqual(before.good);
  });

  test("of a command that ran under the lease: it settles nothing, not even with done", () => {
    const before = standingAfter(promotionOf(shas.old));
    const after = standingAfter([...promotionOf(shas.old), anOpen({ command: "infrastructure" }), anOutcome("done")]);
    expect(after).toMatchObject({ settled: 1, good: before.good, last: { epoch: 2, outcome: "done" } });
  });

  test("of a command that ran while a promotion was unfinished: it stays unfinished", () => {
    const standing = standingAfter([
      anOpen(),
      aPlanBody(),
      anOpen({ command: "infrastructure", request: null }),
      anOutcome("done"),
    ]);
    expect(standing.unfinished?.epoch).toBe(1);
    expect(standing.settled).toBe(0);
  });

  test("of a turn: it goes back, until a partial ends that", () => {
    const turned = [anOpen(), aPlanBody(), aTurn()];
    expect(standingAfter(turned).unfinished?.turned).toEqual({ code: "rollback", cause: "octocat asked for it" });
    const partial = standingAfter([...turned, anOutcome("partial", { notBack: ["worker"] })]);
    expect(partial.unfinished).toMatchObject({ turned: null, partial: { failure: null, notBack: ["worker"] } });
    expect(partial).toMatchObject({ settled: 0, last: { outcome: "partial" } });
  });

  test("of a run that finishes going back with a turn of its own: its outcome settles the promotion", () => {
    const resumed = [anOpen({ resumes: 2 }), aTurn()];
    const turning = standingAfter([...promotionOf(shas.old), anOpen(), aPlanBody(), aTurn(), ...resumed]);
    expect(turning).toMatchObject({ claimed: null, unfinished: { epoch: 3, promotion: 1, at: minuteOf(5) } });
    const back = [...resumed, anOutcome("reverted")];
    const standing = standingAfter([...promotionOf(shas.old), anOpen(), aPlanBody(), aTurn(), ...back]);
    expect(standing).toMatchObject({ settled: 3, unfinished: null });
    expect(runningOf(standing)).toMatchObject({ sha: shas.old, from: minuteOf(9) });
  });

  test("of a new plan after a turn: it goes forward again", () => {
    const standing = standingAfter([anOpen(), aPlanBody(), aTurn(), anOpen({ resumes: 1 }), aPlanBody()]);
    expect(standing.unfinished).toMatchObject({ epoch: 2, turned: null, at: minuteOf(2) });
  });
});

describe("how long a release has run without a gap", () => {
  test("ends with the outcome of the promotion that replaced it", () => {
    const [now, before] = standingAfter([...promotionOf(shas.old), ...promotionOf(shas.new)]).good;
    expect(now).toMatchObject({ sha: shas.new, from: minuteOf(6), until: null });
    expect(before).toMatchObject({ sha: shas.old, from: minuteOf(3), until: minuteOf(6), leftBy: "replaced" });
  });

  test("ends as rolled back where a rollback replaced it", () => {
    const back = planTo(shas.old, { action: "rollback" });
    const rollback = [anOpen({ command: "rollback" }), aPlanBody({ plan: back }), anOutcome("done")];
    const [now, before] = standingAfter([...promotionOf(shas.old), ...promotionOf(shas.new), ...rollback]).good;
    expect(now).toMatchObject({ sha: shas.old, action: "rollback", from: minuteOf(9) });
    expect(before).toMatchObject({ sha: shas.new, leftBy: "rolled-back", until: minuteOf(9) });
  });

  test("goes on when the same release is promoted once more and nothing is different", () => {
    const once = standingAfter(promotionOf(shas.new));
    const plan = planTo(shas.new);
    const nothingToDo = { ...plan, steps: plan.steps.map((step) => ({ ...step, already: true }) as Step) };
    const again = [anOpen(), aPlanBody({ plan: nothingToDo }), anOutcome("done")];
    const twice = standingAfter([...promotionOf(shas.new), ...again]);
    expect(twice.good).toEqual(once.good);
    expect(twice.settled).toBe(2);
  });

  test("of a promotion that had to put in place what should have run all the time: its stay begins again", () => {
    const { good } = standingAfter([...promotionOf(shas.new), ...promotionOf(shas.new)]);
    expect(good).toMatchObject([
      { sha: shas.new, epoch: 2, until: null },
      { sha: shas.new, epoch: 1, until: minuteOf(5), leftBy: "drifted" },
    ]);
  });

  test("of one that had to do so and was put back: nothing of the stay before counts", () => {
    const again = [anOpen(), aPlanBody({ plan: planTo(shas.new) }), aStep(), aTurn(), anOutcome("reverted")];
    const { good } = standingAfter([...promotionOf(shas.new), ...again]);
    expect(good.map(({ leftBy }) => leftBy)).toEqual([null, "drifted"]);
  });

  test("starts again when the same release is promoted onto other infrastructure", () => {
    const goal = aState(aRelease({ sha: shas.new }));
    const api = { ...goal.services.api, template: templateOfService("api with more memory") };
    const moved = planTo(shas.new, { goal: { ...goal, services: { api } as typeof goal.services } });
    const standing = standingAfter([...promotionOf(shas.new), anOpen(), aPlanBody({ plan: moved }), anOutcome("done")]);
    expect(standing.good.map(({ sha, from, leftBy }) => ({ sha, from, leftBy }))).toEqual([
      { sha: shas.new, from: minuteOf(6), leftBy: null },
      { sha: shas.new, from: minuteOf(3), leftBy: "replaced" },
    ]);
  });

  test("starts again when only the pages went back", () => {
    const goal = { ...aState(aRelease({ sha: shas.new })), web: aState(aRelease({ sha: shas.old })).web };
    const pages = planTo(shas.new, { action: "rollback", only: "web", goal, webRelease: refOf(shas.old) });
    const standing = standingAfter([...promotionOf(shas.new), anOpen(), aPlanBody({ plan: pages }), anOutcome("done")]);
    expect(runningOf(standing)).toMatchObject({ sha: shas.new, webSha: shas.old, from: minuteOf(6) });
    expect(runningOf(standing)?.webDigest).toBe(refOf(shas.old).digest);
  });

  test("goes on when a promotion failed before anything visible", () => {
    const before = standingAfter(promotionOf(shas.old));
    const after = standingAfter([...promotionOf(shas.old), anOpen(), aPlanBody(), failed]);
    expect(after.good).toEqual(before.good);
    expect(after).toMatchObject({ settled: 2, unfinished: null });
  });

  test("starts again at the outcome when something visible was put back", () => {
    const standing = standingAfter([
      ...promotionOf(shas.old),
      anOpen(),
      aPlanBody(),
      aStep(),
      aTurn(),
      anOutcome("reverted"),
    ]);
    expect(standing.good.map(({ sha, from, until, leftBy }) => ({ sha, from, until, leftBy }))).toEqual([
      { sha: shas.old, from: minuteOf(8), until: null, leftBy: null },
      { sha: shas.old, from: minuteOf(3), until: minuteOf(5), leftBy: "disturbed" },
    ]);
    expect(standing.settled).toBe(2);
  });

  test("ends where the first plan was recorded, however often the promotion was resumed before it was put back", () => {
    const resumed = [anOpen({ resumes: 2 }), aPlanBody(), aTurn(), anOutcome("reverted")];
    const standing = standingAfter([...promotionOf(shas.old), anOpen(), aPlanBody(), ...resumed]);
    expect(standing.good[1]).toMatchObject({ until: minuteOf(5), leftBy: "disturbed" });
  });

  test("starts again when what ran is promoted over a half-done promotion of something else", () => {
    const half = [anOpen(), aPlanBody({ plan: planTo(shas.new) }), aStep()];
    const standing = standingAfter([...promotionOf(shas.old), ...half, ...promotionOf(shas.old)]);
    expect(standing.good.map(({ sha, from, leftBy }) => ({ sha, from, leftBy }))).toEqual([
      { sha: shas.old, from: minuteOf(9), leftBy: null },
      { sha: shas.old, from: minuteOf(3), leftBy: "disturbed" },
    ]);
  });

  test("is nobody's after everything was taken back to nothing", () => {
    const nothing = planTo(shas.new, { release: null, goal: { services: { api: null }, web: null } });
    const standing = standingAfter([
      ...promotionOf(shas.new),
      anOpen(),
      aPlanBody({ plan: nothing }),
      anOutcome("done"),
    ]);
    expect(runningOf(standing)).toBeNull();
    expect(standing.good).toHaveLength(1);
  });

  test("keeps the newest hundred", () => {
    const many = Array.from({ length: 60 }, () => [...promotionOf(shas.new), ...promotionOf(shas.old)]).flat();
    const standing = standingAfter(many);
    expect(standing.good).toHaveLength(100);
    expect(standing.good[0]).toMatchObject({ epoch: 120, until: null });
  });
});

describe("what a ledger believes about the schema", () => {
  const started: RecordBody = { kind: "migrate-started", attempt: 1, key: "task-1", pending: ["001_first"] };
  const finished = (fields: object = {}): RecordBody => ({
    kind: "migrate-finished",
    attempt: 1,
    result: "done",
    applied,
    ...fields,
  });
  const begun = [anOpen(), aPlanBody(), started];

  test("is uncertain while a migration is under way, which stays open", () => {
    const standing = standingAfter(begun);
    expect(standing.openMigration).toEqual({ epoch: 1, attempt: 1, key: "task-1" });
    expect(standing.schema.certain).toBe(false);
  });

  test("is what the runner reported", () => {
    const standing = standingAfter([...begun, finished()]);
    expect(standing).toMatchObject({ openMigration: null, schema: { applied, certain: true }, known: applied });
  });

  test("is what the runner reported, also when it failed half-way", () => {
    const standing = standingAfter([...begun, finished({ result: "failed" })]);
    expect(standing).toMatchObject({ openMigration: null, schema: { applied, certain: true }, known: applied });
  });

  test("stays uncertain when the task ended without a report", () => {
    const standing = standingAfter([...begun, finished({ result: "failed", applied: null })]);
    expect(standing).toMatchObject({ openMigration: null, schema: { applied: [], certain: false } });
  });

  test("does not take the end of another attempt for the end of this one", () => {
    const standing = standingAfter([...begun, finished({ attempt: 2, applied: null })]);
    expect(standing.openMigration).toEqual({ epoch: 1, attempt: 1, key: "task-1" });
  });

  test("keeps the migration open for a later run that does not say that it raised the fence", () => {
    const standing = standingAfter([...begun, anOpen(), aPlanBody()]);
    expect(standing.openMigration?.epoch).toBe(1);
  });

  test("is what was found when a later run raised the fence above it", () => {
    const standing = standingAfter([...begun, anOpen(), aPlanBody({ fenced: { applied } })]);
    expect(standing).toMatchObject({ openMigration: null, schema: { applied, certain: true }, known: applied });
  });

  test("knows every migration that was ever applied, with each of the bytes it had", () => {
    const edited = [{ name: "001_first", sha256: digestOf("001 edited") }];
    const again = { ...started, attempt: 2 };
    const standing = standingAfter([...begun, finished(), again, finished({ attempt: 2, applied: edited })]);
    expect(standing.known).toEqual([...applied, ...edited]);
    expect(standing.schema.applied).toEqual(edited);
  });
});
