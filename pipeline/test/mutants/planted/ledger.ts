import type { Mutant } from "../mutant.ts";

export const ledgerMutants: readonly Mutant[] = [
  {
    name: "the copy of the standing may be overwritten by an older one",
    after: "pointer not monotone",
    file: "ledger/current.ts",
    find: "    if (found && found.seq >= standing.seq && !",
    replace: "    if (found && found.seq === standing.seq && !",
    tests: "ledger/current.test.ts",
  },
  {
    name: "a partial end stays turned",
    after: "R17, partial leaves the turn",
    file: "ledger/fold.ts",
    find: "      return { unfinished: { ...unfinished, turned: null, partial: { failure: body.failure, notBack: body.notBack } } };",
    replace:
      "      return { unfinished: { ...unfinished, partial: { failure: body.failure, notBack: body.notBack } } };",
    tests: "ledger/fold.test.ts",
  },
  {
    name: "a retry of a record is a new record",
    after: "R1, new bytes on retry",
    file: "ledger/append-record.ts",
    find: "      return await putOrSettle(ports, record, bytes);",
    replace:
      "      const again = { ...record, nonce: random.nonce() };\n      return await putOrSettle(ports, attempt > 0 ? again : record, attempt > 0 ? recordBytes(again) : bytes);",
    tests: "ledger/ledger-writer.test.ts",
  },
  {
    name: "an own record is taken for another's",
    after: "R2, 412 = lost",
    file: "ledger/append-record.ts",
    find: '  if (found.nonce === record.nonce) return { status: "written", bytes: stored.body };',
    replace: '  if (found.nonce === "") return { status: "written", bytes: stored.body };',
    tests: "ledger/ledger-writer.test.ts",
  },
  {
    name: "a deposed run goes on",
    after: "R2",
    file: "ledger/ledger-writer.ts",
    find: '      if (answer.status === "taken") throw new DeposedError(answer.by.epoch);\n      this.#fold(record, answer.bytes);',
    replace: '      if (answer.status === "written") this.#fold(record, answer.bytes);',
    tests: "ledger/ledger-writer.test.ts",
  },
  {
    name: "what a superseded promotion left is forgotten by the next plan",
    after: "found by a second reader",
    file: "ledger/fold.ts",
    find: "    left: withState(standing.unfinished?.left ?? [], body.plan.goal),",
    replace: "    left: withState([], body.plan.goal),",
    tests: "../test/simulation/found-by-reading.test.ts",
  },
  {
    name: "a record is written that nobody can read back",
    after: "found by a second reader; I8",
    file: "ledger/ledger-writer.ts",
    find: "    return recordSchema.parse({",
    replace: "    return Object.freeze<LedgerRecord>({",
    tests: "ledger/ledger-writer.test.ts",
  },
  {
    name: "what a database had that is gone counts as known",
    after: "found by a second reader",
    file: "ledger/fold.ts",
    find: "  if (applied.length === 0) return [];",
    replace: "",
    tests: "ledger/run-under-lease.test.ts",
  },
];
