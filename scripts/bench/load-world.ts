import { awsTiming } from "../../pipeline/src/ledger/lease-timing.ts";
import { connectLocal } from "../../pipeline/src/local/connect.ts";
import type { EnvironmentPorts, Revision } from "../../pipeline/src/ports.ts";
import { Gate } from "../../pipeline/test/simulation/gate.ts";
import { SimEnvironment } from "../../pipeline/test/simulation/sim-environment.ts";
import { type BenchRepository, environment, type PromotionSurroundings } from "./bench-repository.ts";

/** How much there is of each thing; `files` are those of the web. */
export interface LoadSize {
  readonly releases: number;
  readonly services: number;
  readonly files: number;
}
/** What the services in memory run, by name: it has to outlive the process that asks. */
export type RunningServices = Readonly<Record<string, Revision>>;

export const loadConfig = (port: number, services: number): string => {
  const names = Array.from({ length: services }, (_, n) => `s${n + 1}`);
  const service = (name: string) =>
    `  ${name}: { files: [server.cjs], run: node server.cjs, port: PORT, paths: [/${name}/*], health: /readyz }`;
  return `version: 1
app: bench
environments: { dev: {} }
services:
${names.map(service).join("\n")}
web: { folder: web, assets: ["assets/**"] }
local: { port: ${port - 1} }
`;
};

/** Services that become healthy at once: fifty real ones would measure the machine. */
export class ServicesInMemory {
  readonly world: SimEnvironment;
  #time = 0;

  constructor(running: RunningServices = {}, entries: SimEnvironment["entries"] = new Map()) {
    const [broken, batches] = [new Set<never>(), new Map()];
    const newest = () => ({ opened: 0, planned: 0 });
    // Each look finds a second gone by, so every roll is over when it is first looked at.
    const now = () => {
      this.#time += 1_000;
      return this.#time;
    };
    const pace = { taskMilliseconds: 1, landsMilliseconds: 500 };
    this.world = new SimEnvironment({ name: environment, now, newest, broken, batches, entries, ...pace });
    for (const [name, revision] of Object.entries(running))
      this.world.services.set(name, { wanted: revision, lastHealthy: revision, rollout: null });
  }

  get running(): RunningServices {
    return Object.fromEntries(
      [...this.world.services].flatMap(([name, { wanted }]) => (wanted ? [[name, wanted] as const] : [])),
    );
  }

  ports(): EnvironmentPorts {
    const gate = new Gate({ faults: [], elapse: async () => undefined, afterCall: () => undefined });
    const { services, web, ...ports } = this.world.ports(gate);
    return { ...ports, services: { ...services, pollMilliseconds: 1 }, web: { ...web, pollMilliseconds: 1 } };
  }
}

/** Everything real but the services. */
export const loadSurroundings = (
  { root }: Pick<BenchRepository, "root">,
  services: ServicesInMemory,
): PromotionSurroundings => ({
  // Beats rarely: the calls are those of the work, however slow this machine is.
  timing: awsTiming,
  connect: async (target) => ({ ...(await connectLocal({ root, target })), services: services.ports().services }),
});
