/** What a visitor saw of one environment. */
export interface TrafficCount {
  requests: number;
  failed: number;
  /** The first few, for the message. */
  readonly failures: string[];
}

const paths = ["/version", "/", "/api/projects"];
const pauseMilliseconds = 80;

/** Asks an environment again and again, as visitors do, until it is told to stop. Any answer but 200 is a failed request. */
export class Traffic {
  readonly counts = new Map<string, TrafficCount>();
  readonly #stopped = new AbortController();
  readonly #streams: Promise<void>[] = [];

  watch(name: string, url: string): void {
    if (this.counts.has(name)) return;
    const count: TrafficCount = { requests: 0, failed: 0, failures: [] };
    this.counts.set(name, count);
    this.#streams.push(this.#stream(url, count));
  }

  get failed(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count.failed, 0);
  }
  get requests(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count.requests, 0);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#streams);
  }

  async #stream(url: string, count: TrafficCount): Promise<void> {
    for (let turn = 0; !this.#stopped.signal.aborted; turn += 1) {
      const path = paths[turn % paths.length] ?? "/";
      const problem = await askOnce(`${url}${path}`);
      count.requests += 1;
      if (problem) {
        count.failed += 1;
        if (count.failures.length < 5) count.failures.push(`${new Date().toISOString()} ${path}: ${problem}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
  }
}

async function askOnce(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.status === 200 ? null : String(answer.status);
  } catch (error) {
    return error instanceof Error
      ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`
      : "failed";
  }
}
