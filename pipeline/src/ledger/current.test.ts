import { expect, test } from "vitest";
import { aStanding, instantOf } from "../../test/builders.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { prod } from "../../test/record-builders.ts";
import { readCurrent, writeCurrent } from "./current.ts";
import { currentKey } from "./keys.ts";

const aStore = () => new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
const at = (seq: number) => aStanding({ environment: prod, seq });

test("a late write of a dead run leaves a newer copy of the standing as it is", async () => {
  const store = aStore();
  expect(await writeCurrent(store, at(14))).toBe("written");
  expect(await writeCurrent(store, at(9))).toBe("newer");
  expect(await writeCurrent(store, at(14))).toBe("newer");
  expect((await readCurrent(store, prod))?.standing?.seq).toBe(14);
  expect(await writeCurrent(store, at(15))).toBe("written");
  expect((await readCurrent(store, prod))?.standing?.seq).toBe(15);
});

test("a copy that nobody can read is no copy, and is replaced", async () => {
  const store = aStore();
  store.plant(currentKey(prod), "{");
  expect(await readCurrent(store, prod)).toBeNull();
  expect(await writeCurrent(store, at(3))).toBe("written");
  expect((await readCurrent(store, prod))?.standing?.seq).toBe(3);
});

test("a copy that another engine has folded still tells which record was there, and is replaced by one as long", async () => {
  const store = aStore();
  const folded = (fold: number | undefined, seq: number) => JSON.stringify({ version: 1, fold, standing: at(seq) });
  for (const fold of [undefined, 1, 99]) {
    store.plant(currentKey(prod), folded(fold, 9));
    expect(await readCurrent(store, prod)).toMatchObject({ seq: 9, head: at(9).head, standing: null });
    // What this one reads ends earlier: records are missing, and the copy is all that tells.
    expect(await writeCurrent(store, at(8))).toBe("newer");
  }
  expect(await writeCurrent(store, at(9))).toBe("newer");
  store.plant(currentKey(prod), folded(1, 9));
  expect(await writeCurrent(store, at(9))).toBe("written");
});
