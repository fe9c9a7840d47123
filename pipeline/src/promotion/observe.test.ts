import { expect, test } from "vitest";
import { anEnvironmentPolicy, aPolicy, aRequest, aTarget, environmentOf, instantOf } from "../../test/builders.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { aLedger, prod, promotionOf, storeLedger } from "../../test/record-builders.ts";
import { writeTarget } from "../environment/read-target.ts";
import { RefusalError, UserError } from "../errors.ts";
import { nothingYet } from "../ledger/records.ts";
import { type ObservePorts, observe } from "./observe.ts";

const at = instantOf("2026-11-20T12:00");
const last = environmentOf("last");

/** Somebody asks for `last`, above prod, which runs a release by record; prod is connected so. */
async function belowSeenBy(connectBelow: ObservePorts["connectBelow"]) {
  const store = new MemoryObjectStore(() => at);
  await storeLedger(store, aLedger(promotionOf()));
  await writeTarget(store, aTarget({ environment: prod }).target);
  const shared: ObservePorts = {
    store,
    source: { relation: async () => "unknown", onBranch: async () => null, between: async () => null },
    approvals: { list: async () => [] },
    clock: { now: () => at, monotonic: () => 0, sleep: async () => undefined },
    connectBelow,
  };
  const policy = aPolicy({ environments: [prod, last].map((name) => anEnvironmentPolicy({ name })) });
  const request = aRequest({ environment: last });
  const facts = await observe({ shared, ports: null, policy, request, standing: nothingYet, sha: null });
  return facts.below?.status === "known" ? facts.below.value?.disturbed : facts.below;
}

test.each([
  ["of another account", async () => Promise.reject(new RefusalError({ code: "account", message: "another account" }))],
  ["that have expired", async () => Promise.reject(new UserError({ code: "credentials", message: "they expired" }))],
  ["that may not", async () => null],
])("what runs below is not known to credentials %s, and that is no end of the look", async (_name, connectBelow) => {
  expect(await belowSeenBy(connectBelow)).toEqual({
    status: "unknown",
    because: expect.stringMatching(/^look at prod: (?:another account|they expired|these credentials may not)$/),
  });
});

test("a mistake of ours while looking below is not swallowed", async () => {
  await expect(belowSeenBy(async () => Promise.reject(new TypeError("ours")))).rejects.toThrow("ours");
});
