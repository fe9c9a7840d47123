import { BrokenChainError, type ObjectStore, type RecordBody } from "@slipway/pipeline";
import { describe, expect, test } from "vitest";
import { shas } from "../../../pipeline/test/builders.ts";
import { MemoryObjectStore } from "../../../pipeline/test/memory-store.ts";
import {
  aLedger,
  minuteOf,
  prod,
  promotionOf,
  recordKey,
  storeLedger,
} from "../../../pipeline/test/record-builders.ts";
import { LedgerView } from "./ledger-view.ts";

const epochs = (count: number): readonly RecordBody[] =>
  Array.from({ length: count }, () => promotionOf(shas.new)).flat();

async function storeWith(count: number) {
  const memory = new MemoryObjectStore(() => minuteOf(0));
  const reads: string[] = [];
  const store: ObjectStore = new Proxy(memory, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      return (key: string, ...rest: unknown[]) => {
        if (name === "get") reads.push(key);
        return (value as (...all: unknown[]) => unknown).call(target, key, ...rest);
      };
    },
  });
  const grow = (to: number): Promise<number> => storeLedger(memory, aLedger(epochs(to)));
  return { store, memory, reads, grow, seq: await grow(count) };
}
const numbers = (found: readonly { readonly epoch: number }[]) => found.map(({ epoch }) => epoch);

describe("a view of a ledger", () => {
  test("reads back no further than it is asked, in whole epochs", async () => {
    const { store, reads, seq } = await storeWith(400);
    const view = new LedgerView(store, prod);
    const found = await view.epochsSince(minuteOf(1_199), seq);
    expect(numbers(found)).toEqual([400]);
    expect(found[0]).toMatchObject({ openedAt: minuteOf(1_198), endedAt: minuteOf(1_200) });
    expect(reads.length).toBeLessThan(600);
    expect(await view.epochsSince("2000-01-01T00:00:00.000Z", seq)).toHaveLength(400);
  });

  test("reads what was added, and the record before it, once", async () => {
    const { store, reads, grow, seq } = await storeWith(10);
    const view = new LedgerView(store, prod);
    expect(numbers(await view.epochsSince(minuteOf(1), seq))).toHaveLength(10);
    reads.length = 0;
    expect(numbers(await view.epochsSince(minuteOf(1), await grow(11)))).toHaveLength(11);
    expect(reads).toHaveLength(4);
  });

  test("is read anew where the ledger was replaced, also by a shorter one", async () => {
    const first = await storeWith(10);
    const view = new LedgerView(first.store, prod);
    await view.epochsSince(minuteOf(1), first.seq);
    for (const key of await first.memory.list("environments/")) first.memory.remove(key);
    const seq = await first.grow(3);
    expect(numbers(await view.epochsSince(minuteOf(1), seq))).toEqual([3, 2, 1]);
  });

  test("finds one epoch, and says of another that there is none", async () => {
    const { store, seq } = await storeWith(300);
    const view = new LedgerView(store, prod);
    expect(await view.epoch(4, seq)).toMatchObject({ epoch: 4, outcome: { result: "done" } });
    expect(await view.epoch(301, seq)).toBeNull();
    expect(await new LedgerView(store, prod).epoch(1, 0)).toBeNull();
  });

  test("several at once share what is read", async () => {
    const { store, reads, seq } = await storeWith(20);
    const view = new LedgerView(store, prod);
    const found = await Promise.all([1, 2, 3].map(() => view.epochsSince(minuteOf(1), seq)));
    expect(found.map((each) => each.length)).toEqual([20, 20, 20]);
    expect(reads.length).toBeLessThanOrEqual(seq + 2);
  });

  test("a look that began before others is answered with what they have read since, never with nothing", async () => {
    const { store, grow, seq } = await storeWith(400);
    const view = new LedgerView(store, prod);
    const looks = [view.epochsSince(minuteOf(1), seq), view.epoch(2, seq), view.epochsSince(minuteOf(1_150), seq)];
    const later = await grow(410);
    const more = [view.epochsSince(minuteOf(1), seq), view.epochsSince(minuteOf(1), later), view.epoch(410, later)];
    const [all, second, , stale, fresh, last] = await Promise.all([...looks, ...more]);
    expect(all).toHaveLength(400);
    expect(second).toMatchObject({ epoch: 2 });
    expect([(stale as readonly object[]).length, (fresh as readonly object[]).length]).toEqual([410, 410]);
    expect(last).toMatchObject({ epoch: 410, outcome: { result: "done" } });
  });

  test("an epoch that began before the window is whole, however much was read before", async () => {
    const { store, seq } = await storeWith(400);
    const cold = await new LedgerView(store, prod).epochsSince(minuteOf(1_100), seq);
    const warm = new LedgerView(store, prod);
    await warm.epochsSince(minuteOf(1), seq);
    expect(await warm.epochsSince(minuteOf(1_100), seq)).toEqual(cold);
    expect(cold.at(-1)).toMatchObject({ epoch: 367, openedAt: minuteOf(1_099), endedAt: minuteOf(1_101) });
  });

  test("names a record in the middle that another was put in the place of", async () => {
    const { store, memory, seq } = await storeWith(5);
    const [, record] = aLedger(epochs(5)).slice(7);
    memory.plant(recordKey(8), JSON.stringify({ ...record, seq: 8, nonce: "f".repeat(32) }));
    await expect(new LedgerView(store, prod).epochsSince(minuteOf(1), seq)).rejects.toThrow(BrokenChainError);
  });

  test("says that a ledger is gone which its caller has just read", async () => {
    const { store, memory, seq } = await storeWith(3);
    const view = new LedgerView(store, prod);
    await view.epochsSince(minuteOf(1), seq);
    for (const key of await memory.list("environments/")) memory.remove(key);
    await expect(view.epochsSince(minuteOf(1), seq)).rejects.toThrow("was there and is missing");
  });

  test("names a record that is missing, and reads on once it is back", async () => {
    const { store, memory, grow, seq } = await storeWith(5);
    memory.remove(recordKey(7));
    const view = new LedgerView(store, prod);
    await expect(view.epochsSince(minuteOf(1), seq)).rejects.toThrow(BrokenChainError);
    await grow(5);
    expect(await view.epochsSince(minuteOf(1), seq)).toHaveLength(5);
  });
});
