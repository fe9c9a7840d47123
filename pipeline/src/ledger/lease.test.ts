import { describe, expect, test } from "vitest";
import { hubot, octocat } from "../../test/builders.ts";
import { FaultyStore, type PutFault } from "../../test/faulty-store.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { anOpen, anOutcome, aPlanBody, prod } from "../../test/record-builders.ts";
import { seededRandom } from "../../test/seeded-random.ts";
import { VirtualClock } from "../../test/virtual-clock.ts";
import { LeaseLostError } from "../errors.ts";
import type { PromotionEvent } from "../events.ts";
import type { Actor } from "../ports.ts";
import { millisecondsBetween, plusMilliseconds } from "./instants.ts";
import { leaseKey } from "./keys.ts";
import { type AcquireLease, acquireLease, awsTiming, breakLease, type HeldLease, readLease } from "./lease.ts";
import { openEpoch } from "./ledger-writer.ts";

const silence = awsTiming.staleMilliseconds + awsTiming.skewMilliseconds;

function aWorld() {
  const clock = new VirtualClock();
  const memory = new MemoryObjectStore(() => clock.now());
  /** Each run has its own way to the store. */
  const aRun = (by: Actor) => {
    const store = new FaultyStore(memory);
    const random = seededRandom(by.name);
    const holder = { by, host: `host of ${by.name}`, runUrl: null, process: { pid: 7, startedAt: "boot" } };
    const input = { store, environment: prod, clock, random, timing: awsTiming, holder, waitMilliseconds: 0 };
    const acquire = (fields: Partial<AcquireLease> = {}) => clock.run(acquireLease({ ...input, ...fields }));
    const take = async (fields: Partial<AcquireLease> = {}): Promise<HeldLease> => {
      const answer = await acquire(fields);
      if (answer.status === "busy") throw new Error(`busy: ${answer.look.by.name}`);
      return answer.lease;
    };
    const open = (lease: HeldLease) =>
      openEpoch({ store, environment: prod, clock, random, body: anOpen(), mayWrite: () => lease.check() });
    return { store, acquire, take, open };
  };
  const breakIt = (force = false) =>
    breakLease({
      store: memory,
      environment: prod,
      clock,
      random: seededRandom("breaker"),
      by: hubot,
      reason: "the runner is gone",
      force,
    });
  return { clock, memory, octo: aRun(octocat), hub: aRun(hubot), breakIt, look: () => readLease(memory, prod) };
}

