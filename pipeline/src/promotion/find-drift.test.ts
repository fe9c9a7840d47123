import { expect, test } from "vitest";
import { aRelease, aServiceLook, aState, imageOf, shas } from "../../test/builders.ts";
import { PortError } from "../errors.ts";
import type { EnvironmentPorts, LiveWebLook, ServiceLook, TaskHealth } from "../ports.ts";
import { findDrift } from "./find-drift.ts";

const state = aState(aRelease({ sha: shas.old }));
const asRecorded: LiveWebLook = { web: state.web, epoch: 17, etag: "17" };
const task = (image: ReturnType<typeof imageOf> | null, health: TaskHealth = "healthy") => ({
  id: "api-1",
  image,
  health,
});
const drift = (look: ServiceLook | Error, live = asRecorded) =>
  findDrift(
    {
      services: {
        inspect: async () => {
          if (look instanceof Error) throw look;
          return look;
        },
      },
      web: { readLive: async () => live },
    } as unknown as EnvironmentPorts,
    state,
  );
const looks = (fields: Partial<ServiceLook>) => aServiceLook(fields);

test.each([
  { name: "as recorded", look: looks({}), says: null },
  { name: "restarted just now", look: looks({ tasks: [task(imageOf(shas.old), "starting")] }), says: null },
  { name: "idle, as it should be", look: looks({ tasks: [], tasksWanted: 0 }), says: null },
  { name: "down", look: looks({ tasks: [] }), says: "api has 0 of 2 tasks up" },
  {
    name: "not healthy",
    look: looks({ tasks: [task(imageOf(shas.old)), task(imageOf(shas.old), "unhealthy")] }),
    says: "api has 1 of 2 tasks up",
  },
  {
    name: "changed in its folder",
    look: looks({ tasks: [{ ...task(imageOf(shas.new)), edited: { image: imageOf(shas.old), path: "server.js" } }] }),
    says: "api has a task whose server.js was changed",
  },
  {
    name: "another release, draining",
    look: looks({ tasks: [task(imageOf(shas.old)), task(imageOf(shas.new), "draining")] }),
    says: null,
  },
  { name: "set to another release", look: aServiceLook({ sha: shas.new }), says: "api runs 1f6ac3d" },
  { name: "set to nothing", look: looks({ wanted: null }), says: "api runs nothing" },
  { name: "somebody else's", look: looks({ wanted: "unknown-revision" }), says: "api runs bytes of no release" },
  {
    name: "a task of other bytes",
    look: looks({ tasks: [task(imageOf(shas.old)), task(imageOf(shas.new))] }),
    says: "api has a task that runs other bytes",
  },
])("a service that is $name: $says", async ({ look, says }) => {
  expect(await drift(look)).toBe(says);
});

test("pages that are another release's, or gone, are drift", async () => {
  const { web } = aState(aRelease({ sha: shas.new }));
  expect(await drift(aServiceLook(), { ...asRecorded, web })).toBe("pages are those of 1f6ac3d");
  expect(await drift(aServiceLook(), { ...asRecorded, web: null })).toBe("pages are none");
});

test("a task whose bytes are not told is no answer", async () => {
  await expect(drift(looks({ tasks: [task(null)] }))).rejects.toThrow("which bytes its tasks run is not told");
});

test("a retired service that runs again is drift", async () => {
  const retired = { services: { api: null }, web: state.web } as unknown as typeof state;
  const ask = (look: ServiceLook) =>
    findDrift(
      {
        services: { inspect: async () => look },
        web: { readLive: async () => asRecorded },
      } as unknown as EnvironmentPorts,
      retired,
    );
  expect(await ask(looks({ wanted: null, tasks: [] }))).toBeNull();
  expect(await ask(looks({}))).toBe("api still runs");
});

test("what cannot be looked at is no answer", async () => {
  const error = new PortError("inspect api", "none", "the platform does not answer");
  await expect(drift(error)).rejects.toBe(error);
});
