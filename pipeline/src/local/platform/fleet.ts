import { setTimeout as delay } from "node:timers/promises";
import type { RolloutCause } from "../../ports.ts";
import type { Placement } from "./desired-state.ts";
import type { Instance } from "./instance.ts";
import { hideSecrets } from "./process-environment.ts";

export interface FleetListener {
  /** An instance ended, could not be started, or became unhealthy and was ended. */
  failed(cause: RolloutCause): void;
  /** Something became healthy or ceased to be. */
  changed(): void;
}
export type Launch = (placement: Placement, onHealth: () => void) => Promise<Instance>;

const shortestPause = 200;
const longestPause = 10_000;
/** Up this long, the next crash is treated as the first one. */
const settledMilliseconds = 10_000;

/** Keeps as many instances of one placement running as its shape says, until it is told to stop. */
export class Fleet {
  readonly placement: Placement;
  /** Instances that were healthy, ended and were replaced. */
  restarts = 0;
  readonly #instances = new Set<Instance>();
  readonly #launch: Launch;
  readonly #listener: FleetListener;
  readonly #stopping = new AbortController();
  #slots: readonly Promise<void>[] = [];
  #launching = 0;
  #requestsOfTheGone = 0;

  constructor(placement: Placement, launch: Launch, listener: FleetListener) {
    this.placement = placement;
    this.#launch = launch;
    this.#listener = listener;
  }

  get instances(): readonly Instance[] {
    return [...this.#instances];
  }
  get healthy(): readonly Instance[] {
    return this.instances.filter((instance) => instance.health === "healthy");
  }
  /** Instances that are being started and have no process yet. */
  get launching(): number {
    return this.#launching;
  }
  get isComplete(): boolean {
    return this.healthy.length >= this.placement.shape.instances;
  }
  get requestsServed(): number {
    return this.instances.reduce((sum, instance) => sum + instance.requestsServed, this.#requestsOfTheGone);
  }

  start(): void {
    this.#slots = Array.from({ length: this.placement.shape.instances }, () => this.#keepOne());
  }

  /** What is still missing, for the verdict of a rollout that ran out of time. */
  complaints(): readonly RolloutCause[] {
    return this.instances
      .filter((instance) => instance.health !== "healthy")
      .map((instance) => causeOf(instance, "unhealthy", `not healthy in time: ${instance.complaint}`));
  }

  /** No new requests; those under way finish; then SIGTERM, and SIGKILL after the grace. */
  async stop(drainSeconds: number, graceSeconds: number): Promise<void> {
    this.#stopping.abort();
    const instances = this.instances;
    for (const instance of instances) instance.health = "draining";
    await Promise.all(
      instances.map(async (instance) => {
        await instance.drain(drainSeconds);
        await instance.end(graceSeconds);
      }),
    );
    await Promise.all(this.#slots);
  }

  async #keepOne(): Promise<void> {
    const signal = this.#stopping.signal;
    let pause = shortestPause;
    while (!signal.aborted) {
      const upMilliseconds = await this.#runOne();
      pause = upMilliseconds > settledMilliseconds ? shortestPause : Math.min(pause * 2, longestPause);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One life of an instance; answers how long it lasted. */
  async #runOne(): Promise<number> {
    let instance: Instance;
    let wasHealthy = false;
    let sickness: string | null = null;
    this.#launching += 1;
    try {
      instance = await this.#launch(this.placement, () => {
        wasHealthy ||= instance.health === "healthy";
        if (instance.health === "unhealthy") {
          sickness = instance.complaint;
          void instance.end(this.placement.shape.drainTimeoutSeconds);
        }
        this.#listener.changed();
      });
    } catch (error) {
      this.#listener.failed({ task: "none", kind: "never-started", message: messageOf(error), log: [] });
      return 0;
    } finally {
      this.#launching -= 1;
    }
    if (this.#stopping.signal.aborted) {
      await instance.end(0);
      return 0;
    }
    this.#instances.add(instance);
    void instance.watchHealth();
    const end = await instance.ended;
    const upSeconds = (performance.now() - instance.startedAt) / 1_000;
    const wasStopped = this.#stopping.signal.aborted;
    const kind = instance.neverStarted ? "never-started" : "exited";
    instance.health = "draining";
    this.#instances.delete(instance);
    this.#requestsOfTheGone += instance.requestsServed;
    if (!wasStopped) {
      if (wasHealthy) this.restarts += 1;
      const because = instance.neverStarted
        ? end
        : `${end} after ${upSeconds.toFixed(1)} s${wasHealthy ? "" : ", never healthy"}`;
      this.#listener.failed(
        sickness === null ? causeOf(instance, kind, because) : causeOf(instance, "unhealthy", `replaced: ${sickness}`),
      );
      this.#listener.changed();
    }
    return performance.now() - instance.startedAt;
  }
}

function causeOf(instance: Instance, kind: RolloutCause["kind"], message: string): RolloutCause {
  const shown = (text: string) => hideSecrets(text, instance.secrets).slice(0, 2_000);
  return { task: instance.id, kind, message: shown(message), log: instance.lastLines.map(shown) };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
