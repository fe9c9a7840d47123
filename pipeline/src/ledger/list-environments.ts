import { type EnvironmentName, environmentNamePattern } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";

/** Environments that the store holds anything of, also those that the ladder no longer names; one listing. */
export async function listEnvironments(store: ObjectStore): Promise<readonly EnvironmentName[]> {
  const keys = await store.list("environments/");
  const names = new Set(keys.map((key) => key.split("/")[1] ?? ""));
  return [...names].filter((name): name is EnvironmentName => environmentNamePattern.test(name));
}
