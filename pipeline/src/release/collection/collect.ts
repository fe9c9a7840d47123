import type { ObjectStore } from "../../ports.ts";
import type { ImageCellar } from "../build-ports.ts";
import { type CollectionAges, usualAges } from "./ages.ts";
import { type Retirement, retireReleases } from "./retire-releases.ts";
import { type Swept, sweepArtifacts } from "./sweep-artifacts.ts";

export interface CollectInput {
  readonly store: ObjectStore;
  readonly images: ImageCellar;
  /** `rollback_window` of the policy in force. */
  readonly window: number;
  readonly ages?: CollectionAges;
  readonly signal?: AbortSignal;
}
export interface Collection {
  readonly releases: readonly Retirement[];
  readonly swept: Swept;
}

/**
 * One collection: releases that nothing needs are retired, then what no release lists is removed. May run beside builds,
 * promotions and other collections, and may be killed anywhere: the next one goes on.
 * @throws PortError, BrokenChainError; the abort reason of `signal`, between two removals.
 */
export async function collect({ ages = usualAges, ...input }: CollectInput): Promise<Collection> {
  const releases = await retireReleases({ ...input, ages });
  return { releases, swept: await sweepArtifacts({ ...input, ages }) };
}
