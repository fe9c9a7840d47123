import { expect, test } from "vitest";
import { Simulation } from "../../../test/simulation/simulation.ts";
import { canonicalBytes } from "../../release/canonical-json.ts";
import { retentionKey } from "../../release/store-keys.ts";

test("a release that the collector retired meanwhile is not used, and nothing visible was changed", async () => {
  const simulation = new Simulation();
  await simulation.begin();
  const release = await simulation.publish("aaa1", ["20261101_projects"]);
  const retired = { version: 1, retired: true, publishing: null, pins: {}, bases: {} };
  await simulation.store.putIfAbsent(retentionKey(release.sha), canonicalBytes(retired));
  const { report } = await simulation.run({ sha: release.sha });
  expect(report?.ending).toMatchObject({ kind: "reverted", environment: "unchanged" });
  expect(report?.failure).toMatchObject({ step: "pin-artifacts" });
  expect(simulation.environment.services.size).toBe(0);
});
