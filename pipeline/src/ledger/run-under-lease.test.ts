import { expect, test } from "vitest";
import { hubot, octocat } from "../../test/builders.ts";
import { FaultyStore } from "../../test/faulty-store.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { prod } from "../../test/record-builders.ts";
import { seededRandom } from "../../test/seeded-random.ts";
import { VirtualClock } from "../../test/virtual-clock.ts";
import { LeaseLostError } from "../errors.ts";
import type { Actor } from "../ports.ts";
import { awsTiming, breakLease, readLease } from "./lease.ts";
import { readHistory, readStanding } from "./read-ledger.ts";
import { type CommandEnd, type LeaseInHand, runUnderLease } from "./run-under-lease.ts";

function aWorld() {
  const clock = new VirtualClock();
  const memory = new MemoryObjectStore(() => clock.now());
  const acquire = (by: Actor) => ({
    store: new FaultyStore(memory),
    environment: prod,
    clock,
    random: seededRandom(by.name),
    timing: awsTiming,
    holder: { by, host: "laptop", runUrl: null, process: null },
    waitMilliseconds: 0,
  });
  type Run = (epoch: number, signal: AbortSignal, hand: LeaseInHand) => Promise<CommandEnd>;
  const runAs = (by: Actor, run: Run) => runUnderLease({ acquire: acquire(by), doing: "runs pulumi", run });
  return { clock, memory, runAs };
}
const bodies = async (store: MemoryObjectStore) =>
  (await readHistory(store, prod)).map(({ record }) => ({ epoch: record.epoch, ...record.body }));

test("a command runs in an epoch of its own that settles nothing, and gives the lease back", async () => {
  const { clock, memory, runAs } = aWorld();
  const seen: unknown[] = [];
  const answer = await clock.run(
    runAs(octocat, async (epoch) => {
      await clock.sleep(60_000);
      seen.push(epoch, await readLease(memory, prod));
      return { failed: null };
    }),
  );
  expect(answer).toMatchObject({ status: "ran", epoch: 1, end: { failed: null } });
  expect(seen).toMatchObject([1, { state: "held", epoch: 1, doing: "runs pulumi", by: octocat }]);
  expect(await bodies(memory)).toMatchObject([
    { epoch: 1, kind: "open", command: "infrastructure", request: null, by: octocat },
    { epoch: 1, kind: "outcome", result: "done", failure: null },
  ]);
  expect(await readStanding(memory, prod)).toMatchObject({ settled: 0, unfinished: null, good: [] });
  expect(await readLease(memory, prod)).toMatchObject({ state: "free" });
});

test("a command that fails is on record as failed", async () => {
  const { clock, memory, runAs } = aWorld();
  await clock.run(runAs(octocat, async () => ({ failed: "pulumi exited 255" })));
  expect((await bodies(memory)).at(-1)).toMatchObject({ result: "reverted", failure: { cause: "pulumi exited 255" } });
  expect(await readLease(memory, prod)).toMatchObject({ state: "free" });
});

test("a command that puts another database in place tells the ledger before it does", async () => {
  const { clock, memory, runAs } = aWorld();
  const applied = [{ name: "0001_notes", sha256: null }];
  await clock.run(
    runAs(octocat, async (_, __, { tellApplied }) => tellApplied(applied).then(() => ({ failed: null }))),
  );
  expect(await readStanding(memory, prod)).toMatchObject({ schema: { applied, certain: true }, known: applied });
  await clock.run(runAs(hubot, async (_, __, { tellApplied }) => tellApplied([]).then(() => ({ failed: null }))));
  expect(await readStanding(memory, prod)).toMatchObject({ schema: { applied: [], certain: true }, known: [] });
});

test("while one runs, another one is told who it is and runs nothing", async () => {
  const { clock, memory, runAs } = aWorld();
  let second: unknown;
  let ran = false;
  await clock.run(
    runAs(octocat, async () => {
      // The epoch is told with the next beat.
      await clock.sleep(awsTiming.beatMilliseconds + 1);
      second = await runAs(hubot, async () => {
        ran = true;
        return { failed: null };
      });
      return { failed: null };
    }),
  );
  expect(second).toMatchObject({ status: "busy", look: { by: octocat, epoch: 1 } });
  expect(ran).toBe(false);
  expect((await bodies(memory)).map(({ epoch }) => epoch)).toEqual([1, 1]);
});

test("a lease that is broken stops the command, and nothing more is written", async () => {
  const { clock, memory, runAs } = aWorld();
  const random = seededRandom("breaker");
  const work = runAs(octocat, async (_, signal, { check }) => {
    check();
    const by = { store: memory, environment: prod, clock, random, by: hubot, reason: "gone", force: true };
    await breakLease(by);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(check).toThrow(LeaseLostError);
    return { failed: "it was ended by SIGINT" };
  });
  await expect(clock.run(work)).rejects.toThrow(LeaseLostError);
  expect((await bodies(memory)).map(({ kind }) => kind)).toEqual(["open"]);
  expect(await readLease(memory, prod)).toMatchObject({ state: "broken" });
});
