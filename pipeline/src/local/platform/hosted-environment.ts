import { join } from "node:path";
import type { Digest, EnvironmentName, Epoch, ServiceName } from "../../identifiers.ts";
import type { ServiceLook } from "../../ports.ts";
import type { ServiceShape } from "../../release/manifest.ts";
import type { Placement } from "./desired-state.ts";
import { freePort } from "./free-port.ts";
import { HostedService } from "./hosted-service.ts";
import { HostedTasks } from "./hosted-tasks.ts";
import { HostedWeb } from "./hosted-web.ts";
import { Instance } from "./instance.ts";
import { RotatingLog } from "./line-log.ts";
import type { Machine } from "./machine.ts";
import { memoryOf } from "./memory.ts";
import { type ProcessEnvironment, processEnvironment } from "./process-environment.ts";
import { BelowFence } from "./refusals.ts";
import { Router } from "./router.ts";
import type { Route } from "./routes.ts";
import { Serial } from "./serial.ts";
import { StateKeeper } from "./state-keeper.ts";
import type { EnvironmentStatus } from "./status.ts";
import { readTemplate } from "./template.ts";

const serviceLogBytes = 2 * 1024 * 1024;

export interface TaskRequest {
  readonly key: string;
  readonly image: Digest;
  readonly command: readonly string[];
  readonly template: Digest;
  readonly variables: Readonly<Record<string, string>>;
}

/** All that one environment has on this machine. Orders are taken one after the other. */
export class HostedEnvironment {
  readonly name: EnvironmentName;
  readonly tasks: HostedTasks;
  readonly web: HostedWeb;
  readonly #root: string;
  readonly #folder: string;
  readonly #machine: Machine;
  readonly #keeper: StateKeeper;
  readonly #orders = new Serial();
  readonly #services = new Map<string, HostedService>();
  #router: Router;
  #routes: readonly Route<string>[] = [];

  private constructor(
    name: EnvironmentName,
    root: string,
    folder: string,
    machine: Machine,
    keeper: StateKeeper,
    web: HostedWeb,
  ) {
    this.name = name;
    this.#root = root;
    this.#folder = folder;
    this.#machine = machine;
    this.#keeper = keeper;
    this.web = web;
    this.tasks = new HostedTasks(keeper, join(folder, "tasks"), machine.guard);
    this.#router = this.#newRouter();
  }

  /** Serves and runs again what was wanted when it was last open. @throws PortTaken */
  static async open(input: {
    readonly name: EnvironmentName;
    readonly port: number;
    readonly root: string;
    readonly folder: string;
    readonly machine: Machine;
  }): Promise<HostedEnvironment> {
    const { name, port, root, folder, machine } = input;
    const keeper = await StateKeeper.open(join(folder, "state.json"), name, port);
    const web = await HostedWeb.open(keeper, machine.store, join(folder, "pool"));
    const environment = new HostedEnvironment(name, root, folder, machine, keeper, web);
    await environment.#router.listen(port);
    try {
      await environment.#resume(port);
      return environment;
    } catch (error) {
      await environment.shutDown();
      throw error;
    }
  }

