import type { Digest } from "../identifiers.ts";
import { canonicalJson, sha256 } from "../release/canonical-json.ts";

/**
 * What the runner is told to find applied, as one word (`SLIPWAY_EXPECT`): the digest of the names' set, whatever their
 * order. The ledger keeps the order of application; a database that was restored may list another.
 */
export function expectationOf(names: readonly string[]): Digest {
  return sha256(canonicalJson([...new Set(names)].toSorted()));
}
