import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { Digest } from "../../src/identifiers.ts";
import { recordBytes } from "../../src/ledger/chain.ts";
import { writeCurrent } from "../../src/ledger/current.ts";
import { historyKey, historyPrefix, leaseKey } from "../../src/ledger/keys.ts";
import { type LeaseDocument, leaseBytes } from "../../src/ledger/lease-document.ts";
import { readLease } from "../../src/ledger/lease-look.ts";
import { localTiming } from "../../src/ledger/lease-timing.ts";
import { verifyHistory } from "../../src/ledger/verify-history.ts";
import { sha256 } from "../../src/release/canonical-json.ts";
import { instantOf, octocat, shas } from "../builders.ts";
import { MemoryObjectStore } from "../memory-store.ts";
import { aLedger, anOpen, anOutcome, prod, promotionOf, standingAfter } from "../record-builders.ts";
import { countCases } from "./count-cases.ts";
import { countingStore } from "./counting-store.ts";
import { type Damage, damaged, type HostileCase, readCases } from "./hostile-case.ts";

countCases("hostile-ledgers", "ledgers and leases that were tampered with");

/** What a stranger did to a ledger of eight records in three epochs, or to a lease. Numbers are those of records. */
interface Tampering extends HostileCase {
  readonly drop?: readonly number[];
  /** Record and byte. */
  readonly flip?: readonly [number, number];
  readonly swap?: readonly [number, number];
  readonly copy?: readonly [from: number, to: number];
  readonly plant?: Readonly<Record<string, Damage>>;
  /** The same, with the hashes of all records after it put right. */
  readonly forge?: Readonly<Record<string, Damage>>;
  readonly extra?: Readonly<Record<string, string>>;
  readonly lease?: Damage;
}

const bodies = [...promotionOf(shas.old), anOpen(), anOutcome("refused"), ...promotionOf(shas.new)];
const ledger = aLedger(bodies).map((record) => new TextDecoder().decode(recordBytes(record)));
const text = (seq: number): string => ledger[seq - 1] ?? expect.fail(`no record ${seq}`);
const hurt = (seq: number, damage: Damage) => damaged(text(seq), damage, JSON.stringify);

async function aStore(): Promise<MemoryObjectStore> {
  const store = new MemoryObjectStore(() => instantOf("2026-11-19T13:00"));
  for (const [at, record] of ledger.entries()) store.plant(historyKey(prod, at + 1), record);
  await writeCurrent(store, standingAfter(bodies));
  return store;
}

function tamper(
  store: MemoryObjectStore,
  { drop = [], flip, swap, copy, plant = {}, forge = {}, extra = {} }: Tampering,
): void {
  for (const seq of drop) store.remove(historyKey(prod, seq));
  if (flip) {
    const bytes = new TextEncoder().encode(text(flip[0]));
    bytes[flip[1]] = (bytes[flip[1]] ?? 0) ^ 1;
    store.plant(historyKey(prod, flip[0]), bytes);
  }
  if (swap) {
    store.plant(historyKey(prod, swap[0]), text(swap[1]));
    store.plant(historyKey(prod, swap[1]), text(swap[0]));
  }
  if (copy) store.plant(historyKey(prod, copy[1]), text(copy[0]));
  for (const [seq, damage] of Object.entries(plant))
    store.plant(historyKey(prod, Number(seq)), hurt(Number(seq), damage));
  for (const [seq, damage] of Object.entries(forge)) rechain(store, Number(seq), hurt(Number(seq), damage));
  for (const [name, content] of Object.entries(extra)) store.plant(`${historyPrefix(prod)}${name}`, content);
}

function rechain(store: MemoryObjectStore, from: number, bytes: Uint8Array): void {
  store.plant(historyKey(prod, from), bytes);
  let head: Digest = sha256(bytes);
  for (let seq = from + 1; seq <= ledger.length; seq += 1) {
    const record = JSON.stringify({ ...JSON.parse(text(seq)), prev: head });
    store.plant(historyKey(prod, seq), record);
    head = sha256(record);
  }
}

const aLease: LeaseDocument = {
  version: 1,
  environment: prod,
  state: "held",
  nonce: "0f".repeat(16),
  holder: { by: octocat, host: "laptop", runUrl: null, process: null },
  since: instantOf("2026-11-19T12:00"),
  epoch: 3,
  doing: "rolls api",
  beat: 7,
  timing: localTiming,
  quietUntil: null,
  lost: null,
};

const cases = readCases<Tampering>(new URL("cases/ledger.json", import.meta.url));

test("the ledger and the lease that are tampered with are whole ones", async () => {
  const store = await aStore();
  store.plant(leaseKey(prod), leaseBytes(aLease));
  expect(await verifyHistory(store, prod)).toMatchObject({ ok: true, records: 8 });
  expect(await readLease(store, prod)).toMatchObject({ state: "held", epoch: 3 });
});

test.for(cases.filter(({ lease }) => lease === undefined))("a ledger with $name is not whole", async (hostile) => {
  const memory = await aStore();
  tamper(memory, hostile);
  const { store, mutations } = countingStore(memory);
  const verdict = await verifyHistory(store, prod).catch((error: unknown) => error);
  if (hostile.code === "engine-too-old") expect(verdict).toMatchObject({ code: hostile.code });
  else expect(verdict).toMatchObject({ ok: false });
  expect(mutations()).toBe(0);
});

test.for(cases.filter(({ lease }) => lease !== undefined))("$name is nobody's lease", async ({ lease, code }) => {
  const memory = await aStore();
  const well = new TextDecoder().decode(leaseBytes(aLease));
  memory.plant(leaseKey(prod), damaged(well, lease ?? expect.fail(), JSON.stringify));
  const { store, mutations } = countingStore(memory);
  const error = await readLease(store, prod).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ code });
  expect(mutations()).toBe(0);
});
