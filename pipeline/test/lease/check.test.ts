import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { check } from "./check.ts";
import type { Note } from "./witness.ts";

interface Planted {
  readonly epoch: number;
  readonly kind: string;
  readonly seq?: number;
  readonly prev?: string;
}
const sha256 = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** A chain of these records, as it would lie in a store. */
function slotsOf(records: readonly Planted[]): Map<number, Uint8Array[]> {
  const slots = new Map<number, Uint8Array[]>();
  let before: string | null = null;
  for (const [index, { epoch, kind, seq = index + 1, prev = before }] of records.entries()) {
    const bytes = Buffer.from(JSON.stringify({ seq, epoch, prev, body: { kind } }));
    before = sha256(bytes);
    slots.set(seq, [...(slots.get(seq) ?? []), bytes]);
  }
  return slots;
}

const [open, step, next] = [1, 1, 2].map((epoch, at) => ({ epoch, kind: at === 1 ? "step" : "open" })) as [
  Planted,
  Planted,
  Planted,
];
const e = "prod";
const opened = (epoch: number, at: number): Note => ({ what: "opened", environment: e, epoch, at });
const acted = (epoch: number, checked: number, at: number): Note => {
  return { what: "acted", environment: e, epoch, checked, at };
};
const written = (seq: number, hash: string): Note => ({ what: "written", environment: e, seq, sha256: hash });
const stopped: Note = { what: "stopped", environment: e, by: "BrokenChainError", late: false };
const busy: Note = { what: "busy", environment: e, waited: 9_000, patience: 9_000 };
const good = [open, step, next];

test.for<{ name: string; records: readonly Planted[]; notes?: readonly Note[]; says: string | null }>([
  { name: "a ledger of two epochs", records: good, says: null },
  { name: "what was done before the next was open", records: good, notes: [acted(1, 8, 9), opened(2, 10)], says: null },
  { name: "a process that stood still for L", records: good, notes: [opened(2, 10), acted(1, 8, 39)], says: null },
  { name: "an epoch twice", records: [open, open], says: "opens epoch 1 again" },
  { name: "an epoch left out", records: [open, { epoch: 3, kind: "open" }], says: "opens epoch 3 after 1" },
  { name: "a stale write", records: [...good, step], says: "record 4 of epoch 1 was accepted after 2 was opened" },
  { name: "a gap", records: [open, { ...step, seq: 3 }], says: "record 2 is missing, 3 is there" },
  { name: "a slot written over", records: [open, { ...step, seq: 1 }], says: "record 1 was written 2 times" },
  { name: "a chain that is forked", records: [open, { ...step, prev: "sha256:0" }], says: "does not hold the hash" },
  { name: "an epoch had by two", records: good, notes: [opened(2, 1), opened(2, 5)], says: "two had epoch 2" },
  { name: "an epoch of nobody's", records: good, notes: [opened(3, 1)], says: "epoch 3 was given and is not in" },
  { name: "a record that is gone", records: good, notes: [written(4, "sha256:0")], says: "said to be written" },
  { name: "other bytes", records: good, notes: [written(2, "sha256:0")], says: "record 2 was said to be written" },
  { name: "a late act", records: good, notes: [opened(2, 10), acted(1, 12, 13)], says: "epoch 1 acted 3.0 ms after 2" },
  { name: "somebody who waits for ever", records: good, notes: [busy], says: "an acquisition was stuck for 9000 ms" },
  { name: "a false alarm", records: good, notes: [stopped], says: "a whole ledger was called broken" },
])("the checker judges $name", ({ records, notes = [], says }) => {
  const problems = check({ environment: e, slots: slotsOf(records), notes, landsMilliseconds: 30, isStale: false });
  if (says === null) expect(problems).toEqual([]);
  else expect(problems.join("\n")).toContain(says);
});
