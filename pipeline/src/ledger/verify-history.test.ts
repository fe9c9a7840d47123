import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instantOf, shas } from "../../test/builders.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { aLedger, anOpen, anOutcome, prod, promotionOf, standingAfter } from "../../test/record-builders.ts";
import { VirtualClock } from "../../test/virtual-clock.ts";
import { recordBytes } from "./chain.ts";
import { writeCurrent } from "./current.ts";
import { currentKey, historyKey } from "./keys.ts";
import { readStanding } from "./read-ledger.ts";
import { verifyHistory } from "./verify-history.ts";

const bodies = [...promotionOf(shas.old), anOpen(), anOutcome("refused"), ...promotionOf(shas.new)];
const ledger = aLedger(bodies);

async function aStore(): Promise<MemoryObjectStore> {
  const clock = new VirtualClock();
  const store = new MemoryObjectStore(() => clock.now());
  for (const record of ledger) await store.putIfAbsent(historyKey(prod, record.seq), recordBytes(record));
  await writeCurrent(store, standingAfter(bodies));
  return store;
}
/** Also an engine that answers "written by a newer one" has not taken the ledger for whole. */
const isFoundWhole = (store: MemoryObjectStore): Promise<boolean> =>
  verifyHistory(store, prod).then(
    (verdict) => verdict.ok,
    () => false,
  );
const aSeq = fc.integer({ min: 1, max: ledger.length });

describe("verifying a ledger", () => {
  test("finds a whole one whole", async () => {
    const verdict = await verifyHistory(await aStore(), prod);
    expect(verdict).toEqual({ ok: true, epochs: 3, records: 8, head: standingAfter(bodies).head });
  });

  test("finds an empty one whole", async () => {
    const clock = new VirtualClock();
    const store = new MemoryObjectStore(() => clock.now());
    expect(await verifyHistory(store, prod)).toEqual({ ok: true, epochs: 0, records: 0, head: null });
  });

  test("finds any byte of any record that was changed", async () => {
    const change = fc.record({ seq: aSeq, at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(change, async ({ seq, at, by }) => {
        const store = await aStore();
        const bytes = recordBytes(ledger[seq - 1] ?? expect.fail()).slice();
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ by;
        store.plant(historyKey(prod, seq), bytes);
        expect(await isFoundWhole(store)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test("finds any record that was dropped, and names the first that is missing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(aSeq, { minLength: 1 }), async (dropped) => {
        const store = await aStore();
        for (const seq of dropped) store.remove(historyKey(prod, seq));
        expect(await verifyHistory(store, prod)).toMatchObject({ ok: false, seq: Math.min(...dropped) });
      }),
      { numRuns: 100 },
    );
  });

  test("finds a record that was written down again with the same meaning", async () => {
    const store = await aStore();
    store.plant(historyKey(prod, 3), new TextEncoder().encode(JSON.stringify(ledger[2], null, 1)));
    expect(await verifyHistory(store, prod)).toMatchObject({ ok: false, seq: 4 });
  });

  test("finds two records that changed places", async () => {
    const store = await aStore();
    store.plant(historyKey(prod, 2), recordBytes(ledger[2] ?? expect.fail()));
    store.plant(historyKey(prod, 3), recordBytes(ledger[1] ?? expect.fail()));
    expect(await verifyHistory(store, prod)).toMatchObject({ ok: false, seq: 2 });
  });

  test("says what is missing where the tail was cut", async () => {
    const store = await aStore();
    store.remove(historyKey(prod, 8));
    expect(await verifyHistory(store, prod)).toEqual({
      ok: false,
      seq: 8,
      because: "the ledger ends at 7 but current.json names 8: records are missing",
    });
  });

  test.each([undefined, 1, 99])("says so too where a copy of fold %s is all that tells", async (fold) => {
    const store = await aStore();
    const key = currentKey(prod);
    const { standing } = JSON.parse(new TextDecoder().decode((await store.get(key))?.body)) as { standing: object };
    store.plant(key, JSON.stringify({ version: 1, fold, standing }));
    expect(await verifyHistory(store, prod)).toMatchObject({ ok: true });
    expect(await readStanding(store, prod)).toMatchObject({ seq: 8 });
    store.remove(historyKey(prod, 8));
    expect(await verifyHistory(store, prod)).toMatchObject({ ok: false, seq: 8 });
    await expect(readStanding(store, prod)).rejects.toThrow("records are missing");
    store.plant(
      historyKey(prod, 8),
      recordBytes({ ...(ledger[7] ?? expect.fail()), at: instantOf("2026-01-01T00:00") }),
    );
    expect(await verifyHistory(store, prod)).toMatchObject({ ok: false, seq: 8 });
    await expect(readStanding(store, prod)).rejects.toThrow("records were replaced");
  });
});
