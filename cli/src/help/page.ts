/** A command to be pasted, and what it does. */
type Example = readonly [command: string, remark: string];

/** About a verb; usage and flags come from the table of verbs. */
export interface VerbPage {
  readonly about: readonly string[];
  readonly examples: readonly Example[];
  /** Exit codes beside 0, 1, 2 and 7, and when. */
  readonly exits: Readonly<Record<number, string>>;
}

/** About a code of the closed lists. */
export interface CodePage {
  readonly why: string;
  readonly look: string;
  readonly help: string;
  /** What most likely helps; null: no command does. */
  readonly command: string | null;
}
