// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Holds nothing that moves a cursor, changes a colour or turns a direction. */
export const isPrintable = (text: string): boolean => text.search(control) === -1 && !/[\t\n]/.test(text);

const spelledOut = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * Text from outside as a terminal or a log may get it: what moves cursors, changes colours or turns directions is spelled
 * out, and so is what a runner of GitHub would obey: it trims a line before it looks for `::`, and finds `##[` anywhere
 * (https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs).
 */
export const printable = (text: string): string =>
  text
    .replaceAll("\t", "  ")
    .replace(control, spelledOut)
    .replaceAll("\n", "\\n")
    .replace(/^(\s*):(?=:.*::)/, `$1${spelledOut(":")}`)
    .replaceAll("##[", `#${spelledOut("#")}[`);

/** A value as one line of JSON that means the same and holds nothing of the above. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value)
    .replace(control, spelledOut)
    .replaceAll("##[", `#${spelledOut("#")}[`);

/** A value as one word for bash or zsh that means the same and holds nothing of the above. */
export const printableWord = (text: string): string =>
  `$'${text.replace(/[\\']/g, "\\$&").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replace(control, spelledOut)}'`;

/** The same for text of several lines. */
export const printableLines = (text: string): readonly string[] =>
  text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map(printable);

/** How many columns it takes: letters of East Asia and pictures take two, marks none. */
export function widthOf(text: string): number {
  let width = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes take no room
  for (const character of text.replace(/\u001b\[\d+m/g, "")) {
    const code = character.codePointAt(0) ?? 0;
    if (/\p{Mark}/u.test(character)) continue;
    const isWide =
      (code >= 0x1100 && code <= 0x115f) ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0x1f300 && code <= 0x1faff) ||
      code >= 0x20000;
    width += isWide ? 2 : 1;
  }
  return width;
}

export const padTo = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)));

/** Cut so that it takes no more columns; an ellipsis says so. Text without colour codes only. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = "";
  for (const character of text) {
    if (widthOf(cut + character) > width - 3) break;
    cut += character;
  }
  return `${cut}...`;
}

/** A commit's subject, quoted. */
export const quoteSubject = (subject: string): string => `"${cutTo(printable(subject), 60)}"`;
