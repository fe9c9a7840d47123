import { codeGroups } from "./pages.ts";

/** docs/reference/codes.md: the pages of `promote help <code>` as one document. */
export function codesReference(): string {
  const groups = codeGroups.map(({ title, pages }) => {
    const entries = Object.entries(pages).map(([code, page]) => {
      const command = page.command === null ? "" : `\n\n\`${page.command}\``;
      return `### ${code}\n${sentence(page.why)}\n\n- **Look at:** ${page.look}\n- **Do:** ${page.help}${command}\n`;
    });
    return `## ${title}\n\n${entries.join("\n")}`;
  });
  return `# Reason and failure codes\n\nThe same as \`promote help <code>\`, which needs no network. Written by \`npm run reference\`.\n\n${groups.join("\n")}`;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
