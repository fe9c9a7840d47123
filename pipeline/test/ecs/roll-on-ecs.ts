import type { Instant, ServiceName } from "../../src/identifiers.ts";
import type { StepReport } from "../../src/ledger/records.ts";
import type { Clock, EnvironmentPorts, Revision } from "../../src/ports.ts";
import { rollService } from "../../src/promotion/steps/roll-service.ts";
import type { StepContext } from "../../src/promotion/steps/step-context.ts";
import { type EcsWorld, ecsEnvironment, ecsPermit } from "./ecs-world.ts";

/** What happens on ECS by itself, so many seconds after a service's step began. */
export interface Event {
  readonly at: number;
  readonly happens: (world: EcsWorld) => void;
}

/** Time of the double: it passes second by second while somebody sleeps. */
export class EcsClock implements Clock {
  #milliseconds = 0;
  #events: { readonly due: number; readonly happens: () => void }[] = [];
  readonly #world: EcsWorld;

  constructor(world: EcsWorld) {
    this.#world = world;
  }

  now(): Instant {
    return new Date(this.#milliseconds).toISOString() as Instant;
  }

  monotonic(): number {
    return this.#milliseconds;
  }

  schedule(events: readonly Event[]): void {
    for (const { at, happens } of events)
      this.#events.push({ due: this.#milliseconds + at * 1_000, happens: () => happens(this.#world) });
  }

  async sleep(milliseconds: number): Promise<void> {
    const end = this.#milliseconds + milliseconds;
    while (this.#milliseconds < end) {
      const step = Math.min(1_000, end - this.#milliseconds);
      this.#milliseconds += step;
      this.#world.ecs.pass(step);
      const due = this.#events.filter((event) => event.due <= this.#milliseconds);
      this.#events = this.#events.filter((event) => event.due > this.#milliseconds);
      for (const { happens } of due) happens();
    }
  }
}

export interface Roll {
  readonly service: string;
  readonly to: Revision;
  readonly expects: readonly (Revision | null)[];
  readonly until?: "healthy" | "drained";
}

/** The kernel's own step, on the adapter, on the double. */
export function rollOnEcs(
  world: EcsWorld,
  clock: EcsClock,
  { service, to, expects, until }: Roll,
): Promise<StepReport> {
  const step = { kind: "roll-service", service: service as ServiceName, to, expects } as Parameters<
    typeof rollService
  >[0];
  const context: Partial<StepContext> = {
    ports: { services: world.services } as EnvironmentPorts,
    clock,
    permit: ecsPermit,
    environment: ecsEnvironment,
    epoch: ecsPermit.epoch,
    shapeOf: world.shapeOf,
    until: until ?? "healthy",
    progress: () => undefined,
    redact: (text) => text,
    unanswered: () => undefined,
    guard: async () => undefined,
    interruption: () => null,
    wake: new AbortController().signal,
  };
  return rollService(step, context as StepContext);
}
