/** Lines of a log without the empty ones before the first and after the last that says something. */
export function withoutBlankEdges(lines: readonly string[]): readonly string[] {
  const isSaid = (line: string): boolean => line.trim() !== "";
  return lines.slice(Math.max(0, lines.findIndex(isSaid)), lines.findLastIndex(isSaid) + 1);
}
