import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentName, Epoch } from "../../identifiers.ts";
import type { Call, CallName, CallValues } from "./control-protocol.ts";
import { environmentField } from "./fields.ts";
import type { PlatformFolders } from "./folders.ts";
import { HostedEnvironment } from "./hosted-environment.ts";
import type { Machine } from "./machine.ts";
import { BelowFence, OrderRefused } from "./refusals.ts";
import { Serial } from "./serial.ts";
import { readState } from "./state-keeper.ts";
import type { PlatformStatus } from "./status.ts";

type CallOf<N extends CallName> = Extract<Call, { call: N }>;
type Handlers = { readonly [N in CallName]: (call: CallOf<N>) => Promise<CallValues[N]> };

/** Every environment of one app folder, and what may be asked of them. */
export class Platform {
  readonly #folders: PlatformFolders;
  readonly #machine: Machine;
  readonly #version: string;
  readonly #onShutdown: () => void;
  readonly #environments = new Map<EnvironmentName, HostedEnvironment>();
  readonly #opening = new Serial();
  readonly #startedAt = performance.now();

  constructor(input: {
    readonly folders: PlatformFolders;
    readonly machine: Machine;
    readonly version: string;
    readonly onShutdown: () => void;
  }) {
    this.#folders = input.folders;
    this.#machine = input.machine;
    this.#version = input.version;
    this.#onShutdown = input.onShutdown;
  }

  /** Opens every environment that was open before. One whose port is taken is told about and left for `open` to retry. */
  async restore(tell: (line: string) => void): Promise<void> {
    for (const entry of readdirSync(this.#folders.environments)) {
      const name = environmentField.safeParse(entry);
      if (!name.success) continue;
      const state = await readState(join(this.#folders.environments, name.data, "state.json"));
      if (state === null) continue;
      await this.#open(name.data, state.port).catch((error: unknown) => tell(`${name.data}: ${String(error)}`));
    }
  }

  async handle(call: Call): Promise<unknown> {
    const handler = this.#handlers[call.call] as (call: Call) => Promise<unknown>;
    return handler(call);
  }

  async shutDown(): Promise<void> {
    await Promise.all([...this.#environments.values()].map((environment) => environment.shutDown()));
  }

  readonly #handlers: Handlers = {
    status: () => this.#status(),
    shutdown: async () => {
      this.#onShutdown();
      return null;
    },
    open: async ({ environment, port }) => {
      await this.#open(environment, port);
      return null;
    },
    "raise-fence": (call) => this.#order(call, async () => null),
    "inspect-service": async ({ environment, service }) =>
      (await this.#openOrNew(environment))?.inspect(service) ?? nothingRuns,
    "prepare-service": (call) =>
      this.#order(call, async (environment) => {
        await environment.prepare({ shape: call.shape, revision: call.revision });
        return null;
      }),
    "roll-service": (call) =>
      this.#order(call, async (environment) => {
        await environment.roll({ shape: call.shape, revision: call.revision });
        return null;
      }),
    "stop-service": (call) =>
      this.#order(call, async (environment) => {
        await environment.stop(call.service);
        return null;
      }),
    "retire-service": (call) =>
      this.#order(call, async (environment) => {
        await environment.retire(call.service);
        return null;
      }),
    "start-task": (call) => this.#order(call, (environment) => startTask(environment, call)),
    "inspect-task": async ({ environment, key }) => this.#environments.get(environment)?.tasks.inspect(key) ?? null,
    "log-task": async ({ environment, key, from }) =>
      (await this.#environments.get(environment)?.tasks.log(key, from)) ?? { lines: [], complete: false },
    "stop-task": (call) =>
      this.#order(call, async (environment) => {
        await environment.tasks.stop(call.key);
        return null;
      }),
    "read-live-web": async ({ environment }) => (await this.#openOrNew(environment))?.web.look() ?? nothingIsLive,
    "missing-assets": async ({ environment, files }) =>
      this.#environments.get(environment)?.web.compare(files) ?? {
        missing: files.map(({ path }) => path),
        clashing: [],
      },
    "add-assets": (call) =>
      this.#order(call, async ({ web }) => {
        await web.add(call.files);
        return null;
      }),
    "fence-web": (call) => this.#webOrder(call, ({ web }) => web.raiseFence(call.epoch)),
    "switch-web": (call) => this.#webOrder(call, ({ web }) => web.switchTo(call.web, call.epoch)),
    "invalidate-web": (call) =>
      this.#order(call, async ({ web }) => {
        await web.invalidate(call.key);
        return null;
      }),
    "is-invalidated": async ({ environment, key }) =>
      this.#environments.get(environment)?.web.isInvalidated(key) ?? false,
  };

  /** Null: it never was open here. @throws Error where it was, and is not: what it runs is not known */
  async #openOrNew(name: EnvironmentName): Promise<HostedEnvironment | null> {
    const open = this.#environments.get(name);
    if (open) return open;
    const state = await readState(join(this.#folders.environments, name, "state.json"));
    if (state === null) return null;
    throw new Error(`${name} could not be opened; its port ${state.port} may be taken`);
  }

  async #order<T>(
    call: { readonly environment: EnvironmentName; readonly epoch: Epoch; readonly port: number },
    work: (environment: HostedEnvironment) => Promise<T>,
  ): Promise<T> {
    const environment = await this.#open(call.environment, call.port);
    return environment.order(call.epoch, () => work(environment));
  }

  /** The pointer has an answer of its own for an order that came too late. */
  async #webOrder<T>(
    call: { readonly environment: EnvironmentName; readonly epoch: Epoch; readonly port: number },
    work: (environment: HostedEnvironment) => Promise<T>,
  ): Promise<T | "moved"> {
    try {
      return await this.#order(call, work);
    } catch (error) {
      if (error instanceof BelowFence) return "moved";
      throw error;
    }
  }

  #open(name: EnvironmentName, port: number): Promise<HostedEnvironment> {
    return this.#opening.run(async () => {
      const known = this.#environments.get(name);
      if (known) {
        await known.moveTo(port);
        return known;
      }
      const folder = join(this.#folders.environments, name);
      const environment = await HostedEnvironment.open({
        name,
        port,
        root: this.#folders.root,
        folder,
        machine: this.#machine,
      });
      this.#environments.set(name, environment);
      return environment;
    });
  }

  async #status(): Promise<PlatformStatus> {
    const { version, pid, port } = this.#machine.postgres;
    const environments = [...this.#environments.values()].toSorted((a, b) => a.port - b.port);
    return {
      version: this.#version,
      pid: process.pid,
      uptimeSeconds: (performance.now() - this.#startedAt) / 1_000,
      postgres: { version, pid, port },
      environments: await Promise.all(environments.map((environment) => environment.status())),
    };
  }
}

const nothingRuns = { wanted: null, tasksWanted: 0, tasks: [], rollout: null };
const nothingIsLive = { web: null, epoch: 0, etag: "v0" };

/** What cannot be started as ordered is an answer, as it is on any other platform. */
async function startTask(
  environment: HostedEnvironment,
  call: CallOf<"start-task">,
): Promise<CallValues["start-task"]> {
  try {
    const { key, image, command, template, variables } = call;
    await environment.startTask({ key, image, command, template, variables });
    return { status: "started" };
  } catch (error) {
    if (error instanceof OrderRefused) return { status: "declined", because: error.message };
    throw error;
  }
}
