import { fenced } from "./markdown.ts";

/** GitHub takes 65,536 characters a comment; experience.md §5 asks for less. Bytes of UTF-8. */
export const mostBytes = 60_000;

/** Lines that may be cut after any of them; what opens and closes them stays. */
export interface Block {
  readonly before: readonly string[];
  readonly lines: readonly string[];
  readonly after: readonly string[];
}

export const linesOf = (...lines: readonly string[]): Block => ({ before: [], lines, after: [] });

/** One paragraph with its lines below each other: summaries, unlike comments, join lines that nothing breaks. */
export const paragraph = (...lines: readonly string[]): Block =>
  linesOf(...lines.map((line, at) => (at === lines.length - 1 ? line : `${line}  `)));

/** Folded. The summary is a word of ours, since no Markdown is read in it; without the empty line after it none is read at all. */
export const folded = (summary: string, { before, lines, after }: Block): Block => ({
  before: [`<details><summary>${summary}</summary>`, "", ...before],
  lines,
  after: [...after, "</details>", ""],
});

export const foldedCode = (summary: string, lines: readonly string[]): Block => folded(summary, fenced(lines));

/**
 * The whole text, at most `mostBytes`: what is longer is cut after a whole line, says where the rest is, and keeps `last`. The first block's first line
 * always stays.
 */
export function pageOf(blocks: readonly Block[], last: readonly string[], rest: string): string {
  const whole = [...blocks.flatMap(({ before, lines, after }) => [...before, ...lines, ...after]), ...last];
  if (bytesOf(whole) <= mostBytes) return textOf(whole);
  const end = ["", rest, ...(bytesOf(last) < mostBytes / 2 ? ["", ...last] : [])];
  return textOf([...firstOf(blocks, mostBytes - bytesOf(end)), ...end]);
}

function firstOf(blocks: readonly Block[], most: number): readonly string[] {
  const kept: string[] = [];
  let room = most;
  for (const { before, lines, after } of blocks) {
    const fitting = linesWithin(lines, room - bytesOf([...before, ...after]));
    if (fitting.length === 0 && lines.length > 0) return kept;
    const taken = [...before, ...fitting, ...after];
    kept.push(...taken);
    room -= bytesOf(taken);
    if (fitting.length < lines.length) return kept;
  }
  return kept;
}

function linesWithin(lines: readonly string[], most: number): readonly string[] {
  let used = 0;
  const end = lines.findIndex((line) => {
    used += bytesOf([line]);
    return used > most;
  });
  return end === -1 ? lines : lines.slice(0, end);
}

const bytesOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);

/** No empty line at the end. */
const textOf = (lines: readonly string[]): string => `${lines.join("\n").trimEnd()}\n`;
