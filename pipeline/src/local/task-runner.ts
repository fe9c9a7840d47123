import type { TaskRunner } from "../ports.ts";
import { pollMilliseconds } from "./service-runtime.ts";
import type { LocalSite } from "./site.ts";

/** One-off tasks that the local platform runs; they outlive whoever ordered them. */
export const localTaskRunner = ({ client, environment, port }: LocalSite): TaskRunner => {
  const site = { environment, port };
  return {
    pollMilliseconds,
    start: ({ key, image, command, template, environment: variables }, permit) =>
      client.order("start-task", site, { key, image, command: [...command], template, variables }, permit),
    inspect: (key) => client.ask<"inspect-task">({ call: "inspect-task", environment, key }),
    log: (key, from) => client.ask<"log-task">({ call: "log-task", environment, key, from }),
    async stop(key, permit) {
      await client.order("stop-task", site, { key }, permit);
    },
  };
};
