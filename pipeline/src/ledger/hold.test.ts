import { expect, test } from "vitest";
import { instantOf, octocat } from "../../test/builders.ts";
import { FaultyStore } from "../../test/faulty-store.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { prod } from "../../test/record-builders.ts";
import { VirtualClock } from "../../test/virtual-clock.ts";
import { LeaseLostError } from "../errors.ts";
import { liftHold, liftSeenHold, readHold, writeHold } from "./hold.ts";
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

const garbage = ["{}", "{", "", "null", '{"version":1,"environment":"prod","hold":"yes","lifted":null}'];
const asBytes = (text: string) => new TextEncoder().encode(text);

test.each(garbage)("%j is no hold, and is not taken for none", async (text) => {
  const { memory, store } = aStore();
  memory.plant(holdKey(prod), asBytes(text));
  await expect(readHold(store, prod)).rejects.toMatchObject({
    code: "store-unusable",
    next: ["promote hold --env prod --lift"],
  });
});

test.each(garbage)("%j is replaced by a hold", async (text) => {
  const { memory, store } = aStore();
  memory.plant(holdKey(prod), asBytes(text));
  await writeHold(store, prod, hold);
  expect(await readHold(store, prod)).toEqual(hold);
});

test.each(garbage)("%j is lifted like a hold, but not by a run that saw another", async (text) => {
  const { memory, store } = aStore();
  memory.plant(holdKey(prod), asBytes(text));
  await liftSeenHold(store, prod, hold, { by: octocat, at }, () => undefined);
  await expect(readHold(store, prod)).rejects.toMatchObject({ code: "store-unusable" });
  expect(await liftHold(store, prod, octocat, at)).toBe("lifted");
  expect(await readHold(store, prod)).toBeNull();
});

test("a run lifts the hold that it saw, and no other", async () => {
  const { store } = aStore();
  await writeHold(store, prod, hold);
  await liftSeenHold(store, prod, { ...hold, reason: "another" }, { by: octocat, at }, () => undefined);
  expect(await readHold(store, prod)).toEqual(hold);
  await liftSeenHold(store, prod, hold, { by: octocat, at }, () => undefined);
  expect(await readHold(store, prod)).toBeNull();
});

test("a hold that is set just before a run lifts the one that it saw is not lifted", async () => {
  const { store } = aStore();
  await writeHold(store, prod, hold);
  store.beforeNextPut(() => writeHold(store, prod, { ...hold, reason: "another" }));
  await liftSeenHold(store, prod, hold, { by: octocat, at }, () => undefined);
  expect(await readHold(store, prod)).toMatchObject({ reason: "another" });
});

test("a run that has lost its lease neither holds nor lifts", async () => {
  const { store } = aStore();
  const lost = () => {
    throw new LeaseLostError("another run has it");
  };
  await expect(writeHold(store, prod, hold, lost)).rejects.toThrow(LeaseLostError);
  expect(await readHold(store, prod)).toBeNull();
  await writeHold(store, prod, hold);
  await expect(liftSeenHold(store, prod, hold, { by: octocat, at }, lost)).rejects.toThrow(LeaseLostError);
  expect(await readHold(store, prod)).toEqual(hold);
});

test("a run that loses its lease while somebody else writes does not write over it", async () => {
  const { store } = aStore();
  const lease = { isLost: false };
  store.beforeNextPut(async () => {
    lease.isLost = true;
    await writeHold(store, prod, { ...hold, reason: "another" });
  });
  const check = () => {
    if (lease.isLost) throw new LeaseLostError("another run has it");
  };
  await expect(writeHold(store, prod, hold, check)).rejects.toThrow(LeaseLostError);
  expect(await readHold(store, prod)).toMatchObject({ reason: "another" });
});
