import type { ServiceRuntime } from "../ports.ts";
import type { LocalSite } from "./site.ts";

export const pollMilliseconds = 50;

/** Services of an environment that the local platform supervises. */
export const localServiceRuntime = ({ client, environment, port }: LocalSite): ServiceRuntime => {
  const site = { environment, port };
  return {
    pollMilliseconds,
    inspect: (service) => client.ask<"inspect-service">({ call: "inspect-service", environment, service }),
    async prepare(shape, revision, permit) {
      await client.order("prepare-service", site, { shape, revision }, permit);
    },
    async roll(shape, revision, permit) {
      await client.order("roll-service", site, { shape, revision }, permit);
    },
    async stop(service, permit) {
      await client.order("stop-service", site, { service }, permit);
    },
    async retire(service, permit) {
      await client.order("retire-service", site, { service }, permit);
    },
  };
};
