import type { Shell } from "../shell.ts";

export type Mark = "done" | "same" | "coming" | "no" | "look" | "unknown";
type Colour = "green" | "red" | "yellow" | "dim";

/** How text looks here. The words are the same everywhere; signs, colour and zone are not. */
export interface Style {
  /** A person reads it on a terminal: short SHAs, own zone. Elsewhere full SHAs, UTC. */
  readonly isTerminal: boolean;
  readonly hasUnicode: boolean;
  readonly hasColour: boolean;
  /** Lines may be redrawn. */
  readonly redraws: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
}

export function styleOf(shell: Shell, options: { readonly plain: boolean }): Style {
  const { variables } = shell;
  const isDumb = variables.TERM === "dumb";
  const locale = variables.LC_ALL || variables.LC_CTYPE || variables.LANG || "";
  return {
    isTerminal: shell.isTerminal,
    // A log has no locale of its own and is read as UTF-8; a terminal that says C cannot show these signs.
    hasUnicode: shell.isTerminal ? /utf-?8/i.test(locale) : !/^(C|POSIX)$/.test(locale),
    hasColour: shell.isTerminal && !options.plain && !isDumb && !variables.NO_COLOR,
    redraws: shell.isTerminal && !options.plain && !isDumb,
    columns: () => (shell.isTerminal ? Math.min(shell.columns(), 100) : 100),
    rows: shell.rows,
  };
}

const signs: Readonly<Record<Mark, readonly [sign: string, plain: string, colour: Colour]>> = {
  done: ["✓", "ok", "green"],
  same: ["=", "=", "dim"],
  coming: ["·", ".", "dim"],
  no: ["✗", "NO", "red"],
  look: ["!", "!", "yellow"],
  unknown: ["?", "?", "yellow"],
};
const codes: Readonly<Record<Colour, number>> = { green: 32, red: 31, yellow: 33, dim: 2 };

/** A sign at the beginning of a line; columns stay aligned in a C locale too. Colour only repeats it. */
export function sign(style: Style, mark: Mark): string {
  const [unicode, plain, colour] = signs[mark];
  const text = style.hasUnicode ? unicode : plain.padEnd(2);
  return style.hasColour ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}

/** `from → to`, or with ASCII letters. */
export const arrow = (style: Style): string => (style.hasUnicode ? "→" : "->");

/** Words of the kernel, which knows no locale. */
export const inLocale = (style: Style, text: string): string =>
  style.hasUnicode ? text : text.replaceAll("→", "->").replaceAll("…", "...");

/** Where lines of text are broken: never off a terminal, where a line is a line. */
export const textColumns = (style: Style): number => (style.isTerminal ? style.columns() : Number.POSITIVE_INFINITY);

/** Seven digits for people, all forty for logs. */
export const spellSha = (style: Style, sha: string | null | undefined): string =>
  sha ? (style.isTerminal ? sha.slice(0, 7) : sha) : "nothing";
