import type { Detection } from "@slipway/pipeline";
import { padTo, printable } from "../terminal/escape.ts";
import { type Style, sign } from "../terminal/style.ts";

/** Columns at which what was seen, and the key that it sets, begin. */
const sourceWidth = 21;
const seenWidth = 52;

/** What was seen in a repository, a line each; what is a guess has a sign. */
export function findingLines({ findings }: Detection, style: Style): readonly string[] {
  return findings.map(({ source, seen, key, certain }) => {
    const mark = certain ? "  " : `${sign(style, "look")}${style.hasUnicode ? " " : ""}`;
    return `${mark}${cell(source, sourceWidth)}${cell(seen, seenWidth)}${key}`;
  });
}

/** At least a space after it. */
const cell = (text: string, width: number): string => `${padTo(printable(text), width - 1)} `;
