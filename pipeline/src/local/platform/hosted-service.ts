import { randomBytes } from "node:crypto";
import type { ServiceName } from "../../identifiers.ts";
import type { Revision, RolloutCause, ServiceLook, TaskLook } from "../../ports.ts";
import { awaitHealth, type HealthWait } from "./await-health.ts";
import type { Placement, RolloutState, ServiceState } from "./desired-state.ts";
import { Fleet, type Launch } from "./fleet.ts";
import type { StateKeeper } from "./state-keeper.ts";
import type { ServiceStatus } from "./status.ts";

/** When the platform itself stops, services get this long and not their whole drain time. */
const shutdownGraceSeconds = 5;
const keptCauses = 20;

/**
 * One service of an environment: what serves, what is being rolled out beside it, and what is leaving. What serves is
 * left alone until all of the new revision is healthy; then requests move at once and the old one drains.
 */
export class HostedService {
  readonly name: ServiceName;
  readonly #keeper: StateKeeper;
  readonly #launch: Launch;
  readonly #onRoutes: () => void;
  #serving: Fleet | null = null;
  #candidate: { readonly fleet: Fleet; readonly wait: HealthWait } | null = null;
  readonly #leaving = new Map<Fleet, Promise<void>>();
  /** Whose requests the newest rollout counts. */
  #counted: Fleet | null = null;

  constructor(name: ServiceName, keeper: StateKeeper, launch: Launch, onRoutes: () => void) {
    this.name = name;
    this.#keeper = keeper;
    this.#launch = launch;
    this.#onRoutes = onRoutes;
  }

  get serving(): Fleet | null {
    return this.#serving;
  }

  /** Starts again what was wanted when the platform ended, and goes on with a rollout that was under way. */
  async resume(): Promise<void> {
    const { stable, wanted, rollout } = this.#state;
    if (stable) {
      this.#serving = this.#startFleet(stable, () => undefined);
      if (rollout?.phase === "healthy") this.#counted = this.#serving;
    }
    switch (rollout?.phase) {
      case "pending":
      case "rolling":
        if (wanted) this.#pursue(wanted, rollout.id);
        break;
      case "healthy":
        return this.#setRollout(rollout.id, { phase: "drained" });
      case "going-back":
        return this.#setRollout(rollout.id, { phase: "went-back" });
      case "stopping":
        return this.#setRollout(rollout.id, { phase: "stopped" });
    }
  }