describe("taking a lease", () => {
  test("is possible where nobody ever had one, and shows who has it", async () => {
    const { octo, look } = aWorld();
    expect(await look()).toBeNull();
    const lease = await octo.take();
    lease.check();
    expect(await look()).toMatchObject({
      state: "held",
      by: octocat,
      host: "host of octocat",
      epoch: null,
      stale: false,
    });
    expect(lease.quietUntil).toBeNull();
  });

  test("is refused while its holder beats, and tells by whom and what it does", async () => {
    const { clock, octo, hub } = aWorld();
    const lease = await octo.take();
    lease.setDoing("step 6 of 9, roll-service worker", 18);
    await clock.advance(600_000);
    const answer = await hub.acquire();
    if (answer.status !== "busy") throw new Error("two have it");
    expect(answer.look).toMatchObject({ by: octocat, epoch: 18, doing: "step 6 of 9, roll-service worker" });
    expect(answer.look.ageMilliseconds).toBeLessThanOrEqual(awsTiming.beatMilliseconds);
    expect(answer.look.freeWithinMilliseconds).toBe(355_000);
    lease.check();
  });

  test("is possible at once when it was given back, without any wait", async () => {
    const { octo, hub, look } = aWorld();
    await (await octo.take()).release();
    expect(await look()).toMatchObject({ state: "free" });
    const lease = await hub.take();
    expect(lease.quietUntil).toBeNull();
    expect(lease.tookOver).toBeNull();
  });

  test("waits for a holder that gives it back in time, and says for whom", async () => {
    const { clock, octo, hub } = aWorld();
    const events: PromotionEvent[] = [];
    const lease = await octo.take();
    lease.setDoing("rolling", 3);
    void clock.sleep(40_000).then(() => lease.release());
    await clock.advance(10_000);
    const taken = await hub.take({ waitMilliseconds: 60_000, emit: (event) => events.push(event) });
    taken.check();
    expect(events).toEqual([{ type: "lease:wait", holder: "octocat", epoch: 3, until: null }]);
  });

  test("gives up waiting when the time is over", async () => {
    const { clock, octo, hub } = aWorld();
    await octo.take();
    const answer = await hub.acquire({ waitMilliseconds: 60_000 });
    expect(answer.status).toBe("busy");
    expect(clock.monotonic()).toBeGreaterThanOrEqual(60_000);
    expect(clock.monotonic()).toBeLessThan(66_000);
  });

  test("stops waiting when it is interrupted", async () => {
    const { clock, octo, hub } = aWorld();
    await octo.take();
    const interrupt = new AbortController();
    void clock.sleep(7_000).then(() => interrupt.abort(new Error("Ctrl-C")));
    await expect(hub.acquire({ waitMilliseconds: 60_000, signal: interrupt.signal })).rejects.toThrow("Ctrl-C");
  });

  test.for<{ name: string; faults: readonly PutFault[] }>([
    { name: "the reply is lost", faults: ["reply-lost"] },
    { name: "the request is lost", faults: ["request-lost", "request-lost"] },
    { name: "its own success is told as a conflict", faults: ["told-conflict"] },
  ])("ends with the lease when $name, whether it was there before or not", async ({ faults }) => {
    const { octo, hub, look } = aWorld();
    octo.store.failNext(leaseKey(prod), ...faults);
    const first = await octo.take();
    first.check();
    await first.release();
    hub.store.failNext(leaseKey(prod), ...faults);
    const second = await hub.take();
    second.check();
    expect(await look()).toMatchObject({ state: "held", by: hubot });
  });

  test("is won by one of two who take the same free lease", async () => {
    const { octo, hub } = aWorld();
    await (await octo.take()).release();
    hub.store.beforeNextPut(async () => {
      await octo.take();
    });
    const answer = await hub.acquire();
    expect(answer).toMatchObject({ status: "busy", look: { by: octocat } });
  });

  test("is refused to a machine whose clock is wrong, which leaves no lease behind (R6)", async () => {
    const { clock, memory, look } = aWorld();
    const wrong = new MemoryObjectStore(() => plusMilliseconds(clock.now(), 31_000));
    const holder = { by: octocat, host: "laptop", runUrl: null, process: null };
    const input = {
      environment: prod,
      clock,
      random: seededRandom("x"),
      timing: awsTiming,
      holder,
      waitMilliseconds: 0,
    };
    const taking = clock.run(acquireLease({ ...input, store: wrong }));
    await expect(taking).rejects.toMatchObject({ code: "store-unusable" });
    await expect(taking).rejects.toThrow("this machine's clock is 31 s behind the store's; 30 s are allowed");
    expect(await readLease(wrong, prod)).toMatchObject({ state: "free" });
    await expect(clock.run(acquireLease({ ...input, store: wrong }))).rejects.toThrow("31 s behind");
    expect(await memory.list("")).toEqual([]);
    expect(await look()).toBeNull();
  });
});

