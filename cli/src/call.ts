import type { Arguments } from "./arguments.ts";
import type { Output } from "./output.ts";
import type { Redactor } from "./session/redactor.ts";
import type { Shell } from "./shell.ts";

/** One call of a verb, parsed. */
export interface Call {
  readonly verb: string;
  readonly args: Arguments;
  readonly shell: Shell;
  readonly output: Output;
  /** Learns secrets as they become known; whatever is thrown passes it too. */
  readonly redactor: Redactor;
}
