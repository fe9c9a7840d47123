import { type IPty, spawn } from "@lydell/node-pty";
import headless from "@xterm/headless";

/** A program in a terminal of its own: what it shows is read as a person would see it. */
export interface Pty {
  /** Every byte that it has written. */
  readonly raw: () => string;
  /** What is to be seen now, with what has scrolled away; a line that the terminal has broken is one line. */
  readonly screen: () => Promise<string>;
  /** Types; `\u0003` is Ctrl-C. */
  readonly type: (keys: string) => void;
  /** The terminal goes away, as when a connection is lost: SIGHUP, and nothing can be written or read any more. */
  readonly hangUp: () => void;
  readonly pid: number;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<{ readonly exit: number; readonly signal: number }>;
  /** Waits until it is on the screen. @throws Error with the screen when the program ends, or a minute passes, without it */
  readonly until: (wanted: RegExp) => Promise<string>;
}

export interface PtyInput {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly columns: number;
}

const patienceMilliseconds = 60_000;
const scrollback = 5_000;

export function openPty({ program, args, folder, variables, columns }: PtyInput): Pty {
  const rows = 40;
  const name = variables.TERM ?? "xterm-256color";
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback, allowProposedApi: true });
  const pty = spawn(program, [...args], { name, cols: columns, rows, cwd: folder, env: variables });
  let raw = "";
  let isOver = false;
  pty.onData((text) => {
    raw += text;
    terminal.write(text);
  });
  const ended = new Promise<{ exit: number; signal: number }>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      isOver = true;
      resolve({ exit: exitCode, signal: signal ?? 0 });
    });
  });
  const screen = async (): Promise<string> => {
    await new Promise<void>((resolve) => terminal.write("", resolve));
    return linesOf(terminal).join("\n").trimEnd();
  };
  const until = async (wanted: RegExp): Promise<string> => {
    const last = performance.now() + patienceMilliseconds;
    for (;;) {
      const wasOver = isOver;
      const seen = await screen();
      if (wanted.test(seen)) return seen;
      if (wasOver || performance.now() > last) throw new Error(`${wanted} never came up:\n${seen}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return {
    raw: () => raw,
    screen,
    type: (keys) => pty.write(keys),
    hangUp: () => (pty as IPty & { destroy: () => void }).destroy(),
    pid: pty.pid,
    ended,
    until,
  };
}

function linesOf({ buffer }: InstanceType<typeof headless.Terminal>): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < buffer.active.length; at += 1) {
    const line = buffer.active.getLine(at);
    const text = line?.translateToString(!buffer.active.getLine(at + 1)?.isWrapped) ?? "";
    if (line?.isWrapped) lines.push(`${lines.pop() ?? ""}${text}`);
    else lines.push(text);
  }
  return lines.map((line) => line.trimEnd());
}
