import { padTo, widthOf } from "./escape.ts";

/**
 * A line that ends with a time in a column of times. Text that is too long for it goes on below itself. `width` in columns, of all of it.
 */
export function timedLines(start: string, text: string, right: string | null, width: number): readonly string[] {
  const room = width - widthOf(start) - (right === null ? 0 : right.length + 1);
  const [first = "", ...others] = wrap(text, room, 0);
  const line = right === null ? `${start}${first}` : `${padTo(start + first, width - right.length)}${right}`;
  return [line, ...others.map((other) => `${" ".repeat(widthOf(start))}${other}`)];
}

/** Breaks one line at spaces so that it fits; what follows is indented. A word that is too long stays whole. */
export function wrap(line: string, columns: number, indent: number): readonly string[] {
  if (!Number.isFinite(columns)) return [line];
  const width = Math.min(Math.max(columns, 40), 100);
  const lines: string[] = [];
  let rest = line;
  while (widthOf(rest) > width) {
    const least = lines.length === 0 ? indent : indent + 1;
    const at = lastSpaceWithin(rest, width);
    const cut = at > least ? at : rest.indexOf(" ", Math.max(at + 1, least + 1));
    if (cut === -1) break;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = `${" ".repeat(indent)}${rest.slice(cut + 1).trimStart()}`;
  }
  return [...lines, rest];
}

/** Index of the last space up to which the text is no wider; -1: there is none. Colours take no room. */
function lastSpaceWithin(text: string, width: number): number {
  let found = -1;
  for (let at = text.indexOf(" "); at !== -1 && widthOf(text.slice(0, at)) <= width; at = text.indexOf(" ", at + 1))
    found = at;
  return found;
}
