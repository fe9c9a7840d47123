const longestShown = 60;

export interface LineDifference {
  /** Counted from 1. */
  readonly line: number;
  /** The part of the line that differs, to the next comma or space on both sides, at most 60 characters. */
  readonly before: string;
  readonly after: string;
}

/** First line in which two texts differ; null when either is no text, or they are equal. */
export function firstLineDifference(before: Uint8Array, after: Uint8Array): LineDifference | null {
  const [a, b] = [linesOf(before), linesOf(after)];
  if (a === null || b === null) return null;
  const longest = Math.max(a.length, b.length);
  for (let at = 0; at < longest; at += 1) {
    if (a[at] !== b[at]) return { line: at + 1, ...differingPart(a[at] ?? "", b[at] ?? "") };
  }
  return null;
}

function linesOf(bytes: Uint8Array): readonly string[] | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).split("\n");
  } catch {
    return null;
  }
}

const separator = /[\s,;{}()[\]]/;

function differingPart(a: string, b: string): { readonly before: string; readonly after: string } {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  while (start > 0 && !separator.test(a[start - 1] ?? "")) start -= 1;
  while (tail > 0 && !separator.test(a[a.length - tail] ?? "")) tail -= 1;
  return { before: cut(a.slice(start, a.length - tail)), after: cut(b.slice(start, b.length - tail)) };
}

const cut = (text: string): string => (text.length > longestShown ? `${text.slice(0, longestShown - 3)}...` : text);
