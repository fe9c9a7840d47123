import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { Digest, EnvironmentName, Epoch, Sha } from "../../src/identifiers.ts";
import { runnerResultMarker } from "../../src/migration/batch.ts";
import { expectationOf } from "../../src/migration/expectation.ts";
import type {
  EnvironmentPorts,
  Permit,
  ProbeAnswer,
  Revision,
  RolloutLook,
  ServiceLook,
  TaskOrder,
  TaskState,
  WebRevision,
} from "../../src/ports.ts";
import type { WebFile } from "../../src/web/file-list.ts";
import type { Gate } from "./gate.ts";

/** How a service behaves in this world: like ECS, nothing of it can be fenced, and an order takes effect with time. */
interface SimService {
  wanted: Revision | null;
  /** What the breaker goes back to: the last that was healthy. */
  lastHealthy: Revision | null;
  rollout: { id: string; revision: Revision; orderedAt: number; broken: boolean; epoch: Epoch } | null;
}
interface SimTask {
  readonly order: TaskOrder;
  readonly startedAt: number;
  /** Set once, at its end. */
  end: { exitCode: number; lines: readonly string[] } | null;
}
/** What was registered to be run: an image, and the SHA that it is told; null: of no release. */
interface SimDefinition {
  readonly image: Digest;
  readonly sha: Sha | null;
  readonly containers: readonly ContainerDefinition[];
}
interface SimBatch {
  readonly names: readonly string[];
  readonly failing: string | null;
}

/** Short enough that one look sees the roll under way and the next one its end: each look is a call that faults strike. */
const rollMilliseconds = 150;
const byFirst = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);

interface SimEnvironmentInput {
  /** The newest that was opened, and that has recorded a plan. */
  readonly newest: () => { readonly opened: Epoch; readonly planned: Epoch };
  /** Of a migration, from its start to its end. */
  readonly taskMilliseconds: number;
  /** L: a request that has left lands within it, or never. */
  readonly landsMilliseconds: number;
  readonly name: EnvironmentName;
  readonly now: () => number;
  readonly broken: Set<Digest>;
  readonly batches: Map<Digest, SimBatch>;
  readonly entries: Map<Digest, ReadonlyMap<string, Digest>>;
}
interface SimEffect {
  /** Of the run that gave the order; 0: nobody of ours. */
  readonly epoch: Epoch;
  /** The newest one by then. */
  readonly newest: Epoch;
  readonly what: string;
}

/** The world outside, which outlives every incarnation. Time is the simulation's own. */
export class SimEnvironment {
  readonly name: EnvironmentName;
  readonly services = new Map<string, SimService>();
  readonly tasks = new Map<string, SimTask>();
  /** By ARN, where services are told in the words of ECS. */
  readonly definitions = new Map<string, SimDefinition>();
  readonly invalidations = new Set<string>();
  readonly pool = new Map<string, Digest>();
  readonly database = { applied: [] as string[], fence: { epoch: 0, attempt: 0 }, runs: [] as string[] };
  web: { web: WebRevision | null; epoch: Epoch } = { web: null, epoch: 0 };
  /** What edges serve: the pages of the last invalidation whose name they had not heard before. */
  edge: Digest | null = null;
  /** Images that never become healthy, batches by runner image, entries by file list, all given by the scenario. */
  readonly broken: Set<Digest>;
  readonly batches: Map<Digest, SimBatch>;
  readonly entries: Map<Digest, ReadonlyMap<string, Digest>>;
  readonly violations: string[] = [];
  /** Every order that changed something, with the run that gave it. */
  readonly effects: SimEffect[] = [];
  /** How many of them were judged. */
  judged = 0;
  readonly #input: SimEnvironmentInput;
  readonly #now: () => number;
  readonly #web = { writes: 0 };
  #rollouts = 0;

  constructor(input: SimEnvironmentInput) {
    this.#input = input;
    this.name = input.name;
    this.#now = input.now;
    this.broken = input.broken;
    this.batches = input.batches;
    this.entries = input.entries;
  }

