const cleanUps = new Set<() => Promise<unknown>>();

/** Has this done also when a signal ends the bench, until it is disposed of: no process and no folder is left behind. */
export function whenStopped(cleanUp: () => Promise<unknown>): Disposable {
  cleanUps.add(cleanUp);
  return {
    [Symbol.dispose]() {
      cleanUps.delete(cleanUp);
    },
  };
}

/** What was begun last is ended first. */
export function listenForSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void cleanUpAndExit());
}

async function cleanUpAndExit(): Promise<void> {
  for (const cleanUp of [...cleanUps].toReversed()) {
    await cleanUp().catch((error: unknown) => console.error(`left behind: ${error}`));
  }
  process.exit(130);
}