  get port(): number {
    return this.#keeper.current.port;
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @throws PortTaken, and then it is served where it was. */
  async moveTo(port: number): Promise<void> {
    if (port === this.port) return;
    await this.#orders.run(async () => {
      const router = this.#newRouter();
      await router.listen(port);
      await this.#router.close();
      this.#router = router;
      await this.#keeper.change((state) => ({ ...state, port }));
    });
  }

  /** Carries out an order under the fence. @throws BelowFence when a later epoch has raised it. */
  order<T>(epoch: Epoch, work: () => Promise<T>): Promise<T> {
    return this.#orders.run(async () => {
      const { fence } = this.#keeper.current;
      if (epoch < fence) throw new BelowFence(fence);
      // A later epoch has opened in the ledger: whoever orders under it has deposed all before.
      if (epoch > fence) await this.#keeper.change((state) => ({ ...state, fence: epoch }));
      return work();
    });
  }

  async inspect(service: ServiceName): Promise<ServiceLook> {
    return this.#services.get(service)?.look() ?? { wanted: null, tasksWanted: 0, tasks: [], rollout: null };
  }

  /** Unpacks the image and reads the template; nothing that runs changes. */
  async prepare(placement: Placement): Promise<void> {
    await this.#machine.unpackImage(placement.revision.image);
    await readTemplate(this.#machine.store, this.name, placement.revision.template);
  }

  async roll(placement: Placement): Promise<void> {
    const { name } = placement.shape;
    if (!this.#services.has(name)) {
      const empty = { name, wanted: null, stable: null, rollout: null, restarts: 0 };
      await this.#keeper.change((state) => ({
        ...state,
        services: { ...state.services, [name]: state.services[name] ?? empty },
      }));
    }
    await this.#host(name).roll(placement);
  }
  async stop(service: ServiceName): Promise<void> {
    await this.#services.get(service)?.stop();
  }
  async retire(service: ServiceName): Promise<void> {
    await this.#services.get(service)?.retire();
  }

  async startTask(task: TaskRequest): Promise<void> {
    if (this.tasks.knows(task.key)) return;
    const { folder } = await this.#machine.unpackImage(task.image);
    const given = await this.#environmentOf(task.template, { SLIPWAY_IMAGE: task.image, ...task.variables });
    await this.tasks.start({ key: task.key, image: task.image, command: task.command, folder, ...given });
  }

  async status(): Promise<EnvironmentStatus> {
    const hosted = [...this.#services.values()].filter(({ name }) => this.#keeper.current.services[name]?.wanted);
    const memory = await memoryOf(hosted.flatMap((service) => service.pids()));
    const services = hosted.map((service) => service.status(memory));
    return {
      env: this.name,
      url: this.url,
      webSha: this.web.look().web?.sha ?? null,
      services,
      restarts: services.reduce((sum, { restarts }) => sum + restarts, 0),
      memoryBytes: services.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    };
  }

  async shutDown(): Promise<void> {
    await this.#router.close();
    await Promise.all([...[...this.#services.values()].map((service) => service.shutDown()), this.tasks.shutDown()]);
    await this.#keeper.save();
  }

  async #resume(port: number): Promise<void> {
    await this.#machine.postgres.ensureDatabase(databaseName(this.name));
    await this.#keeper.change((state) => ({ ...state, port }));
    await this.tasks.recover();
    await Promise.all(Object.keys(this.#keeper.current.services).map((service) => this.#host(service).resume()));
    this.#findRoutes();
  }

  #newRouter(): Router {
    return new Router({
      routes: () => this.#routes,
      instances: (service) => this.#services.get(service)?.serving?.healthy ?? [],
      serveWeb: (incoming, answer, path) => this.web.serve(incoming, answer, path),
    });
  }

  #findRoutes(): void {
    this.#routes = [...this.#services.values()].flatMap(({ name, serving }) => {
      const shape = serving?.placement.shape;
      return shape && shape.port !== null ? shape.paths.map((pattern) => ({ pattern, to: name })) : [];
    });
  }

  #host(name: string): HostedService {
    const known = this.#services.get(name);
    if (known) return known;
    const log = new RotatingLog(join(this.#folder, "logs", `${name}.log`), serviceLogBytes);
    const service = new HostedService(
      name as ServiceName,
      this.#keeper,
      (placement, onHealth) => this.#launch(placement, (line) => log.append(line), onHealth),
      () => this.#findRoutes(),
    );
    this.#services.set(name, service);
    return service;
  }

  async #launch(placement: Placement, log: (line: string) => void, onHealth: () => void): Promise<Instance> {
    const { shape, revision } = placement;
    const files = await this.#machine.unpackImage(revision.image);
    const port = shape.port === null ? null : await freePort();
    const { variables, secrets } = await this.#environmentOf(revision.template, {
      SLIPWAY_SHA: revision.sha,
      SLIPWAY_IMAGE: revision.image,
      ...portVariable(shape, port),
    });
    const { guard } = this.#machine;
    return new Instance({ shape, image: revision.image, files, port, variables, secrets, guard, log }, onHealth);
  }

  async #environmentOf(template: Digest, told: Readonly<Record<string, string>>): Promise<ProcessEnvironment> {
    return processEnvironment({
      root: this.#root,
      template: await readTemplate(this.#machine.store, this.name, template),
      databaseUrl: this.#machine.postgres.url(databaseName(this.name)),
      told: { SLIPWAY_ENV: this.name, SLIPWAY_URL: this.url, ...told },
    });
  }
}

const portVariable = (shape: ServiceShape, port: number | null): Record<string, string> =>
  shape.port === null || port === null ? {} : { [shape.port]: String(port) };

/** An environment may be called `postgres`; its database must not be. */
export const databaseName = (environment: EnvironmentName): string => `app_${environment.replaceAll("-", "_")}`;
