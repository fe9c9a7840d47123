import { code, place, prose } from "./markdown.ts";
import { type Block, foldedCode, linesOf, pageOf, paragraph } from "./page.ts";
import { between, spellNote } from "./words.ts";

/** An error as it was told. Texts are redacted already. */
export interface ErrorSummary {
  readonly code: string;
  readonly exit: number;
  /** First word of the message; null: its text stands alone. */
  readonly verdict: string | null;
  /** Each line after the first is a problem by itself. */
  readonly text: string;
  readonly facts: readonly { readonly label: string; readonly fact: string; readonly evidence?: readonly string[] }[];
  /** Where the mistake is written; null: in no file. */
  readonly where: { readonly file: string | null; readonly line: number | null } | null;
  /** Commands that help now. */
  readonly next: readonly string[];
}

/** A call that ended with an error, for the page of a job of GitHub, at most 60 kB. Never throws. */
export function renderErrorSummary({ code: name, exit, verdict, text, facts, where, next }: ErrorSummary): string {
  const [first = "", ...problems] = text.split("\n");
  const said = `${verdict === null ? "" : `**${prose(verdict)}** `}${prose(first, 1000)}`;
  // Each of several says where it is itself.
  const file = problems.length === 0 ? (where?.file ?? null) : null;
  const at = file === null ? [] : [`**Where** ${place(file, where?.line ?? null)}`];
  const blocks = [
    linesOf(`### ✗ ${prose(name)}, exit ${exit}`),
    paragraph(said, ...at),
    ...(problems.length === 0 ? [] : [linesOf("", ...problems.map((problem) => `- ${prose(problem)}`))]),
    ...facts.flatMap(factBlocks),
  ];
  const commands = next.length === 0 ? [] : ["", `Next: ${next.map(spellNote).join(between)}`];
  return pageOf(blocks, commands, `Cut at 60 kB. The rest is in the log; ${code(`promote help ${name}`)}`);
}

function factBlocks({ label, fact, evidence = [] }: ErrorSummary["facts"][number]): readonly Block[] {
  const said = linesOf("", `**${prose(label)}** ${prose(fact)}`);
  return evidence.length === 0 ? [said] : [said, linesOf(""), foldedCode("Evidence", evidence)];
}
