import type { EnvironmentName } from "../identifiers.ts";

const folderOf = (environment: EnvironmentName): string => `environments/${environment}`;

export const leaseKey = (environment: EnvironmentName): string => `${folderOf(environment)}/lease.json`;
export const currentKey = (environment: EnvironmentName): string => `${folderOf(environment)}/current.json`;
export const holdKey = (environment: EnvironmentName): string => `${folderOf(environment)}/hold.json`;
export const historyPrefix = (environment: EnvironmentName): string => `${folderOf(environment)}/history/`;

/** Ten digits, so that the order of names is the order of numbers. */
export const historyKey = (environment: EnvironmentName, seq: number): string =>
  `${historyPrefix(environment)}${String(seq).padStart(10, "0")}.json`;

const recordName = /^(\d{10})\.json$/;
/** Null: no record's key. */
export function seqOfKey(environment: EnvironmentName, key: string): number | null {
  const match = recordName.exec(key.slice(historyPrefix(environment).length));
  return match?.[1] === undefined ? null : Number(match[1]);
}
