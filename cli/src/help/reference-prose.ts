/** Text of the help pages as Markdown: what Markdown or HTML would read as a sign of its own is escaped outside of code. */
export const prose = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part.replaceAll("|", "\\|") : escapeSigns(part)))
    .join("");

const escapeSigns = (text: string): string =>
  text.replaceAll(/[\\*_<>|[\]]/g, (sign) => (sign === "<" ? "&lt;" : sign === ">" ? "&gt;" : `\\${sign}`));

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const codeBlock = (lines: readonly string[], language = ""): string =>
  `\`\`\`${language}\n${lines.join("\n")}\n\`\`\``;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

export const writtenBy = "Written by `npm run reference` from what the program itself prints.";