describe("taking over from a silent holder", () => {
  test("is possible after S and δ of silence, not before", async () => {
    const { clock, octo, hub } = aWorld();
    const begun = clock.monotonic();
    (await octo.take()).stopBeating();
    await clock.advance(silence / 2);
    const lease = await hub.take();
    expect(clock.monotonic() - begun).toBeGreaterThanOrEqual(silence);
    expect(lease.tookOver?.by).toEqual(octocat);
    expect(lease.tookOver?.ageMilliseconds).toBeGreaterThanOrEqual(silence);
  });

  test("is not tried from a holder that beats: busy after one beat, however short the wait", async () => {
    const { clock, octo, hub } = aWorld();
    await octo.take();
    const begun = clock.monotonic();
    expect((await hub.acquire()).status).toBe("busy");
    expect(clock.monotonic() - begun).toBeLessThan(3 * awsTiming.beatMilliseconds);
  });

  test("waits until a request of the holder has landed or died, by the store's clock (R5)", async () => {
    const { clock, octo, hub } = aWorld();
    const events: PromotionEvent[] = [];
    const silentSince = clock.now();
    (await octo.take()).stopBeating();
    const lease = await hub.take({ waitMilliseconds: 30_000, emit: (event) => events.push(event) });
    const quietUntil = plusMilliseconds(silentSince, 355_000);
    expect(lease.quietUntil).toBe(quietUntil);
    expect(events.at(-1)).toMatchObject({ type: "lease:takeover", holder: "octocat", silentSeconds: 25, quietUntil });
    await clock.run(lease.waitUntilQuiet());
    expect(millisecondsBetween(quietUntil, clock.now())).toBeGreaterThan(0);
    expect(millisecondsBetween(quietUntil, clock.now())).toBeLessThan(11_000);
    lease.check();
  });

  test("waits less when the holder's process is known to be gone", async () => {
    const { clock, octo, hub } = aWorld();
    const silentSince = clock.now();
    (await octo.take()).stopBeating();
    const isGone = async (holder: { readonly host: string }) => holder.host === "host of octocat";
    const lease = await hub.take({ waitMilliseconds: 30_000, isGone });
    expect(lease.quietUntil).toBe(plusMilliseconds(silentSince, 85_000));
  });

  test("goes by the durations of the loser, not by its own", async () => {
    const { clock, octo, hub } = aWorld();
    const slow = { ...awsTiming, staleMilliseconds: 50_000, landsMilliseconds: 500_000 };
    const silentSince = clock.now();
    (await octo.take({ timing: slow })).stopBeating();
    const lease = await hub.take();
    expect(millisecondsBetween(silentSince, clock.now())).toBeGreaterThanOrEqual(55_000);
    expect(lease.quietUntil).toBe(plusMilliseconds(silentSince, 555_000));
  });

  test("is possible after watching the same bytes for as long, when the store's times do not tell", async () => {
    const { clock, octo } = aWorld();
    (await octo.take()).stopBeating();
    const stopped = await octo.store.get(leaseKey(prod));
    const blind = Object.assign(Object.create(octo.store) as FaultyStore, {
      get: async () => stopped,
      putIfMatch: (key: string, body: Uint8Array, etag: string) => octo.store.putIfMatch(key, body, etag),
    });
    clock.setWall(-1);
    const holder = { by: hubot, host: "other", runUrl: null, process: null };
    const taking = acquireLease({
      store: blind,
      environment: prod,
      clock: {
        now: () => stopped?.serverTime ?? clock.now(),
        monotonic: () => clock.monotonic(),
        sleep: (ms) => clock.sleep(ms),
      },
      random: seededRandom("watcher"),
      timing: awsTiming,
      holder,
      waitMilliseconds: 60_000,
    });
    expect((await clock.run(taking)).status).toBe("held");
    expect(clock.monotonic()).toBeGreaterThanOrEqual(silence);
  });

  test("keeps the wait in the lease when the taker dies or gives up during it", async () => {
    const { clock, octo, hub } = aWorld();
    (await octo.take()).stopBeating();
    const second = await hub.take({ waitMilliseconds: 30_000 });
    const quietUntil = second.quietUntil;
    await second.release();
    const third = await octo.take();
    expect(third.quietUntil).toBe(quietUntil);
    third.stopBeating();
    await clock.advance(silence);
    const fourth = await hub.take();
    expect(quietUntil && fourth.quietUntil && fourth.quietUntil > quietUntil).toBe(true);
  });

  test("never shortens a wait that is in the lease already", async () => {
    const { clock, octo, hub } = aWorld();
    (await octo.take()).stopBeating();
    const brief = { ...awsTiming, staleMilliseconds: 1_000, skewMilliseconds: 0, landsMilliseconds: 1_000 };
    const second = await hub.take({ waitMilliseconds: 30_000, timing: brief });
    second.stopBeating();
    await clock.advance(2_000);
    expect((await octo.take()).quietUntil).toBe(second.quietUntil);
  });

  test("makes the old holder notice at its next beat: its signal aborts, its permit refuses", async () => {
    const { clock, octo, hub } = aWorld();
    const old = await octo.take();
    const permit = old.permit(1);
    octo.store.setDown(true);
    await clock.advance(silence);
    expect(() => permit.check()).toThrow(LeaseLostError);
    await hub.take();
    octo.store.setDown(false);
    await clock.advance(awsTiming.beatMilliseconds);
    expect(permit.signal.aborted).toBe(true);
    expect(permit.signal.reason).toBeInstanceOf(LeaseLostError);
    await old.release();
    expect(await readLease(octo.store, prod)).toMatchObject({ state: "held", by: hubot });
  });

  test("fails when the holder was only slow and beats in between", async () => {
    const { clock, octo, hub } = aWorld();
    const lease = await octo.take();
    octo.store.setDown(true);
    await clock.advance(silence);
    octo.store.setDown(false);
    hub.store.beforeNextPut(() => lease.beatNow());
    expect((await hub.acquire()).status).toBe("busy");
    lease.check();
  });
});

