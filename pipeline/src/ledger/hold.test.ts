import { expect, test } from "vitest";
import { instantOf, octocat } from "../../test/builders.ts";
import { FaultyStore } from "../../test/faulty-store.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { prod } from "../../test/record-builders.ts";
import { VirtualClock } from "../../test/virtual-clock.ts";
import { liftHold, readHold, writeHold } from "./hold.ts";
import { holdKey } from "./keys.ts";

const at = instantOf("2026-11-19T12:00");
const aStore = () => {
  const clock = new VirtualClock();
  const memory = new MemoryObjectStore(() => clock.now());
  return { memory, store: new FaultyStore(memory) };
};
const hold = { by: octocat, at, reason: "rolled back" };

test("an environment is not held until somebody holds it", async () => {
  const { store } = aStore();
  expect(await readHold(store, prod)).toBeNull();
  await writeHold(store, prod, hold);
  expect(await readHold(store, prod)).toEqual(hold);
});

test("a hold is lifted once, and can be set again", async () => {
  const { store } = aStore();
  await writeHold(store, prod, hold);
  expect(await liftHold(store, prod, octocat, at)).toBe("lifted");
  expect(await readHold(store, prod)).toBeNull();
  expect(await liftHold(store, prod, octocat, at)).toBe("none");
  await writeHold(store, prod, { ...hold, reason: "again" });
  expect(await readHold(store, prod)).toMatchObject({ reason: "again" });
});

test("a hold that is set while another is set is not lost", async () => {
  const { store } = aStore();
  store.beforeNextPut(() => writeHold(store, prod, { ...hold, reason: "first" }));
  await writeHold(store, prod, { ...hold, reason: "second" });
  expect(await readHold(store, prod)).toMatchObject({ reason: "second" });
});

test("what is no hold is not taken for none", async () => {
  const { memory, store } = aStore();
  memory.plant(holdKey(prod), new TextEncoder().encode("{}"));
  await expect(readHold(store, prod)).rejects.toMatchObject({ code: "store-unusable" });
});
