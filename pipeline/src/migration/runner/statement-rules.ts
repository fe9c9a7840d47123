import { endsTransaction } from "./check-script.ts";
import { RunnerFailure } from "./failure.ts";
import type { StatementGuard } from "./session.ts";
import { splitStatements } from "./sql-script.ts";

/** What a migration may send, told from what we send: it must not end the transaction that its record is part of. */
export class StatementRules implements StatementGuard {
  #inTransaction = false;

  enter(transactional: boolean): void {
    this.#inTransaction = transactional;
  }

  leave(): void {
    this.#inTransaction = false;
  }

  check(text: string): void {
    // Only what begins like it is worth a closer look, or holds several statements.
    if (
      !this.#inTransaction ||
      !/^\s*(?:begin|commit|end|abort|rollback|start|prepare)\b|;\s*\S|^\s*(?:--|\/\*)/i.test(text)
    )
      return;
    const ending = splitStatements(text).find(({ words }) => endsTransaction(words));
    if (ending === undefined) return;
    throw new RunnerFailure("failed", {
      code: "unsupported",
      message: `${ending.words[0]} is not allowed: the runner begins and ends the transaction`,
      statement: ending.text,
    });
  }
}
