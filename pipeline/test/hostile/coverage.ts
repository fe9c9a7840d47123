import { Session } from "node:inspector/promises";

/** Which blocks of our own sources ran: V8 counts them, so what is loaded as TypeScript is measured as it is. */
export class Coverage implements AsyncDisposable {
  readonly #session = new Session();
  readonly #seen = new Set<string>();

  static async start(): Promise<Coverage> {
    const coverage = new Coverage();
    coverage.#session.connect();
    await coverage.#session.post("Profiler.enable");
    await coverage.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    return coverage;
  }

  get blocks(): number {
    return this.#seen.size;
  }

  /** How many blocks ran for the first time since this was asked last. */
  async fresh(): Promise<number> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    const before = this.#seen.size;
    for (const { url, functions } of result) {
      if (!url.includes("/pipeline/src/")) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          // How often, roughly: a loop that runs eight times is another state than one that runs once.
          if (count > 0)
            this.#seen.add(`${url}:${startOffset}:${endOffset}:${Math.min(6, Math.floor(Math.log2(count)))}`);
        }
      }
    }
    return this.#seen.size - before;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.post("Profiler.disable");
    this.#session.disconnect();
  }
}
