import type { Readable } from "node:stream";

/** What surrounds a call: where it stands, what it may write to, and whether a person is there. */
export interface Shell {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdin: Readable;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Absolute; where the call was made. */
  readonly folder: string;
  /** Both outputs are a terminal: short SHAs, the reader's zone, redrawn lines. */
  readonly isTerminal: boolean;
  /** And somebody can answer a question. */
  readonly canAsk: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
  /** Ends this process at once. */
  readonly leave: (exit: number) => never;
  /** Calls back for each Ctrl-C or SIGTERM from now on; what is returned ends that. */
  readonly onInterrupt: (listener: (signal: "SIGINT" | "SIGTERM") => void) => () => void;
  /** Calls back once nobody reads what is written any more; for verbs that write until they are stopped. */
  readonly onReaderGone: (listener: () => void) => void;
}

/** A key pressed once reaches a relaunched process twice: from the terminal, and from the launcher. */
const sameKeyMilliseconds = 100;

/** This process. */
export function processShell(): Shell {
  const isTerminal = process.stdout.isTTY === true && process.stderr.isTTY === true;
  return {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    stdin: process.stdin,
    variables: process.env,
    folder: process.cwd(),
    isTerminal,
    canAsk: isTerminal && process.stdin.isTTY === true,
    columns: () => process.stderr.columns ?? 100,
    rows: () => process.stderr.rows ?? 24,
    leave: (exit) => process.exit(exit),
    onInterrupt: listenForInterrupts,
    onReaderGone: (listener) => {
      process.stdout.once("error", listener);
      process.stdout.once("close", listener);
    },
  };
}

function listenForInterrupts(listener: (signal: "SIGINT" | "SIGTERM") => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  const heard = (signal: NodeJS.Signals): void => {
    const at = performance.now();
    if (at - last < sameKeyMilliseconds) return;
    last = at;
    listener(signal === "SIGTERM" ? "SIGTERM" : "SIGINT");
  };
  process.on("SIGINT", heard);
  process.on("SIGTERM", heard);
  return () => {
    process.off("SIGINT", heard);
    process.off("SIGTERM", heard);
  };
}
