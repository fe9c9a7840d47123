import { describe, expect, test } from "vitest";
import { aPlan } from "../../test/builders.ts";
import { FaultyStore, type PutFault } from "../../test/faulty-store.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { anOpen, anOutcome, aPlanBody, aStep, prod } from "../../test/record-builders.ts";
import { seededRandom } from "../../test/seeded-random.ts";
import { VirtualClock } from "../../test/virtual-clock.ts";
import { DeposedError, LeaseLostError, PortError } from "../errors.ts";
import { historyKey } from "./keys.ts";
import { openEpoch } from "./ledger-writer.ts";
import { readHistory, readStanding } from "./read-ledger.ts";
import { verifyHistory } from "./verify-history.ts";

function aWorld() {
  const clock = new VirtualClock();
  const memory = new MemoryObjectStore(() => clock.now());
  const store = new FaultyStore(memory);
  const random = seededRandom("ledger");
  const open = (fields: { mayWrite?: () => void } = {}) =>
    openEpoch({ store, environment: prod, clock, random, body: anOpen(), mayWrite: () => undefined, ...fields });
  return { clock, memory, store, open };
}
const kindsOf = async (store: MemoryObjectStore): Promise<readonly string[]> =>
  (await readHistory(store, prod)).map(({ record }) => `${record.epoch} ${record.body.kind}`);

