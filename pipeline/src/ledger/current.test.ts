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
  expect((await readCurrent(store, prod))?.standing.seq).toBe(14);
  expect(await writeCurrent(store, at(15))).toBe("written");
  expect((await readCurrent(store, prod))?.standing.seq).toBe(15);
});

test("a copy that nobody can read is no copy, and is replaced", async () => {
  const store = aStore();
  store.plant(currentKey(prod), "{");
  expect(await readCurrent(store, prod)).toBeNull();
  expect(await writeCurrent(store, at(3))).toBe("written");
  expect((await readCurrent(store, prod))?.standing.seq).toBe(3);
});
