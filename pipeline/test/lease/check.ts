import { createHash } from "node:crypto";
import type { Note } from "./witness.ts";

/** The bytes of an environment's history as they lie in the store, by the number in the name; a slot may hold several versions. */
type Slots = ReadonlyMap<number, readonly Uint8Array[]>;

export interface Evidence {
  readonly environment: string;
  readonly slots: Slots;
  readonly notes: readonly Note[];
  /** For how long after a check what it guards may be done (L): nobody opens an epoch before. */
  readonly landsMilliseconds: number;
  /** The store gave old answers, against its contract: a run may then take its ledger for broken, and stop. */
  readonly isStale: boolean;
}

interface Written {
  readonly seq: number;
  readonly epoch: number;
  readonly kind: string;
  readonly sha256: string;
}

/** Everything that is wrong, in words. Reads bytes and notes; knows nothing of the code that it judges. */
export function check(evidence: Evidence): readonly string[] {
  const { environment } = evidence;
  const history = readSlots(evidence.slots);
  const problems = [
    ...history.problems,
    ...judgeEpochs(history.records),
    ...judgeOpened(history.records, evidence.notes),
    ...judgeWritten(history.records, evidence.notes),
    ...judgeActed(evidence),
    ...judgeEnds(evidence),
  ];
  return problems.map((problem) => `${environment}: ${problem}`);
}

function readSlots(slots: Slots): { readonly records: readonly Written[]; readonly problems: readonly string[] } {
  const records: Written[] = [];
  const problems: string[] = [];
  let before: string | null = null;
  for (const [index, seq] of [...slots.keys()].toSorted((a, b) => a - b).entries()) {
    const versions = slots.get(seq) ?? [];
    if (seq !== index + 1) problems.push(`record ${index + 1} is missing, ${seq} is there`);
    if (versions.length !== 1) problems.push(`record ${seq} was written ${versions.length} times`);
    const bytes = versions.at(-1) ?? new Uint8Array();
    const record = JSON.parse(Buffer.from(bytes).toString("utf8")) as {
      readonly seq: number;
      readonly epoch: number;
      readonly prev: string | null;
      readonly body: { readonly kind: string };
    };
    if (record.seq !== seq) problems.push(`record ${seq} says that it is ${record.seq}`);
    if (record.prev !== before) problems.push(`record ${seq} does not hold the hash of the one before it`);
    before = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    records.push({ seq, epoch: record.epoch, kind: record.body.kind, sha256: before });
  }
  return { records, problems };
}

/** Epochs are 1, 2, 3 … in the order in which they were opened, and only the newest one writes. */
function judgeEpochs(records: readonly Written[]): readonly string[] {
  let newest = 0;
  return records.flatMap(({ seq, epoch, kind }) => {
    if (kind === "open" && epoch <= newest) return [`record ${seq} opens epoch ${epoch} again, ${newest} was open`];
    if (kind === "open" && epoch !== newest + 1) return [`record ${seq} opens epoch ${epoch} after ${newest}`];
    if (kind === "open") newest = epoch;
    return epoch === newest ? [] : [`record ${seq} of epoch ${epoch} was accepted after ${newest} was opened`];
  });
}

/** No two were told that one epoch is theirs, and what they were told is in the ledger. */
function judgeOpened(records: readonly Written[], notes: readonly Note[]): readonly string[] {
  const opened = new Set(records.filter(({ kind }) => kind === "open").map(({ epoch }) => epoch));
  const seen = new Set<number>();
  return notes.flatMap((note) => {
    if (note.what !== "opened") return [];
    const isSecond = seen.has(note.epoch);
    seen.add(note.epoch);
    if (isSecond) return [`two had epoch ${note.epoch}`];
    return opened.has(note.epoch) ? [] : [`epoch ${note.epoch} was given and is not in the ledger`];
  });
}

/** Whatever somebody was told is written is there, with these bytes, and nobody else was told so of the same slot. */
function judgeWritten(records: readonly Written[], notes: readonly Note[]): readonly string[] {
  const bySeq = new Map(records.map((record) => [record.seq, record.sha256]));
  const seen = new Set<number>();
  return notes.flatMap((note) => {
    if (note.what !== "written") return [];
    const isSecond = seen.has(note.seq);
    seen.add(note.seq);
    if (isSecond) return [`two were told that record ${note.seq} is theirs`];
    if (bySeq.get(note.seq) === note.sha256) return [];
    return [`record ${note.seq} was said to be written, and other bytes are there, or none`];
  });
}

/** What no fence protects is over before a newer epoch is open, unless its process stood still for longer than L. */
function judgeActed({ notes, landsMilliseconds }: Evidence): readonly string[] {
  const opened = notes.flatMap((note) => (note.what === "opened" ? [note] : []));
  return notes.flatMap((note) => {
    if (note.what !== "acted" || note.at - note.checked >= landsMilliseconds) return [];
    const newer = opened.find(({ epoch, at }) => epoch > note.epoch && at < note.at);
    if (!newer) return [];
    const late = (note.at - newer.at).toFixed(1);
    return [`epoch ${note.epoch} acted ${late} ms after ${newer.epoch} was opened`];
  });
}

/** Nobody waits for ever, and nothing ends in a way that nobody thought of. */
function judgeEnds({ notes, isStale }: Evidence): readonly string[] {
  return notes.flatMap((note) => {
    if (note.what === "broke") return [`it broke: ${note.because}`];
    if (note.what === "stopped" && note.by === "BrokenChainError" && !isStale)
      return ["a whole ledger was called broken"];
    if (note.what !== "busy" || note.patience === 0) return [];
    return [`an acquisition was stuck for ${Math.round(note.waited)} ms`];
  });
}