  /** The same world once more, on another clock that shows the same time. */
  fork(seen: Pick<SimEnvironmentInput, "now" | "newest">): SimEnvironment {
    const copy = new SimEnvironment({ ...this.#input, ...seen });
    for (const [name, service] of this.services) copy.services.set(name, { ...service });
    for (const [key, task] of this.tasks) copy.tasks.set(key, { ...task });
    for (const [arn, definition] of this.definitions) copy.definitions.set(arn, definition);
    for (const key of this.invalidations) copy.invalidations.add(key);
    for (const [path, digest] of this.pool) copy.pool.set(path, digest);
    copy.database.applied.push(...this.database.applied);
    copy.database.runs.push(...this.database.runs);
    copy.database.fence = this.database.fence;
    copy.web = this.web;
    copy.edge = this.edge;
    copy.violations.push(...this.violations);
    copy.effects.push(...this.effects);
    copy.judged = this.judged;
    copy.#rollouts = this.#rollouts;
    copy.#web.writes = this.#web.writes;
    return copy;
  }

  /** Everything that a later run could see; ages instead of times. */
  digest(): string {
    const age = (since: number, over: number): number => Math.min(this.#now() - since, over);
    const { taskMilliseconds } = this.#input;
    const services = [...this.services].map(([name, { wanted, lastHealthy, rollout }]) => [
      name,
      wanted,
      lastHealthy,
      rollout && [rollout.revision, rollout.broken, age(rollout.orderedAt, rollMilliseconds)],
    ]);
    const tasks = [...this.tasks].map(([key, { startedAt, end }]) => [key, end ?? age(startedAt, taskMilliseconds)]);
    const { invalidations, pool, database, web, edge, violations } = this;
    return JSON.stringify([
      services.sort(byFirst),
      tasks.sort(byFirst),
      [...invalidations].sort(),
      [...pool].sort(byFirst),
      database,
      web,
      edge,
      violations,
    ]);
  }

  /** Milliseconds. */
  ageOf(since: number): number {
    return this.#now() - since;
  }

  startTask(order: TaskOrder): void {
    if (!this.tasks.has(order.key)) this.tasks.set(order.key, { order, startedAt: this.#now(), end: null });
  }

  /** Lets what was ordered happen. */
  settle(): void {
    for (const service of this.services.values()) this.#settleService(service);
    for (const task of this.tasks.values()) this.#settleTask(task);
  }

  #settleService(service: SimService): void {
    const { rollout } = service;
    if (!rollout || this.#now() - rollout.orderedAt < rollMilliseconds) return;
    if (!rollout.broken) service.lastHealthy = rollout.revision;
    else if (service.wanted?.image === rollout.revision.image && service.wanted.sha === rollout.revision.sha)
      service.wanted = service.lastHealthy;
  }

  /** The runner: lock, fence, list, each file in a transaction. It is atomic here; real kills are another test. */
  #settleTask(task: SimTask): void {
    if (task.end || this.#now() - task.startedAt < this.#input.taskMilliseconds) return;
    const { environment, image } = task.order;
    const mine = { epoch: Number(environment.SLIPWAY_EPOCH), attempt: Number(environment.SLIPWAY_ATTEMPT) };
    const { database } = this;
    const above =
      database.fence.epoch > mine.epoch ||
      (database.fence.epoch === mine.epoch && database.fence.attempt > mine.attempt);
    if (above) {
      task.end = this.#ended("failed", [], "fenced", `the fence stands at ${database.fence.epoch}`);
      return;
    }
    database.fence = mine;
    if (environment.SLIPWAY_TASK === "fence") {
      task.end = this.#ended("done", [], null, "");
      return;
    }
    const { planned } = this.#input.newest();
    if (mine.epoch < planned)
      this.violations.push(`I9: a migration of epoch ${mine.epoch} ran after epoch ${planned} had planned`);
    task.end = this.#migrate(image, environment.SLIPWAY_EXPECT ?? "");
  }

  #migrate(image: Digest, expect: string): SimTask["end"] {
    const { database } = this;
    if (expect !== "" && expect !== expectationOf(database.applied)) {
      return this.#ended("failed", [], "diverged", "something else is applied than was expected");
    }
    const batch = this.batches.get(image);
    const ran: string[] = [];
    for (const name of batch?.names ?? []) {
      if (database.applied.includes(name)) continue;
      if (name === batch?.failing) return this.#ended("failed", ran, "23514", `${name} is violated by some row`);
      if (database.runs.includes(name)) this.violations.push(`I4: ${name} ran twice`);
      database.runs.push(name);
      database.applied.push(name);
      ran.push(name);
    }
    return this.#ended("done", ran, null, "");
  }

  #ended(status: "done" | "failed", ran: readonly string[], code: string | null, message: string): SimTask["end"] {
    const result = {
      version: 1,
      status,
      ran,
      applied: this.database.applied.map((name) => ({ name, sha256: null })),
      failure: code === null ? null : { code, message, migration: null, statement: null, file: null, line: null },
      milliseconds: this.#input.taskMilliseconds,
    };
    return { exitCode: status === "done" ? 0 : 1, lines: [`${runnerResultMarker}${JSON.stringify(result)}`] };
  }

  look(name: string): ServiceLook {
    this.settle();
    const service = this.services.get(name);
    if (!service) return { wanted: null, tasksWanted: 0, tasks: [], rollout: null };
    const rollout = this.#rolloutOf(service);
    const running = rollout?.phase === "rolling" ? service.lastHealthy : service.wanted;
    const tasks = running
      ? [{ id: `${name}-${running.sha.slice(0, 7)}`, image: running.image, health: "healthy" as const }]
      : [];
    return { wanted: service.wanted, tasksWanted: service.wanted ? 1 : 0, tasks, rollout };
  }

  #rolloutOf(service: SimService): RolloutLook | null {
    const { rollout } = service;
    if (!rollout) return null;
    const over = this.#now() - rollout.orderedAt >= rollMilliseconds;
    const phase = !over ? "rolling" : rollout.broken ? "went-back" : "drained";
    const causes =
      over && rollout.broken
        ? [{ task: "t1", kind: "exited" as const, message: "exited 1, never healthy", log: ["fatal"] }]
        : [];
    return { id: rollout.id, phase, revision: rollout.revision, causes, requestsServed: 0 };
  }

  /** `epoch` 0: somebody behind our back. */
  order(name: string, revision: Revision | null, epoch: Epoch = 0): void {
    this.settle();
    const service = this.services.get(name) ?? { wanted: null, lastHealthy: null, rollout: null };
    this.services.set(name, service);
    if (revision === null) {
      this.#record(epoch, `retire ${name}`);
      this.services.set(name, { wanted: null, lastHealthy: null, rollout: null });
      return;
    }
    const same =
      service.wanted?.sha === revision.sha &&
      service.wanted.image === revision.image &&
      service.wanted.template === revision.template;
    if (same) return;
    this.#rollouts += 1;
    this.#record(epoch, `service ${name} ${revision.sha}`);
    service.wanted = revision;
    service.rollout = {
      id: `r${this.#rollouts}`,
      revision,
      orderedAt: this.#now(),
      broken: this.broken.has(revision.image),
      epoch,
    };
  }

  #record(epoch: Epoch, what: string): void {
    const { opened, planned } = this.#input.newest();
    // Between the opening of an epoch and its plan a fenced write of an older one may still land: that is what the fence is for.
    this.effects.push({ epoch, newest: what.startsWith("web ") ? planned : opened, what });
  }

  answer(method: string, path: string): ProbeAnswer {
    this.settle();
    const sha = "sha256:0000000000000000000000000000000000000000000000000000000000000000" as Digest;
    if (method === "GET" && path === "/version") {
      const api = this.look("api");
      return api.tasks.length === 0
        ? { status: 502, sha256: sha, body: "" }
        : { status: 200, sha256: sha, body: JSON.stringify({ sha: this.#running("api")?.sha }) };
    }
    const entry = this.web.web ? this.entries.get(this.web.web.digest)?.get(path.slice(1)) : undefined;
    return entry ? { status: 200, sha256: entry, body: "" } : { status: 404, sha256: sha, body: "" };
  }
  #running(name: string): { sha: Sha } | null {
    const service = this.services.get(name);
    if (!service) return null;
    const rolling = service.rollout && this.#now() - service.rollout.orderedAt < rollMilliseconds;
    return rolling ? service.lastHealthy : service.wanted;
  }

  /** The ports of one incarnation: every call passes its gate. */
  ports(gate: Gate): EnvironmentPorts {
    const { landsMilliseconds } = this.#input;
    const read = { mutating: false, stale: true } as const;
    const write = (permit: Permit) => ({ mutating: true, guard: () => permit.check(), landsMilliseconds }) as const;
    /** What can be fenced may land whenever it likes. */
    const fenced = (permit: Permit) => ({ ...write(permit), landsMilliseconds: null }) as const;
    const nothing = (): void => undefined;
    return {
      longestRequestMilliseconds: landsMilliseconds,
      raiseFence: (permit) => gate.call("raiseFence", write(permit), nothing),
      images: {
        inspect: (image) =>
          gate.call(`images.inspect ${image.digest.slice(7, 11)}`, read, () => ({ pullable: true, because: null })),
        pin: (_image, pin, permit) => gate.call(`images.pin ${pin}`, write(permit), nothing),
      },
      services: {
        pollMilliseconds: 100,
        inspect: (service) => gate.call(`services.inspect ${service}`, read, () => this.look(service)),
        prepare: (shape, _revision, permit) => gate.call(`services.prepare ${shape.name}`, write(permit), nothing),
        roll: (shape, revision, permit) =>
          gate.call(`services.roll ${shape.name}`, write(permit), () => this.order(shape.name, revision, permit.epoch)),
        stop: (service, permit) => gate.call(`services.stop ${service}`, write(permit), nothing),
        retire: (service, permit) =>
          gate.call(`services.retire ${service}`, write(permit), () => this.order(service, null, permit.epoch)),
      },
      tasks: {
        pollMilliseconds: 100,
        start: (order, permit) =>
          gate.call("tasks.start", write(permit), () => {
            this.startTask(order);
            return { status: "started" as const };
          }),
        inspect: (key) => gate.call(`tasks.inspect ${key.slice(0, 6)}`, read, () => this.#taskState(key)),
        log: (key, from) =>
          gate.call(`tasks.log ${key.slice(0, 6)} ${from}`, read, () => {
            this.settle();
            const end = this.tasks.get(key)?.end;
            return { lines: end?.lines.slice(from) ?? [], complete: end != null };
          }),
        stop: (_key, permit) => gate.call("tasks.stop", write(permit), nothing),
      },
      web: {
        pollMilliseconds: 100,
        readLive: () => gate.call("web.readLive", read, () => ({ ...this.web, etag: String(this.web.epoch) })),
        missing: (files) =>
          gate.call("web.missing", read, () => ({
            missing: files.filter((file) => !this.pool.has(file.path)).map((file) => file.path),
            clashing: files
              .filter((file) => (this.pool.get(file.path) ?? file.sha256) !== file.sha256)
              .map((file) => file.path),
          })),
        addAssets: (files, permit) => gate.call("web.addAssets", write(permit), () => this.#addAssets(files)),
        raiseFence: (permit) => {
          const { writes } = this.#web;
          return gate
            .call("web.raiseFence", fenced(permit), (late) =>
              this.#writeWeb(this.web.web, permit, late ? writes : null),
            )
            .then((raised) => (raised ? "raised" : "moved"));
        },
        switchTo: (web, permit) => {
          const { writes } = this.#web;
          return gate
            .call("web.switchTo", fenced(permit), (late) => this.#writeWeb(web, permit, late ? writes : null))
            .then((switched) => (switched ? "switched" : "moved"));
        },
        invalidate: (_paths, key, permit) =>
          gate.call("web.invalidate", write(permit), () => {
            if (!this.invalidations.has(key)) this.edge = this.web.web?.digest ?? null;
            this.invalidations.add(key);
          }),
        isInvalidated: (key) =>
          gate.call(`web.isInvalidated ${key.slice(0, 6)}`, read, () => this.invalidations.has(key)),
      },
      probe: { ask: (method, path) => gate.call(`probe.ask ${method} ${path}`, read, () => this.answer(method, path)) },
    };
  }

  #taskState(key: string): TaskState | null {
    this.settle();
    const task = this.tasks.get(key);
    if (!task) return null;
    if (!task.end) return { status: "running" };
    return {
      status: "stopped",
      because: "essential container exited",
      containers: [{ name: "migrate", exitCode: task.end.exitCode }],
    };
  }

  #addAssets(files: readonly WebFile[]): void {
    for (const file of files) if (!this.pool.has(file.path)) this.pool.set(file.path, file.sha256);
  }

  /** A compare-and-swap, as the KeyValueStore is: what was sent before another write and lands after it changes nothing. */
  #writeWeb(web: WebRevision | null, permit: Permit, sentAt: number | null): boolean {
    if (this.web.epoch > permit.epoch) return false;
    if (sentAt !== null && sentAt !== this.#web.writes) return false;
    if (this.web.web?.digest !== web?.digest) this.#record(permit.epoch, `web ${web?.sha ?? "none"}`);
    this.web = { web, epoch: permit.epoch };
    this.#web.writes += 1;
    return true;
  }
}
