import { PortError } from "../errors.ts";
import type { Digest, Sha } from "../identifiers.ts";
import type { Policy, StoredPolicy } from "../policy/policy.ts";
import { parsePolicy, serialisePolicy } from "../policy/stored-policy.ts";
import type { ObjectStore, SourceControl } from "../ports.ts";
import { sha256 } from "./canonical-json.ts";
import { policyKey, policyVersionKey } from "./store-keys.ts";

export interface PolicyPorts {
  readonly store: ObjectStore;
  readonly source: SourceControl;
}
export type PolicyEnd =
  /** In force now; `changed` says whether it is another one than before. */
  | { readonly status: "in-force"; readonly changed: boolean; readonly digest: Digest }
  /** Left as it is: the commit is not on the configured branch, cannot be placed, or is older than the one in force. */
  | { readonly status: "kept"; readonly because: "off-branch" | "unknown" | "older" };

const mostRaces = 20;

/** @throws UserError `engine-too-old` for a store of a newer format, `store-unusable` for what is no policy. */
export async function readPolicy(store: ObjectStore): Promise<StoredPolicy | null> {
  const stored = await store.get(policyKey);
  if (stored === null) return null;
  const { policy, digest } = parsePolicy(stored.body);
  return { policy, digest };
}

/**
 * Puts a commit's policy in force by compare-and-swap, if the commit is on the branch that the store's policy (or, for a
 * first one, its own) names, and does not come before the commit in force. Every version is kept by its digest.
 */
export async function publishPolicy(
  { store, source }: PolicyPorts,
  { policy, sha }: { readonly policy: Policy; readonly sha: Sha },
): Promise<PolicyEnd> {
  const version = serialisePolicy(policy);
  const digest = sha256(version);
  for (let race = 0; race < mostRaces; race += 1) {
    const stored = await store.get(policyKey);
    const inForce = stored === null ? null : parsePolicy(stored.body);
    // The branch in force decides: a commit cannot vote itself in by naming another branch.
    const onBranch = await source.onBranch(sha, inForce?.policy.branch ?? policy.branch);
    if (onBranch !== true) return { status: "kept", because: onBranch === null ? "unknown" : "off-branch" };
    if (inForce !== null && inForce.sha !== null) {
      const relation = await source.relation(inForce.sha, sha);
      if (relation === "behind") return { status: "kept", because: "older" };
      // A branch that was rewritten has lost the commit in force; otherwise the two are sides of a merge.
      const rewritten =
        relation === "diverged" && (await source.onBranch(inForce.sha, inForce.policy.branch)) === false;
      if (relation === "unknown" || (relation === "diverged" && !rewritten))
        return { status: "kept", because: "unknown" };
      if (relation === "same" && inForce.digest === digest) return { status: "in-force", changed: false, digest };
    }
    // Before it is in force: whoever records this digest must be able to look it up.
    await store.putIfAbsent(policyVersionKey(digest), version);
    const body = serialisePolicy(policy, sha);
    const put = await (stored === null
      ? store.putIfAbsent(policyKey, body)
      : store.putIfMatch(policyKey, body, stored.etag));
    if (put.status === "written") return { status: "in-force", changed: inForce?.digest !== digest, digest };
  }
  throw new PortError(`put ${policyKey}`, "none", `lost ${mostRaces} races in a row`);
}
