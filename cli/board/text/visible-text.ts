/**
 * Text from outside, cut where a character shows nothing of itself or turns the direction of what follows: those are spelled out, as
 * `promote` does on a terminal.
 */
export interface TextPart {
  readonly text: string;
  readonly isEscape: boolean;
}

// Controls, invisible and direction characters, tags, and halves of pairs.
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const spelledOut = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
};

export function visibleParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(hidden)) {
    if (index > from) parts.push({ text: text.slice(from, index), isEscape: false });
    parts.push({ text: spelledOut(character), isEscape: true });
    from = index + character.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isEscape: false });
  return parts;
}

/** The same as one text, for labels and titles. */
export const visibleText = (text: string): string => text.replace(hidden, spelledOut);

/** A line of a log: a tabulator is only room there. */
export const visibleLine = (line: string): string => visibleText(line.replaceAll("\t", "    "));
