import { setTimeout as delay } from "node:timers/promises";

/** Asks until it is so, and says what it was last when it never is. */
export async function until<T>(look: () => Promise<T> | T, isSo: (value: T) => boolean, seconds = 20): Promise<T> {
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const value = await look();
    if (isSo(value)) return value;
    if (performance.now() > end) throw new Error(`not so within ${seconds} s: ${JSON.stringify(value)}`);
    await delay(25);
  }
}
