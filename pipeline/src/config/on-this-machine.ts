import type { Config } from "./config.ts";

/** The same ladder on this machine's own copy (`--local`): target local, store `.slipway`, and what `local` waives. */
export function onThisMachine(config: Config): Config {
  const environments = config.environments.map(({ name }) => ({
    name,
    target: "local" as const,
    account: null,
    region: null,
    role: null,
  }));
  const rungs = config.policy.environments.map((rung) => ({ ...rung, waive: config.local.waive }));
  return {
    ...config,
    store: ".slipway",
    region: null,
    environments,
    policy: { ...config.policy, environments: rungs },
  };
}
