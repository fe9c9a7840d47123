import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { until } from "../../../test/until.ts";
import type { Digest, ServiceName, Sha } from "../../identifiers.ts";
import type { Placement } from "./desired-state.ts";
import { Fleet } from "./fleet.ts";
import { Instance } from "./instance.ts";
import type { SealedFolder } from "./sealed-folder.ts";

const image = `sha256:${"0".repeat(64)}` as Digest;
const placement: Placement = {
  shape: {
    name: "worker" as ServiceName,
    run: [process.execPath, "-e", "setInterval(() => undefined, 1000)"],
    port: null,
    paths: [],
    // Over before the process is even started.
    health: { kind: "uptime", seconds: 0.000_001 },
    startTimeoutSeconds: 10,
    drainTimeoutSeconds: 1,
    instances: 1,
    smoke: [],
  },
  revision: { sha: "0".repeat(40) as Sha, image, template: image },
};
const guard = { mark: {}, watch: async () => undefined, forget: () => undefined };
const files = { folder: tmpdir(), edited: async () => null } as unknown as SealedFolder;

const instanceOf = (shape: Placement["shape"], onHealth: () => void) =>
  new Instance({ shape, image, files, port: null, variables: {}, secrets: [], guard, log: () => undefined }, onHealth);

test("an instance that is healthy as soon as it is started counts", async () => {
  const failures: unknown[] = [];
  let changes = 0;
  const fleet = new Fleet(placement, async ({ shape }, onHealth) => instanceOf(shape, onHealth), {
    failed: (cause) => void failures.push(cause),
    changed: () => {
      changes += fleet.isComplete ? 1 : 0;
    },
  });
  onTestFinished(() => fleet.stop(0, 1));
  fleet.start();
  await until(
    () => changes,
    (count) => count > 0,
    5,
  );
  expect(failures).toEqual([]);
});

test("an instance that is being started is told apart from none", async () => {
  const prepared = Promise.withResolvers<void>();
  const fleet = new Fleet(
    placement,
    async ({ shape }, onHealth) => {
      await prepared.promise;
      return instanceOf(shape, onHealth);
    },
    { failed: () => undefined, changed: () => undefined },
  );
  onTestFinished(() => fleet.stop(0, 1));
  fleet.start();
  expect([fleet.launching, fleet.instances.length]).toEqual([1, 0]);
  prepared.resolve();
  await until(
    () => fleet.instances.length,
    (count) => count === 1,
    5,
  );
  expect(fleet.launching).toBe(0);
});
