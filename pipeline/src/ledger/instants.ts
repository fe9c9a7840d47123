import type { Instant } from "../identifiers.ts";

export const millisecondsBetween = (earlier: Instant, later: Instant): number =>
  Date.parse(later) - Date.parse(earlier);

export const plusMilliseconds = (instant: Instant, milliseconds: number): Instant =>
  new Date(Date.parse(instant) + milliseconds).toISOString() as Instant;

export const laterOf = (a: Instant, b: Instant): Instant => (a > b ? a : b);
