/*
 * Text from outside within Markdown of ours, as comments and job summaries of GitHub show it: no mark-up, no HTML, no mention, no link. Entities
 * cannot stand for mark-up (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references).
 */

/** Breaks what GitHub would link after Markdown was rendered, and is not seen: `@name`, `#12`, `GH-12`, addresses. */
const unseen = "&#8203;";
/** What a reader does not see, and what moves or turns text: controls, marks of direction, halves of pairs. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Account ids of AWS have twelve digits; so may our short digests. */
const accountId = /(?<!sha256:|--expect )(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/g;

const spelledOut = (character: string): string => {
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
};

/** One line of visible characters without account ids, cut at so many characters. */
function plain(text: string, most: number): string {
  // What is far behind the cut need not be looked at.
  const shown = text
    .slice(0, 4 * most)
    .replace(accountId, "(account)")
    .replaceAll("\t", "  ")
    .replaceAll("\n", "\\n")
    .replace(invisible, spelledOut);
  if (shown.length <= most) return shown;
  const characters = [...shown.slice(0, 2 * most + 2)];
  return characters.length <= most ? shown : `${characters.slice(0, most - 3).join("")}...`;
}

const special =
  /(?<!\w)(?:sha256:)?[0-9a-f]{7,64}(?!\w)|:\/\/|www\.|GH-(?=\d)|#(?=\d)|@|(?<!\w):(?=[\w+-]+:)|[&<>|$]|[\\`*_[\]~]/gi;
const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;" };

function escaped(found: string): string {
  if (/^(?:sha256:)?[0-9a-f]{7}/i.test(found)) return `\`${found}\``;
  if (found === "://") return `:${unseen}//`;
  if (/^www/i.test(found)) return `${found.slice(0, 3)}${unseen}.`;
  // https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions
  if (found === "$") return "<span>$</span>";
  const entity = entities[found];
  if (entity !== undefined) return entity;
  return /^[@#:G]/i.test(found) ? `${found}${unseen}` : `\\${found}`;
}

/** Text from outside as running text, cut at so many characters. It may begin a line and stand in a table. */
export const prose = (text: string, most = 500): string =>
  plain(text.trim(), most)
    .replace(special, escaped)
    .replace(/^([-+=#])/, "\\$1")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");

/** A code span: nothing in it is mark-up or a link. Not for tables, where a pipe ends it. */
export function code(text: string, most = 1000): string {
  const shown = plain(text, most) || " ";
  const fence = "`".repeat(longestRun(shown) + 1);
  const pad = /^`|`$|^ .*\S.* $/.test(shown) ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Lines as a block of code: the lines before, its own, and the lines after. */
export function fenced(lines: readonly string[]): {
  readonly before: readonly string[];
  readonly lines: readonly string[];
  readonly after: readonly string[];
} {
  const shown = lines.map((line) => plain(line, 1000));
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return { before: [`${fence}text`], lines: shown, after: [fence] };
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** A place in a file, in a table too. */
export const place = (file: string, line: number | null): string => {
  const text = line === null ? file : `${file}:${line}`;
  return /^[\w./:-]+$/.test(text) ? code(text) : prose(text);
};

/** A row of a table; cells are Markdown. */
export const row = (...cells: readonly string[]): string =>
  `${cells.map((cell) => (cell === "" ? "| " : `| ${cell} `)).join("")}|`;

/** An address of ours as a link; as text where it holds what ends one. */
export const link = (text: string, url: string): string =>
  /^https?:\/\/[\w.:/%~-]+$/.test(url) ? `[${prose(text)}](${url})` : `${prose(text)}: ${prose(url)}`;

/** The first line, by which a comment is found again. */
export const marker = (kind: "plan" | "result", app: string, environment: string): string =>
  `<!-- slipway:${kind}:${nameOnly(app)}:${nameOnly(environment)} -->`;
const nameOnly = (text: string): string => text.replace(/[^A-Za-z0-9-]/g, "_").replace(/-(?=-*$)/g, "_");