describe("a lease whose epoch has its outcome", () => {
  test("is void: it is taken at once, and nobody waits", async () => {
    const { octo, hub } = aWorld();
    const lease = await octo.take();
    const writer = await octo.open(lease);
    lease.setDoing("promote", writer.epoch);
    await writer.append(aPlanBody());
    await lease.beatNow();
    await octo.store.get(leaseKey(prod));
    expect((await hub.acquire()).status).toBe("busy");
    await writer.append(anOutcome("done"));
    await new Promise(setImmediate);
    const taken = await hub.take({ waitMilliseconds: 10_000 });
    expect(taken.quietUntil).toBeNull();
    expect(taken.tookOver).toBeNull();
  });
});

describe("the age of a beat", () => {
  test("counts from when it was sent, by the monotonic clock", async () => {
    const { clock, octo } = aWorld();
    const lease = await octo.take();
    octo.store.setDown(true);
    await clock.advance(awsTiming.staleMilliseconds - 1);
    lease.check();
    await clock.advance(1);
    expect(() => lease.check()).toThrow(LeaseLostError);
  });

  test("counts from when it was sent, however late its answer comes", async () => {
    const { clock, octo } = aWorld();
    const lease = await octo.take();
    octo.store.beforeNextPut(() => clock.sleep(awsTiming.staleMilliseconds));
    await clock.advance(awsTiming.beatMilliseconds + awsTiming.staleMilliseconds);
    expect(() => lease.check()).toThrow(LeaseLostError);
  });

  test("counts by the wall clock when the monotonic one stood still: the machine slept", async () => {
    const { clock, octo } = aWorld();
    const lease = await octo.take();
    clock.suspend(awsTiming.staleMilliseconds);
    expect(() => lease.check()).toThrow(LeaseLostError);
  });

  test("counts by the monotonic clock when the wall clock was set back", async () => {
    const { clock, octo } = aWorld();
    const lease = await octo.take();
    octo.store.setDown(true);
    clock.setWall(-3_600_000);
    await clock.advance(awsTiming.staleMilliseconds);
    expect(() => lease.check()).toThrow(LeaseLostError);
  });

  test("is not made younger by a beat whose reply was lost", async () => {
    const { clock, octo } = aWorld();
    const lease = await octo.take();
    octo.store.failNext(leaseKey(prod), "reply-lost", "reply-lost", "reply-lost", "request-lost");
    await clock.advance(awsTiming.staleMilliseconds);
    expect(() => lease.check()).toThrow(/was confirmed 20\.0 s ago \(store\.put: request-lost\)/);
    expect(() => lease.check()).toThrow(LeaseLostError);
    expect(lease.signal.aborted).toBe(false);
  });

  test("is young again after the next beat, also over lost replies of its own", async () => {
    const { clock, octo } = aWorld();
    const lease = await octo.take();
    octo.store.failNext(leaseKey(prod), "reply-lost", "told-conflict", "late", "request-lost");
    await clock.advance(awsTiming.staleMilliseconds + awsTiming.beatMilliseconds);
    lease.check();
    expect(await octo.store.deliverLate()).toEqual(["conflict"]);
    await clock.advance(awsTiming.beatMilliseconds);
    lease.check();
  });

  test("is made young by a guard that beats first, unless somebody else has it (R11)", async () => {
    const { clock, octo, hub } = aWorld();
    const lease = await octo.take();
    clock.suspend(awsTiming.staleMilliseconds);
    await lease.beatNow();
    lease.check();
    lease.stopBeating();
    await clock.advance(silence);
    await hub.take();
    await expect(lease.beatNow()).rejects.toThrow(LeaseLostError);
    expect(lease.signal.aborted).toBe(true);
  });
});

