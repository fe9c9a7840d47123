import { type Digest, type Instant, shortDigest } from "../identifiers.ts";

/** `38 s`, `1 min 14 s`, `3 h 12 min`, `4 d 3 h`: two units at most, rounded down; hours up to three days. */
export function spellDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return twoUnits(whole, 60, "min", 1, "s");
  if (whole < 72 * 3600) return twoUnits(whole, 3600, "h", 60, "min");
  return twoUnits(whole, 86_400, "d", 3600, "h");
}

function twoUnits(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ""}`;
}

/** A store time inside a sentence: UTC to the second. Whoever shows it on a terminal may put the reader's zone in its place. */
export const spellInstant = (at: Instant): string => at.replace(/\.\d+Z$/, "Z");

/** `1 image`, `2 images`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** A digest as people see it: with its algorithm, twelve digits. */
export const spellDigest = (digest: Digest): string => `sha256:${shortDigest(digest)}`;
