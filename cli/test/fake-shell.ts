import { Readable } from "node:stream";
import type { Shell } from "../src/shell.ts";

export interface FakeShell extends Shell {
  readonly out: () => string;
  readonly err: () => string;
}

/** A shell that keeps what is written; nobody answers questions. */
export function fakeShell(fields: Partial<Shell> = {}): FakeShell {
  let out = "";
  let err = "";
  return {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    stdin: Readable.from([]),
    variables: { LANG: "en_US.UTF-8" },
    folder: "/nowhere",
    isTerminal: false,
    canAsk: false,
    columns: () => 100,
    rows: () => 24,
    leave: (exit) => {
      throw new Error(`left with ${exit}`);
    },
    onInterrupt: () => () => undefined,
    onReaderGone: () => undefined,
    out: () => out,
    err: () => err,
    ...fields,
  };
}
