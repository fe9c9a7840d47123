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
 * leaves the promotion open, since a cancelled job has seconds (experience.md §3.4).
 */
export function listenForStop(
  { shell, output }: Call,
  tell: { readonly say: (line: string) => void; readonly back: () => string; readonly left: () => Message },
): Interruption {
  const { say, back } = tell;
  const abort = new AbortController();
  const leave = (): void => {
    output.verdict(tell.left());
    shell.leave(exitCodes.unknown);
  };
  let mode: "put-back" | "leave" | null = null;
  const end = shell.onInterrupt((signal) => {
    if (shell.isTerminal && signal === "SIGINT" && mode === null) {
      mode = "put-back";
      say(`Stopping after this call, then ${back()}. Ctrl-C again leaves it; the same command resumes.`);
    } else if (mode !== "leave") {
      mode = "leave";
      say("Stopping after this call; the promotion stays open, and the same command goes on.");
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
