import { waitUntilServicesStable } from "@aws-sdk/client-ecs";
import type { ScriptedEcs } from "./scripted-ecs.ts";

/** The SDK's own waiter for one service, with its own delays. False: it gave up, or says that it failed. */
export async function waitAsTheSdk({ client }: ScriptedEcs, service: string, maxWaitTime: number): Promise<boolean> {
  try {
    const { state } = await waitUntilServicesStable({ client, maxWaitTime }, { cluster: "prod", services: [service] });
    return state === "SUCCESS";
  } catch {
    return false;
  }
}
