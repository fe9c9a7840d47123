import { expect, test } from "vitest";
import { aPolicy, instantOf, shas } from "../../test/builders.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import type { Sha } from "../identifiers.ts";
import type { CommitRelation, SourceControl } from "../ports.ts";
import { publishPolicy, readPolicy } from "./publish-policy.ts";

const { policy } = aPolicy();
const changed = { ...policy, rollbackWindow: policy.rollbackWindow + 1 };
/** Oldest first; `lost` are commits that a rewritten branch no longer has. */
function aBranch(commits: readonly Sha[], lost: readonly Sha[] = []): SourceControl {
  return {
    async relation(from, to): Promise<CommitRelation> {
      if (from === to) return "same";
      if (lost.includes(from) || lost.includes(to)) return "diverged";
      const [a, b] = [commits.indexOf(from), commits.indexOf(to)];
      return a < 0 || b < 0 ? "unknown" : a < b ? "ahead" : "behind";
    },
    onBranch: async (sha, branch) => (branch === policy.branch ? commits.includes(sha) : false),
    between: async () => [],
  };
}
const source = aBranch([shas.older, shas.old, shas.new]);
const aStore = () => new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));

test("the policy of a commit on the branch is in force, and every version stays readable", async () => {
  const store = aStore();
  expect(await readPolicy(store)).toBeNull();
  expect(await publishPolicy({ store, source }, { policy, sha: shas.old })).toMatchObject({ changed: true });
  const first = await readPolicy(store);
  expect(first?.policy).toEqual(policy);
  expect(await publishPolicy({ store, source }, { policy: changed, sha: shas.new })).toMatchObject({ changed: true });
  expect((await readPolicy(store))?.policy).toEqual(changed);
  expect(await store.list("policies/")).toHaveLength(2);
  expect(await store.list("policies/")).toContain(`policies/${first?.digest.slice(7)}.json`);
});

test("the same policy has the same digest, whichever commit it comes from", async () => {
  const store = aStore();
  await publishPolicy({ store, source }, { policy, sha: shas.old });
  const before = await readPolicy(store);
  expect(await publishPolicy({ store, source }, { policy, sha: shas.new })).toMatchObject({ changed: false });
  expect(await readPolicy(store)).toEqual(before);
});

test("an older commit does not take back what a newer one has put in force", async () => {
  const store = aStore();
  await publishPolicy({ store, source }, { policy: changed, sha: shas.old });
  // Equal to what was in force, and newer: from here on it is the older commit that has to give way.
  await publishPolicy({ store, source }, { policy: changed, sha: shas.new });
  expect(await publishPolicy({ store, source }, { policy, sha: shas.old })).toEqual({
    status: "kept",
    because: "older",
  });
  expect((await readPolicy(store))?.policy).toEqual(changed);
});

test("a commit off the branch changes nothing, whatever branch it names itself", async () => {
  const store = aStore();
  await publishPolicy({ store, source }, { policy, sha: shas.old });
  const own = { ...changed, branch: "attack" };
  expect(await publishPolicy({ store, source }, { policy: own, sha: shas.newest })).toMatchObject({ status: "kept" });
  expect((await readPolicy(store))?.policy).toEqual(policy);
});

test("a branch that was rewritten is followed", async () => {
  const store = aStore();
  await publishPolicy({ store, source }, { policy, sha: shas.old });
  const rewritten = aBranch([shas.older, shas.newest], [shas.old]);
  expect(await publishPolicy({ store, source: rewritten }, { policy: changed, sha: shas.newest })).toMatchObject({
    status: "in-force",
  });
});

test("a store of a newer format is left alone", async () => {
  const store = aStore();
  store.plant("policy.json", '{"format":2,"version":9}');
  await expect(readPolicy(store)).rejects.toMatchObject({ code: "engine-too-old" });
  await expect(publishPolicy({ store, source }, { policy, sha: shas.new })).rejects.toMatchObject({
    code: "engine-too-old",
  });
  expect(await store.list("")).toEqual(["policy.json"]);
});
