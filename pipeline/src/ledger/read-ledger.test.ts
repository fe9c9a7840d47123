import { describe, expect, test } from "vitest";
import { shas } from "../../test/builders.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { aLedger, anOpen, aPlanBody, aStep, prod, promotionOf, standingAfter } from "../../test/record-builders.ts";
import { VirtualClock } from "../../test/virtual-clock.ts";
import { recordBytes } from "./chain.ts";
import { writeCurrent } from "./current.ts";
import { currentKey, historyKey, historyPrefix } from "./keys.ts";
import { BrokenChainError, readHistory, readStanding } from "./read-ledger.ts";
import type { RecordBody } from "./records.ts";
import { foldVersion } from "./standing-schema.ts";

const bodies: readonly RecordBody[] = [
  ...promotionOf(shas.old),
  ...promotionOf(shas.new),
  anOpen(),
  aPlanBody(),
  aStep(),
];
const settledAt = 6;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function aStore(recorded: readonly RecordBody[] = bodies): Promise<MemoryObjectStore> {
  const clock = new VirtualClock();
  const store = new MemoryObjectStore(() => clock.now());
  for (const record of aLedger(recorded)) await store.putIfAbsent(historyKey(prod, record.seq), recordBytes(record));
  return store;
}
async function aStoreWithCopy(): Promise<MemoryObjectStore> {
  const store = await aStore();
  await writeCurrent(store, standingAfter(bodies.slice(0, settledAt)));
  return store;
}

/** A store that counts what is read, for what a reading costs. */
function counting(store: MemoryObjectStore) {
  const got: string[] = [];
  return {
    got,
    store: Object.assign(Object.create(store) as MemoryObjectStore, {
      get: (key: string) => {
        got.push(key);
        return store.get(key);
      },
      list: (prefix: string, after?: string) => store.list(prefix, after),
    }),
  };
}

