import type { Log } from "./log.ts";

/** Runs `stop` on the first SIGTERM or SIGINT, then exits; a stop that fails exits 1. */
export function stopOnSignal(log: Log, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "draining");
    try {
      await stop();
      log.info("stopped");
      process.exit(0);
    } catch (error) {
      log.fatal({ err: error }, "could not stop in order");
      process.exit(1);
    }
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, (name) => void onSignal(name));
}

/** The last line of a process that cannot go on is the cause, short enough to be quoted; the stack is in the one before. */
export function dieOf(log: Log, error: unknown): never {
  log.error({ err: error }, "cannot go on");
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
