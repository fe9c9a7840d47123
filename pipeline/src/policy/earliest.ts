import type { Instant } from "../identifiers.ts";
import { clearOf, nextFreeze } from "./freeze.ts";
import type { Earliest, FreezeWindow, Reason } from "./policy.ts";

/**
 * When everything that clears by itself has cleared, and no freeze has begun meanwhile. Null when something else stands in
 * the way than time and an approval, or nothing has to clear. `freeze` are the windows that count: none when overridden.
 */
export function earliestEntry(reasons: readonly Reason[], freeze: readonly FreezeWindow[]): Earliest | null {
  const timed = reasons.filter((reason) => reason.code !== "approval" || reason.kind === "unknown");
  const clears = timed.map((reason) => (reason.clearsAt === null ? null : Date.parse(reason.clearsAt)));
  if (clears.length === 0 || clears.includes(null)) return null;
  const at = clearOf(freeze, Math.max(...clears.map(Number)));
  if (at === null) return null;
  const next = nextFreeze(freeze, at);
  return {
    at: toInstant(at),
    until: next && toInstant(next.from),
    freeze: next?.window.name ?? null,
    onceApproved: timed.length < reasons.length,
  };
}

export const toInstant = (milliseconds: number): Instant => new Date(milliseconds).toISOString() as Instant;