describe("a run's hand on the ledger", () => {
  test("opens epoch after epoch, each record holding the hash of the one before", async () => {
    const { memory, open } = aWorld();
    const first = await open();
    await first.append(aPlanBody());
    await first.append(anOutcome("done"));
    const second = await open();
    expect([first.epoch, second.epoch]).toEqual([1, 2]);
    expect(await kindsOf(memory)).toEqual(["1 open", "1 plan", "1 outcome", "2 open"]);
    expect(await verifyHistory(memory, prod)).toMatchObject({ ok: true, epochs: 2, records: 4 });
  });

  test("holds the standing that anybody would read", async () => {
    const { memory, open } = aWorld();
    const writer = await open();
    for (const body of [aPlanBody(), aStep(), anOutcome("done")]) await writer.append(body);
    expect(await readStanding(memory, prod)).toEqual(writer.standing);
  });

  test("writes nothing that could not be read back: long texts are cut, and a plan reads as it was written", async () => {
    const { memory, open } = aWorld();
    const writer = await open();
    const plan = aPlan();
    const steps = plan.steps.map((step) =>
      step.kind === "roll-service" ? { ...step, expects: "anything" as const } : step,
    );
    await writer.append(aPlanBody({ plan: { ...plan, steps } }));
    const long = "x".repeat(30_000);
    const { report } = aStep();
    const where = { name: "api", where: null, logLines: 1, requestsServed: null };
    const failure = { code: "service-unhealthy", step: "roll-service", cause: long, log: [long], ...where } as const;
    await writer.append(aStep({ report: { ...report, status: "failed", summary: long, failure } }));
    await writer.append(anOutcome("done"));
    expect(await readStanding(memory, prod)).toEqual(writer.standing);
    expect(await verifyHistory(memory, prod)).toMatchObject({ ok: true });
    const [, second, third] = (await readHistory(memory, prod)).map(({ record }) => record.body);
    expect(second).toMatchObject({ plan: { steps } });
    expect(third).toMatchObject({ report: { failure: { cause: `${"x".repeat(19_999)}…` } } });
  });

  test("refuses to write what is no record, and stops there", async () => {
    const { memory, open } = aWorld();
    const writer = await open();
    await expect(writer.append(aStep({ n: 0.5 }))).rejects.toThrow();
    await expect(writer.append(anOutcome("done"))).rejects.toThrow();
    expect(await kindsOf(memory)).toEqual(["1 open"]);
  });

  test("writes in the order of the calls, also when nobody waits in between", async () => {
    const { memory, open } = aWorld();
    const writer = await open();
    await Promise.all([writer.append(aPlanBody()), writer.append(aStep()), writer.append(anOutcome("done"))]);
    expect(await kindsOf(memory)).toEqual(["1 open", "1 plan", "1 step", "1 outcome"]);
  });

  test.for<{ name: string; faults: readonly PutFault[] }>([
    { name: "the reply is lost", faults: ["reply-lost"] },
    { name: "the reply is lost twice", faults: ["reply-lost", "reply-lost"] },
    { name: "the request is lost", faults: ["request-lost", "request-lost"] },
    { name: "the store asks to come again", faults: ["refused", "refused", "refused"] },
    { name: "its own success is told as a conflict", faults: ["told-conflict"] },
    {
      name: "the request is lost, then its own success is told as a conflict",
      faults: ["request-lost", "told-conflict"],
    },
  ])("writes each record once when $name", async ({ faults }) => {
    const { clock, memory, store, open } = aWorld();
    store.failNext(historyKey(prod, 1), ...faults);
    store.failNext(historyKey(prod, 2), ...faults);
    const writer = await clock.run(open());
    await clock.run(writer.append(aPlanBody()));
    await clock.run(writer.append(anOutcome("done")));
    expect(await kindsOf(memory)).toEqual(["1 open", "1 plan", "1 outcome"]);
    expect(await readStanding(memory, prod)).toEqual(writer.standing);
  });

  test("is not disturbed by its own put that arrives after a retry of it", async () => {
    const { clock, memory, store, open } = aWorld();
    const writer = await open();
    store.failNext(historyKey(prod, 2), "late");
    await clock.run(writer.append(aPlanBody()));
    await writer.append(aStep());
    expect(await store.deliverLate()).toEqual(["written"]);
    expect(await kindsOf(memory)).toEqual(["1 open", "1 plan", "1 step"]);
    expect(await verifyHistory(memory, prod)).toMatchObject({ ok: true });
  });

  test("reads the tail again when another run was faster to open", async () => {
    const { memory, store, open } = aWorld();
    store.beforeNextPut(async () => {
      await open();
    });
    const slower = await open();
    expect(slower.epoch).toBe(2);
    expect(await kindsOf(memory)).toEqual(["1 open", "2 open"]);
  });

  test("does not open when the lease is lost while the tail moves", async () => {
    const { memory, store, open } = aWorld();
    let isOurs = true;
    store.beforeNextPut(async () => {
      isOurs = false;
      await open();
    });
    const slower = open({
      mayWrite: () => {
        if (!isOurs) throw new LeaseLostError("lost");
      },
    });
    await expect(slower).rejects.toThrow(LeaseLostError);
    expect(await kindsOf(memory)).toEqual(["1 open"]);
  });

  test("is deposed by a later epoch, names it, and writes nothing more", async () => {
    const { memory, open } = aWorld();
    const old = await open();
    await open();
    const late = old.append(anOutcome("done"));
    await expect(late).rejects.toThrow(DeposedError);
    await expect(late).rejects.toMatchObject({ by: 2 });
    await expect(old.append(aStep())).rejects.toThrow(DeposedError);
    expect(await kindsOf(memory)).toEqual(["1 open", "2 open"]);
  });

  test("leaves no room for a late record of an older run", async () => {
    const { clock, memory, store, open } = aWorld();
    const old = await open();
    store.failNext(historyKey(prod, 2), "late");
    const lost = old.append(anOutcome("done"));
    await open();
    await expect(clock.run(lost)).rejects.toThrow(DeposedError);
    expect(await store.deliverLate()).toEqual(["conflict"]);
    expect(await kindsOf(memory)).toEqual(["1 open", "2 open"]);
  });

  test("stops retrying when the lease is lost", async () => {
    const { clock, store, open } = aWorld();
    const writer = await open({
      mayWrite: () => {
        if (clock.monotonic() > 5_000) throw new LeaseLostError("lost");
      },
    });
    store.setDown(true);
    await expect(clock.run(writer.append(aPlanBody()))).rejects.toThrow(LeaseLostError);
    expect(clock.monotonic()).toBeLessThan(10_000);
  });

  test("gives up on a ledger that does not answer for a minute, and writes nothing later", async () => {
    const { clock, memory, store, open } = aWorld();
    const writer = await open();
    store.setDown(true);
    await expect(clock.run(writer.append(anOutcome("done")))).rejects.toThrow(PortError);
    store.setDown(false);
    await expect(writer.append(aStep())).rejects.toThrow(PortError);
    expect(await kindsOf(memory)).toEqual(["1 open"]);
  });

  test("dates records by the store's clock, whatever the machine's own says", async () => {
    const { clock, memory, open } = aWorld();
    const first = await open();
    clock.setWall(7_200_000);
    const storeTime = (await memory.get(historyKey(prod, 1)))?.serverTime;
    clock.setWall(-7_200_000);
    await clock.advance(90_000);
    await first.append(aPlanBody());
    const [, plan] = await readHistory(memory, prod);
    expect(storeTime).not.toBe(plan?.record.at);
    expect(plan?.record.at).toBe("2026-11-19T12:01:30.000Z");
  });
});
