import { exitCodes, type PromotionWorld } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import type { Message } from "../terminal/message.ts";

export interface Interruption extends Disposable {
  readonly interrupt: PromotionWorld["interrupt"];
  /** Somebody asked to stop. */
  readonly asked: () => boolean;
}

/** After a second Ctrl-C what is under way has this long to be written down. */
const patienceMilliseconds = 1500;

/**
 * Ctrl-C on a terminal puts back, a second one leaves; elsewhere an interrupt stops after the call that is under way and
 * leaves the promotion open, since a cancelled job has seconds (experience.md §3.4). `first` is what a first Ctrl-C does,
 * `leaving` what everything else does that asks to stop.
 */
export function listenForStop(
  { shell, output }: Call,
  tell: {
    readonly say: (line: string) => void;
    readonly first: () => string;
    readonly leaving: (isAgain: boolean) => string;
    readonly left: () => Message;
  },
): Interruption {
  const { say } = tell;
  const abort = new AbortController();
  const leave = (): void => {
    output.verdict(tell.left());
    shell.leave(exitCodes.unknown);
  };
  let mode: "put-back" | "leave" | null = null;
  const end = shell.onInterrupt((signal) => {
    if (shell.isTerminal && signal === "SIGINT" && mode === null) {
      mode = "put-back";
      say(tell.first());
    } else if (mode !== "leave") {
      const isAgain = mode === "put-back";
      mode = "leave";
      say(tell.leaving(isAgain));
      if (shell.isTerminal) setTimeout(leave, patienceMilliseconds).unref();
    }
    abort.abort(new InterruptedWait());
  });
  return {
    interrupt: { mode: () => mode, signal: abort.signal },
    asked: () => mode !== null,
    [Symbol.dispose]: end,
  };
}

/** Stopped while it only waited: nothing was begun. */
export class InterruptedWait extends Error {
  constructor() {
    super("interrupted");
    this.name = "InterruptedWait";
  }
}
