/** Breaks one line at spaces so that it fits; what follows is indented. A word that is too long stays whole. */
export function wrap(line: string, columns: number, indent: number): readonly string[] {
  const width = Math.min(Math.max(columns, 40), 100);
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const least = lines.length === 0 ? indent : indent + 1;
    const at = rest.lastIndexOf(" ", width);
    const cut = at > least ? at : rest.indexOf(" ", width);
    if (cut === -1) break;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = `${" ".repeat(indent)}${rest.slice(cut + 1).trimStart()}`;
  }
  return [...lines, rest];
}
