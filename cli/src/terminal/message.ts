import { isPrintable, printable, printableWord, widthOf } from "./escape.ts";
import { type Style, textColumns } from "./style.ts";
import { wrap } from "./wrap.ts";

/** One reason, failure or fact under a verdict. */
export interface Block {
  readonly label: string;
  readonly fact: string;
  /** When it clears, or whose turn it is. */
  readonly clears?: string | null;
  readonly evidence?: readonly string[];
}
export interface Message {
  /** `Refused`, `Failed, put back`, `Done in 16 s` …; null: the text stands alone. */
  readonly verdict: string | null;
  readonly text: string;
  /** In a log the verdict has its time too. */
  readonly at?: string;
  readonly blocks?: readonly Block[];
  /** Labelled lines after the blocks, such as `Earliest`, `Back`, `Ahead`. */
  readonly notes?: readonly (readonly [label: string, text: string])[];
  readonly next?: readonly string[];
}

/** Every message of experience.md §4: verdict and what is true now, a block a reason, then what to do. */
export function messageLines(message: Message, style: Style): readonly string[] {
  const separator = message.verdict?.startsWith("Done in ") ? ". " : ": ";
  const said = message.verdict === null ? message.text : `${message.verdict}${separator}${message.text}`;
  const head = message.at === undefined ? said : `${message.at} ${said}`;
  const columns = textColumns(style);
  const [first = "", ...others] = head.split("\n").map(printable);
  return [
    ...wrap(first, columns, 2),
    ...others.flatMap((line) => wrap(line, columns, 4)),
    ...blockLines(message.blocks ?? [], columns),
    ...noteLines(message, columns),
  ];
}

function blockLines(blocks: readonly Block[], columns: number): readonly string[] {
  const width = Math.max(0, ...blocks.map((block) => block.label.length)) + 3;
  const facts = blocks.map((block) => printable(block.fact));
  const widest = Math.max(0, ...blocks.map((block, at) => (block.clears ? widthOf(facts[at] ?? "") : 0)));
  const clears = Math.max(0, ...blocks.map((block) => block.clears?.length ?? 0));
  const fits = 2 + width + widest + 3 + clears <= columns;
  const indent = width <= 16 ? 2 + width : 13;
  return blocks.flatMap((block, at) => {
    const fact = facts[at] ?? "";
    const aligned = block.clears && fits ? `${fact.padEnd(widest)}   ${block.clears}` : fact;
    const below = block.clears && !fits ? [`${" ".repeat(indent)}${block.clears}`] : [];
    const evidence = (block.evidence ?? []).map((line) => `${" ".repeat(indent)}${printable(line)}`);
    return [
      ...wrap(`  ${block.label.padEnd(width)}${aligned}`, columns, indent),
      ...below,
      // A statement or a log line is evidence: it is never reflowed.
      ...evidence,
    ];
  });
}

function noteLines({ notes = [], next = [] }: Message, columns: number): readonly string[] {
  const labels = [...notes.map(([label]) => label), ...(next.length > 0 ? ["Next"] : [])];
  const width = Math.max(7, ...labels.map((label) => label.length + 2));
  return [
    ...notes.flatMap(([label, text]) => noteLine(label, text, columns, width)),
    ...next.flatMap((text, at) => noteLine(at === 0 ? "Next" : "", text, columns, width)),
  ];
}

/** A command is pasted as one line, however long it is. */
function noteLine(label: string, text: string, columns: number, width: number): readonly string[] {
  const line = `${label.padEnd(width)}${printable(text)}`;
  return /^(promote|git|npm) /.test(text) ? [line] : wrap(line, columns, width);
}

/** An argument as a shell of today's people takes it. */
export function quoteArgument(text: string): string {
  if (/^[A-Za-z0-9_./:=@,+-]+$/.test(text)) return text;
  return isPrintable(text) ? `'${text.replaceAll("'", `'\\''`)}'` : printableWord(text);
}
