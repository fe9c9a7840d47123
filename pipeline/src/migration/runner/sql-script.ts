/** One statement of a file of plain SQL. */
export interface SqlStatement {
  /** As written, comments inside it included, without the semicolon. */
  readonly text: string;
  /** Its first words, upper case, comments left out. */
  readonly words: readonly string[];
  /** Index of its first character in the file, and the line of it, from 1. */
  readonly start: number;
  readonly line: number;
}

// In order: line comment, quoted identifier, string with escapes, string, dollar-quoted string, word, any character.
const token =
  /(--[^\n]*)|("(?:[^"]|"")*"?)|(\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'?)|('(?:[^']|'')*'?)|(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|([A-Za-z_\u0080-\ufefe\uff00-\uffff][\w$\u0080-\ufefe\uff00-\uffff]*)|(\/\*)|(\d[\w.]*)|([\s\S])/gy;

/**
 * Splits plain SQL at the semicolons that end statements: not those in strings, comments, parentheses (rules) and SQL
 * function bodies (`BEGIN ATOMIC … END`). As psql does it, so what runs there runs here.
 */
export function splitStatements(sql: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let at = 0;
  let start = -1;
  let words: string[] = [];
  let parentheses = 0;
  let blocks = 0;
  const finish = (end: number) => {
    if (start >= 0) {
      statements.push({ text: sql.slice(start, end).trimEnd(), words, start, line: lineAt(sql, start) });
    }
    [start, words, parentheses, blocks] = [-1, [], 0, 0];
  };
  while (at < sql.length) {
    token.lastIndex = at;
    const match = token.exec(sql);
    if (match === null) break;
    const [text, comment, , , , dollar, word, blockComment] = match;
    const begin = at;
    at = token.lastIndex;
    if (comment !== undefined) continue;
    if (blockComment !== undefined) {
      at = endOfComment(sql, begin);
      continue;
    }
    if (dollar !== undefined) {
      const end = sql.indexOf(dollar, at);
      at = end < 0 ? sql.length : end + dollar.length;
    }
    if (text === ";" && parentheses === 0 && blocks === 0) {
      finish(begin);
      continue;
    }
    if (text.trim() === "" || (text === "\ufeff" && start < 0)) continue;
    if (start < 0) start = begin;
    if (text === "(") parentheses += 1;
    if (text === ")") parentheses = Math.max(0, parentheses - 1);
    if (word !== undefined) {
      const upper = word.toUpperCase();
      if (upper === "ATOMIC" && words.at(-1) === "BEGIN") blocks += 1;
      else if (blocks > 0 && upper === "CASE") blocks += 1;
      else if (blocks > 0 && upper === "END") blocks -= 1;
      words.push(upper);
    }
  }
  finish(sql.length);
  return statements;
}

/** Block comments nest in Postgres. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; ) {
    const two = sql.slice(at, at + 2);
    if (two === "/*") depth += 1;
    if (two === "*/") depth -= 1;
    at += two === "/*" || two === "*/" ? 2 : 1;
    if (depth === 0) return at;
  }
  return sql.length;
}

export const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length;
