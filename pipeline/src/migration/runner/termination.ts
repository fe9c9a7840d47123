import { RunnerFailure } from "./failure.ts";

/** SIGTERM, as the platform sends it before it kills: what runs is cancelled and rolled back, and the task says so. */
export class Termination {
  #requested = false;
  #cancel: (() => Promise<void>) | null = null;
  #timer: NodeJS.Timeout | null = null;

  get requested(): boolean {
    return this.#requested;
  }

  /** A request that comes while no statement runs is met at the next `check`, so it is sent until `settle`. */
  request(): void {
    if (this.#requested) return;
    this.#requested = true;
    const cancel = () => void this.#cancel?.();
    cancel();
    this.#timer = setInterval(cancel, 200);
  }

  /** How the statement under way is stopped. */
  cancelWith(cancel: () => Promise<void>): void {
    this.#cancel = cancel;
  }

  /** Nothing is cancelled any more: what follows is the report. */
  settle(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#cancel = null;
  }

  /** @throws RunnerFailure `terminated` */
  check(): void {
    if (this.#requested) throw terminated();
  }
}

export const terminated = (): RunnerFailure =>
  new RunnerFailure("failed", { code: "terminated", message: "told to stop (SIGTERM) before it was done" });
