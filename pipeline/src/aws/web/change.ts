import type { Permit } from "../../ports.ts";
import { askAws } from "../aws-error.ts";

/** A call that changes something: a lease that is lost meanwhile is told as that, and not as a failure of AWS. @throws PortError, LeaseLostError */
export async function change<T>(call: string, what: string, permit: Permit, ask: () => Promise<T>): Promise<T> {
  permit.check();
  try {
    return await askAws(call, what, "changes", ask);
  } catch (error) {
    permit.check();
    throw error;
  }
}

/** Copies under way at once: S3 takes thousands a second, a process has 64 connections. */
const atOnce = 16;

/** One after the other in each of sixteen lanes; the first failure ends all. */
export async function eachOf<T>(items: Iterable<T>, act: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items].values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      if (failed) return;
      await act(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  const first = ends.find((end) => end.status === "rejected");
  if (first) throw first.reason;
}