  /** Durable when it returns. Wanted already, and run from its own bytes: no new order. */
  async roll(placement: Placement): Promise<void> {
    if (sameRevision(this.#state.wanted?.revision, placement.revision) && !(await this.#runsEdited())) return;
    this.#abandonCandidate();
    const id = `rollout-${randomBytes(8).toString("hex")}`;
    this.#counted = null;
    await this.#change((service) => ({
      ...service,
      wanted: placement,
      rollout: { id, phase: "pending", revision: placement.revision, causes: [], requestsServed: 0 },
    }));
    this.#pursue(placement, id);
  }

  /** Gives up the rollout under way; one that has ended is left as it is. */
  async stop(): Promise<void> {
    const rollout = this.#state.rollout;
    if (!this.#candidate || !rollout) return;
    await this.#giveUp(this.#candidate.fleet, rollout.id, []);
  }

  async retire(): Promise<void> {
    this.#abandonCandidate();
    const fleet = this.#serving;
    this.#serving = null;
    this.#counted = null;
    await this.#change((service) => ({ ...service, wanted: null, stable: null, rollout: null }));
    this.#onRoutes();
    if (fleet) void this.#drain(fleet);
  }

  async look(): Promise<ServiceLook> {
    const tasks = await Promise.all(this.#fleets().flatMap((fleet) => fleet.instances.map((one) => one.look())));
    const { wanted, rollout } = this.#state;
    return {
      wanted: wanted?.revision ?? null,
      tasksWanted: wanted?.shape.instances ?? 0,
      tasks: [...tasks, ...this.#launching()],
      rollout: rollout && { ...rollout, requestsServed: this.#requestsOf(rollout) },
    };
  }

  /** Of what serves: a platform that was just started runs nothing yet, and is about to. */
  #launching(): readonly TaskLook[] {
    const { launching = 0, placement } = this.#serving ?? {};
    if (!placement) return [];
    const { image } = placement.revision;
    return Array.from({ length: launching }, (_, at) => ({
      id: `${this.name}-launch-${at}`,
      image,
      health: "starting",
    }));
  }

  status(memory: ReadonlyMap<number, number>): ServiceStatus {
    const { stable, wanted, restarts } = this.#state;
    const instances = this.#fleets().flatMap((fleet) => fleet.instances);
    return {
      service: this.name,
      sha: stable?.revision.sha ?? null,
      running: this.#serving?.healthy.length ?? 0,
      wanted: (stable ?? wanted)?.shape.instances ?? 0,
      restarts,
      memoryBytes: instances.reduce((sum, instance) => sum + (memory.get(instance.pid ?? 0) ?? 0), 0),
    };
  }

  pids(): readonly number[] {
    return this.#fleets().flatMap((fleet) => fleet.instances.flatMap(({ pid }) => (pid === null ? [] : [pid])));
  }

  /** Ends every process; what is wanted stays on disk for the next start. */
  async shutDown(): Promise<void> {
    const fleets = [this.#serving, this.#candidate?.fleet].filter((fleet) => fleet != null);
    this.#candidate?.wait.abandon();
    this.#candidate = null;
    this.#serving = null;
    await Promise.all([
      ...fleets.map((fleet) =>
        fleet.stop(0, Math.min(fleet.placement.shape.drainTimeoutSeconds, shutdownGraceSeconds)),
      ),
      ...[...this.#leaving.keys()].map((fleet) => fleet.stop(0, 0)),
    ]);
  }

  get #state(): ServiceState {
    const state = this.#keeper.current.services[this.name];
    if (!state) throw new Error(`service ${this.name} has no state`);
    return state;
  }
  #change(update: (service: ServiceState) => ServiceState): Promise<void> {
    return this.#keeper.changeService(this.name, update);
  }
  /** Of that rollout alone: a newer one is not touched by what an older one still has to say. */
  #setRollout(id: string, part: Partial<RolloutState>): Promise<void> {
    return this.#change((service) =>
      service.rollout?.id === id ? { ...service, rollout: { ...service.rollout, ...part } } : service,
    );
  }

  #fleets(): readonly Fleet[] {
    return [this.#serving, this.#candidate?.fleet, ...this.#leaving.keys()].filter((fleet) => fleet != null);
  }
  async #runsEdited(): Promise<boolean> {
    const instances = this.#fleets().flatMap((fleet) => fleet.instances);
    return (await Promise.all(instances.map((one) => one.isEdited()))).includes(true);
  }
  #requestsOf(rollout: RolloutState): number {
    return rollout.requestsServed + (this.#counted?.requestsServed ?? 0);
  }

  #startFleet(
    placement: Placement,
    onFailure: (cause: RolloutCause) => void,
    onChange: () => void = () => undefined,
  ): Fleet {
    const fleet: Fleet = new Fleet(placement, this.#launch, {
      failed: (cause) => {
        onFailure(cause);
        if (fleet === this.#serving) this.#countRestart();
      },
      changed: () => {
        onChange();
        if (fleet === this.#serving) this.#onRoutes();
      },
    });
    fleet.start();
    return fleet;
  }

  #countRestart(): void {
    void this.#change((service) => ({ ...service, restarts: service.restarts + 1 })).catch(() => undefined);
  }

  #pursue(placement: Placement, id: string): void {
    const wait = awaitHealth(placement.shape.startTimeoutSeconds, () => fleet);
    const fleet = this.#startFleet(placement, wait.failed, wait.changed);
    this.#candidate = { fleet, wait };
    this.#counted = fleet;
    void this.#follow(fleet, wait, id).catch(() => undefined);
  }

  async #follow(fleet: Fleet, wait: HealthWait, id: string): Promise<void> {
    await this.#setRollout(id, { phase: "rolling" });
    const answer = await wait.answer;
    if (this.#candidate?.fleet !== fleet) return;
    if (answer.status === "healthy") await this.#takeOver(fleet, id);
    else await this.#giveUp(fleet, id, answer.causes);
  }

  async #takeOver(fleet: Fleet, id: string): Promise<void> {
    const old = this.#serving;
    this.#candidate = null;
    this.#serving = fleet;
    this.#onRoutes();
    const drained = old ? this.#drain(old) : Promise.resolve();
    await this.#change((service) => ({
      ...service,
      stable: fleet.placement,
      rollout: service.rollout && { ...service.rollout, phase: "healthy" },
    }));
    await drained;
    await this.#setRollout(id, { phase: "drained" });
  }

  async #giveUp(fleet: Fleet, id: string, causes: readonly RolloutCause[]): Promise<void> {
    const back = this.#state.stable;
    this.#abandonCandidate();
    this.#counted = null;
    await this.#change((service) => ({
      ...service,
      wanted: back,
      rollout: service.rollout && {
        ...service.rollout,
        phase: back ? "going-back" : "stopping",
        causes: causes.slice(-keptCauses).map((cause) => ({ ...cause, log: [...cause.log] })),
        requestsServed: fleet.requestsServed,
      },
    }));
    void (this.#leaving.get(fleet) ?? Promise.resolve())
      .then(() => this.#setRollout(id, { phase: back ? "went-back" : "stopped" }))
      .catch(() => undefined);
  }

  #abandonCandidate(): void {
    const candidate = this.#candidate;
    if (!candidate) return;
    candidate.wait.abandon();
    this.#candidate = null;
    void this.#drain(candidate.fleet);
  }

  #drain(fleet: Fleet): Promise<void> {
    const seconds = fleet.placement.shape.drainTimeoutSeconds;
    const gone = fleet.stop(seconds, seconds).finally(() => this.#leaving.delete(fleet));
    this.#leaving.set(fleet, gone);
    return gone;
  }
}

const sameRevision = (a: Revision | undefined, b: Revision): boolean =>
  a?.sha === b.sha && a.image === b.image && a.template === b.template;
