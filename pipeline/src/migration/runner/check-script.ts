import type { SqlStatement } from "./sql-script.ts";
import { lineAt, splitStatements } from "./sql-script.ts";

/** Why a file of plain SQL must not run as it is, and the line that says so. */
export interface ScriptProblem {
  readonly message: string;
  readonly statement: string;
  readonly line: number;
}

// Comments by which other tools divide a file into a way up and a way down; run whole, it would undo itself.
const downSection =
  /^[ \t]*--+[ \t]*(?:\+goose[ \t]+down|\+migrate[ \t]+down|migrate:down|@down|!downs|rollback|down)\b.*$/im;
const firstLine = /^\ufeff?[ \t]*--[ \t]*slipway:[ \t]*no transaction[ \t]*(?:\r?\n|$)/i;

/** Whether the file's first line asks to run outside a transaction, as CREATE INDEX CONCURRENTLY must. */
export const runsInTransaction = (sql: string): boolean => !firstLine.test(sql);

/** Null: it may run. Its statements run in our transaction, which none of them may end. */
export function findScriptProblem(sql: string): ScriptProblem | null {
  const down = downSection.exec(sql);
  if (down !== null) {
    const message = "a section that undoes the migration is not supported: it would run with the rest";
    return { message, statement: down[0].trim(), line: lineAt(sql, down.index) };
  }
  for (const statement of splitStatements(sql)) {
    const message = problemOf(statement);
    if (message !== null) return { message, statement: statement.text, line: statement.line };
  }
  return null;
}

function problemOf({ text, words }: SqlStatement): string | null {
  if (/^\\/m.test(withoutStrings(text))) return "a psql command (a line that begins with \\) is not SQL";
  if (endsTransaction(words)) return `${words[0]} is not allowed: the runner begins and ends the transaction`;
  return null;
}

/** BEGIN, COMMIT and their kin; not SAVEPOINT, and not ROLLBACK TO one. */
export function endsTransaction(words: readonly string[]): boolean {
  const [first, second, third] = words;
  switch (first) {
    case "BEGIN":
    case "COMMIT":
    case "END":
    case "ABORT":
      return true;
    case "ROLLBACK":
      return second !== "TO" && !((second === "WORK" || second === "TRANSACTION") && third === "TO");
    case "START":
    case "PREPARE":
      return second === "TRANSACTION";
    default:
      return false;
  }
}

/** Strings and dollar-quoted bodies blanked: a backslash at the start of a line of theirs is text. */
const withoutStrings = (sql: string): string =>
  sql.replace(/(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|'(?:[^']|'')*'|--[^\n]*/g, "");
