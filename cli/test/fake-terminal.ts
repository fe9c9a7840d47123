/** What a terminal shows after some text: moves up, erases and carriage returns, as our renderers use them. */
export function screenOf(text: string): string {
  const lines = [""];
  let row = 0;
  let column = 0;
  for (let at = 0; at < text.length; ) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    const sequence = /^\u001b\[(\d*)([A-Za-z])/.exec(text.slice(at, at + 8));
    if (sequence) {
      const count = Number(sequence[1] || "1");
      if (sequence[2] === "A") row = Math.max(0, row - count);
      if (sequence[2] === "K" || sequence[2] === "J") lines[row] = (lines[row] ?? "").slice(0, column);
      if (sequence[2] === "J") lines.length = row + 1;
      at += sequence[0].length;
      continue;
    }
    const character = text[at] ?? "";
    at += 1;
    if (character === "\r") column = 0;
    else if (character === "\n") {
      row += 1;
      column = 0;
      while (lines.length <= row) lines.push("");
    } else {
      const line = (lines[row] ?? "").padEnd(column);
      lines[row] = line.slice(0, column) + character + line.slice(column + 1);
      column += 1;
    }
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}
