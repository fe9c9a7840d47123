import { refusals } from "@slipway/pipeline";
import type { CodePage } from "./page.ts";
import { codeGroups } from "./pages.ts";
import { codeBlock, prose, sentence, table, writtenBy } from "./reference-prose.ts";
import { exitOfCode } from "./show-page.ts";
import { codesToCome } from "./to-come.ts";

/** docs/reference/codes.md: every code, with a link to its page. */
export function codesReference(): string {
  const groups = codeGroups.map(({ title, pages }) => {
    const rows = Object.entries(pages).map(([code, page]) => [
      `[${code}](codes/${code}.md)`,
      String(exitOfCode(code)),
      yesOrNo(traits(code)?.overridable),
      yesOrNo(traits(code)?.appliesToRollback),
      prose(sentence(page.why)),
    ]);
    return `## ${title}\n\n${table(["code", "exit", "override", "rollback too", "why"], rows)}`;
  });
  return `${[introduction, ...groups].join("\n\n")}\n`;
}

const introduction = `# Reason and failure codes

Everything that a call can end with beside \`Done\` has a code. The list is closed, and a code never changes its meaning. Each has a page here, the same as
\`promote help <code>\`, which needs no network. ${writtenBy}

- **exit** is the exit code. A refusal of which only "could not tell" is known ends with 7 instead.
- **override**: \`--override <code> --reason "<text>"\` may pass over it, where \`override\` of the environment in \`slipway.yaml\` allows it.
- **rollback too**: it is asked of a rollback as well as of a promotion.
- Nothing was changed by a call that ends with 2 or 3.`;

/** docs/reference/codes/<code>.md. `howTo` is the how-to page about it, seen from there; null: there is none. */
export function codeReference(code: string, page: CodePage, howTo: HowTo | null): string {
  const parts = [
    `# ${code}`,
    traitsLine(code),
    ...(codesToCome.has(code) ? ["Nothing answers with it yet: it belongs to a part that is to come."] : []),
    `**Why.** ${prose(sentence(page.why))}`,
    `**Look at.** ${prose(sentence(page.look))}`,
    `**Do.** ${prose(sentence(page.help))}`,
    ...(page.command === null ? [] : [codeBlock([page.command])]),
    ...(howTo === null ? [] : [`Step by step: [${howTo.title}](../../how-to/${howTo.file})`]),
    `[All codes](../codes.md). The same without a network: \`promote help ${code}\`.`,
  ];
  return `${parts.join("\n\n")}\n`;
}

export interface HowTo {
  readonly title: string;
  /** Below docs/how-to. */
  readonly file: string;
}

function traitsLine(code: string): string {
  const exit = `Exit code ${exitOfCode(code)}.`;
  const found = traits(code);
  if (!found) return exit;
  const override = found.overridable
    ? `Can be passed over with \`--override ${code} --reason "<text>"\`, where the environment allows it.`
    : "No override passes over it.";
  const rollback = found.appliesToRollback ? "Asked of a rollback too." : "Not asked of a rollback.";
  return `${exit} ${override} ${rollback}`;
}

const traits = (code: string) => Object.entries(refusals).find(([name]) => name === code)?.[1];
const yesOrNo = (answer: boolean | undefined): string => (answer === undefined ? "" : answer ? "yes" : "no");
