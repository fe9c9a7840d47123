import { expect, test } from "vitest";
import { environmentOf, shaOf } from "../../../test/builders.ts";
import { Simulation } from "../../../test/simulation/simulation.ts";
import { canonicalBytes } from "../../release/canonical-json.ts";
import { pinRelease, readRetention } from "../../release/collection/retention.ts";
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

test("a pin is set anew by each promotion, also where it is set already: a collector that counts on the old one loses", async () => {
  const { store } = new Simulation();
  const release = shaOf("aaa1");
  const prod = environmentOf("prod");
  await pinRelease(store, release, prod, 3);
  const before = (await store.get(retentionKey(release)))?.etag;
  await pinRelease(store, release, prod, 7);
  expect(await readRetention(store, release)).toMatchObject({ pins: { prod: 7 } });
  expect((await store.get(retentionKey(release)))?.etag).not.toBe(before);
});
