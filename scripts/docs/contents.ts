/** A page or another file of the contents; what it links to is told from the root of the repository. */
interface Entry {
  readonly text: string;
  readonly path: string;
}
interface Group {
  readonly text: string;
  readonly entries: readonly Entry[];
}

/** The list of docs/README.md, which is the one table of contents: groups, and the links that each holds. */
export function readContents(text: string): readonly Group[] {
  const groups: { text: string; entries: Entry[] }[] = [{ text: "", entries: [] }];
  for (const line of text.split("\n")) {
    const group = /^- ([^[]*)$/.exec(line)?.[1];
    if (group !== undefined) groups.push({ text: group, entries: [] });
    const [, indent, label, target] = /^( *)- \[([^\]]*)\]\(([^)#]*)\)/.exec(line) ?? [];
    if (label === undefined || target === undefined) continue;
    const entry = { text: label, path: new URL(target, "file:///docs/").pathname.slice(1) };
    (indent === "" ? groups[0] : groups.at(-1))?.entries.push(entry);
  }
  return groups;
}
