import { expect, test } from "vitest";
import { aServiceLook, digestOf } from "../../test/builders.ts";
import type { EnvironmentPorts, Revision } from "../ports.ts";
import { verifyLive } from "./verify-live.ts";

test("a file that is not the image's is named", async () => {
  const { wanted } = aServiceLook();
  const { image } = wanted as Revision;
  const edited = { image, path: "data/cache.txt" };
  const look = aServiceLook({ tasks: [{ id: "1", image: digestOf("x"), health: "healthy", edited }] });
  const ports = {
    services: { inspect: async () => look },
    web: { readLive: async () => ({ web: null, epoch: 1, etag: "1" }) },
  } as unknown as EnvironmentPorts;
  const state = { services: { api: wanted as Revision }, web: null };
  const verdict = await verifyLive({ ports, state, web: null, shapeOf: () => null, reachable: false });
  expect(verdict.checks).toMatchObject([
    { status: "no", message: `0 of 2 tasks run ${image.slice(0, 19)}, data/cache.txt is not the image's` },
  ]);
});