describe("giving a lease back", () => {
  test("survives lost replies", async () => {
    const { octo, look } = aWorld();
    const lease = await octo.take();
    octo.store.failNext(leaseKey(prod), "reply-lost", "request-lost");
    await lease.release();
    expect(await look()).toMatchObject({ state: "free" });
    expect(() => lease.check()).toThrow(LeaseLostError);
  });

  test("does not fail when the store does not answer: the lease expires", async () => {
    const { clock, octo, hub } = aWorld();
    const lease = await octo.take();
    octo.store.setDown(true);
    await lease.release();
    await clock.advance(silence);
    expect((await hub.take()).tookOver).toMatchObject({ by: octocat });
  });

  test("is not undone by a beat that was late", async () => {
    const { clock, octo, look } = aWorld();
    const lease = await octo.take();
    octo.store.failNext(leaseKey(prod), "late");
    await clock.advance(awsTiming.beatMilliseconds);
    await lease.release();
    expect(await octo.store.deliverLate()).toEqual(["conflict"]);
    await clock.advance(60_000);
    expect(await look()).toMatchObject({ state: "free" });
  });

  test("happens at the end of the block that uses it", async () => {
    const { octo, look } = aWorld();
    {
      await using lease = await octo.take();
      lease.check();
    }
    expect(await look()).toMatchObject({ state: "free" });
  });

  test("does not happen at the end of the block once it was left to expire", async () => {
    const { octo, look } = aWorld();
    {
      await using lease = await octo.take();
      lease.stopBeating();
    }
    expect(await look()).toMatchObject({ state: "held" });
  });
});

describe("breaking a lease", () => {
  test("is refused while its holder is alive", async () => {
    const { clock, octo, breakIt } = aWorld();
    const lease = await octo.take();
    await clock.advance(60_000);
    expect(await breakIt()).toEqual({ status: "holder-alive" });
    lease.check();
  });

  test("says so where there is nothing to break", async () => {
    const { octo, breakIt } = aWorld();
    expect(await breakIt()).toEqual({ status: "free" });
    await (await octo.take()).release();
    expect(await breakIt()).toEqual({ status: "free" });
  });

  test("makes the next holder wait as after any loss", async () => {
    const { clock, octo, hub, breakIt } = aWorld();
    const silentSince = clock.now();
    (await octo.take()).stopBeating();
    await clock.advance(silence);
    expect(await breakIt()).toEqual({ status: "broken" });
    const events: PromotionEvent[] = [];
    const lease = await hub.take({ emit: (event) => events.push(event) });
    const until = plusMilliseconds(silentSince, 355_000);
    expect(lease.quietUntil).toBe(until);
    expect(events).toEqual([{ type: "lease:wait", holder: "octocat", epoch: null, until }]);
  });

  test("by force ends a living holder, which stops at its next beat", async () => {
    const { clock, octo, breakIt } = aWorld();
    const lease = await octo.take();
    expect(await breakIt(true)).toEqual({ status: "broken" });
    await clock.advance(awsTiming.beatMilliseconds);
    expect(lease.signal.reason).toMatchObject({ message: "the lease of prod is lost: broken by hubot" });
  });

  test("waits where it cannot read who writes it, and tells from when on", async () => {
    const { clock, memory, breakIt } = aWorld();
    memory.plant(leaseKey(prod), "garbage");
    const answer = await breakIt();
    if (answer.status !== "unreadable") throw new Error(answer.status);
    await clock.advance(Date.parse(answer.breakableFrom) - Date.parse(clock.now()));
    expect(await breakIt()).toEqual({ status: "broken" });
  });

  test("frees an environment whose lease is garbage, with the longest wait", async () => {
    const { clock, memory, octo, breakIt } = aWorld();
    const planted = clock.now();
    memory.plant(leaseKey(prod), "garbage");
    await expect(octo.take()).rejects.toMatchObject({ code: "store-unusable" });
    await clock.advance(silence);
    expect(await breakIt()).toEqual({ status: "broken" });
    expect((await octo.take()).quietUntil).toBe(plusMilliseconds(planted, 355_000));
  });
});

describe("a lease that was deleted", () => {
  test("is lost for its holder, and counts as broken now beside a ledger that has records", async () => {
    const { clock, memory, octo, hub } = aWorld();
    const lease = await octo.take();
    await octo.open(lease);
    memory.remove(leaseKey(prod));
    const taken = await hub.take();
    expect(taken.quietUntil).toBe(plusMilliseconds(clock.now(), 355_000));
    await clock.advance(awsTiming.beatMilliseconds);
    expect(lease.signal.aborted).toBe(true);
    expect((await readLease(memory, prod))?.quietUntil).toBe(taken.quietUntil);
  });
});