describe("reading the standing", () => {
  test("of an environment that nobody has touched", async () => {
    expect(await readStanding(await aStore([]), prod)).toMatchObject({ seq: 0, head: null, environment: null });
  });

  test("is the same with the copy and without it", async () => {
    const whole = await readStanding(await aStore(), prod);
    expect(whole).toEqual(standingAfter(bodies));
    expect(await readStanding(await aStoreWithCopy(), prod)).toEqual(whole);
  });

  test("reads only the tail where the copy is there", async () => {
    const { store, got } = counting(await aStoreWithCopy());
    await readStanding(store, prod);
    expect(got).toEqual([currentKey(prod), ...[6, 7, 8, 9].map((seq) => historyKey(prod, seq))]);
  });

  test.for([
    { name: "no JSON", copy: text("not json") },
    { name: "of another shape", copy: text('{"version":1,"standing":{"seq":3}}') },
    { name: "of a later version", copy: text('{"version":2}') },
    { name: "empty", copy: new Uint8Array() },
    {
      name: "of another environment's ledger",
      copy: text(
        JSON.stringify({
          version: 1,
          fold: foldVersion,
          standing: { ...standingAfter(bodies.slice(0, 3)), environment: "dev" },
        }),
      ),
    },
    {
      name: "folded by an engine that folded otherwise",
      copy: text(
        JSON.stringify({ version: 1, fold: 1, standing: { ...standingAfter(bodies.slice(0, 3)), good: "?" } }),
      ),
    },
  ])("goes by the ledger when the copy is $name", async ({ copy }) => {
    const store = await aStoreWithCopy();
    store.plant(currentKey(prod), copy);
    expect(await readStanding(store, prod)).toEqual(standingAfter(bodies));
  });

  test("says that records were replaced when the copy is of a ledger with other bytes", async () => {
    const store = await aStore();
    await writeCurrent(store, standingAfter(promotionOf(shas.newest)));
    await expect(readStanding(store, prod)).rejects.toThrow("current.json holds another hash of it");
  });

  test.for([1, 4, settledAt, 8])("names the record that is missing (%i)", async (seq) => {
    const store = await aStoreWithCopy();
    store.remove(historyKey(prod, seq));
    // A record before the one that the copy names is not read; verifyHistory finds it.
    const reading = readStanding(store, prod);
    if (seq < settledAt) await expect(reading).resolves.toMatchObject({ seq: 9 });
    else await expect(reading).rejects.toMatchObject({ name: "BrokenChainError", seq });
  });

  test("says that records are missing when the ledger ends before what the copy names", async () => {
    const store = await aStoreWithCopy();
    for (let seq = 5; seq <= 9; seq += 1) store.remove(historyKey(prod, seq));
    await expect(readStanding(store, prod)).rejects.toThrow(
      "the ledger ends at 4 but current.json names 6: records are missing",
    );
  });

  test.for([
    { name: "another hash of the one before", change: { prev: `sha256:${"0".repeat(64)}` }, seq: 8 },
    { name: "the epoch of an older run", change: { epoch: 2 }, seq: 8 },
    { name: "an epoch that nobody opened", change: { epoch: 9 }, seq: 8 },
    { name: "another number", change: { seq: 7 }, seq: 8 },
    { name: "another environment", change: { environment: "dev" }, seq: 8 },
    { name: "a kind that is none", change: { body: { kind: "magic" } }, seq: 8 },
    { name: "a time that is none", change: { at: "2026-13-45T99:00:00.000Z" }, seq: 8 },
  ])("refuses a record with $name", async ({ change, seq }) => {
    const store = await aStoreWithCopy();
    const record = aLedger(bodies)[seq - 1];
    store.plant(historyKey(prod, seq), text(JSON.stringify({ ...record, ...change })));
    await expect(readStanding(store, prod)).rejects.toMatchObject({ name: "BrokenChainError", seq });
  });

  test("asks for a newer engine where a newer one has written", async () => {
    const store = await aStoreWithCopy();
    store.plant(historyKey(prod, 8), text(JSON.stringify({ ...aLedger(bodies)[7], version: 2 })));
    await expect(readStanding(store, prod)).rejects.toMatchObject({ code: "engine-too-old" });
  });

  test("reads on over fields that a later engine has added", async () => {
    const store = await aStore(bodies.slice(0, 8));
    const [, , , , , , , , last] = aLedger(bodies);
    store.plant(
      historyKey(prod, 9),
      text(JSON.stringify({ ...last, witness: "new", body: { ...last?.body, more: 1 } })),
    );
    expect(await readStanding(store, prod)).toMatchObject({ seq: 9, unfinished: { epoch: 3 } });
  });

  test("refuses something else among the records", async () => {
    const store = await aStoreWithCopy();
    store.plant(`${historyPrefix(prod)}notes.txt`, text("hello"));
    await expect(readStanding(store, prod)).rejects.toThrow(BrokenChainError);
  });
});

describe("reading the history", () => {
  test("gives records from a number on, at most so many, with the hash of their bytes", async () => {
    const store = await aStore();
    const records = await readHistory(store, prod, { from: 4, limit: 2 });
    expect(records.map(({ record }) => record.seq)).toEqual([4, 5]);
    const [fifth] = await readHistory(store, prod, { from: 5, limit: 1 });
    expect(fifth?.record.prev).toBe(records[0]?.sha256);
  });

  test("is empty beyond the end", async () => {
    expect(await readHistory(await aStore(), prod, { from: 99 })).toEqual([]);
  });
});

describe("the copy of the standing", () => {
  test("is replaced by that of a higher record only", async () => {
    const store = await aStoreWithCopy();
    expect(await writeCurrent(store, standingAfter(bodies.slice(0, 3)))).toBe("newer");
    expect(await writeCurrent(store, standingAfter(bodies))).toBe("written");
    expect(await writeCurrent(store, standingAfter(bodies))).toBe("newer");
    expect(await readStanding(store, prod)).toEqual(standingAfter(bodies));
  });

  test("is written over something that is no copy", async () => {
    const store = await aStoreWithCopy();
    store.plant(currentKey(prod), text("garbage"));
    expect(await writeCurrent(store, standingAfter(bodies))).toBe("written");
  });

  test("is not written for an environment that has no ledger", async () => {
    const store = await aStore([]);
    expect(await writeCurrent(store, await readStanding(store, prod))).toBe("newer");
    expect(await store.list("")).toEqual([]);
  });
});
