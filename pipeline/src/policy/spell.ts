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

/** `1 image`, `2 images`; `many` where that is no more than an s: `1 entry`, `2 entries`. */
export const count = (number: number, noun: string, many = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : many}`;

/** `1 of 1 task runs`, `2 of 3 tasks run`. */
export const countRunning = (right: number, of: number): string =>
  `${right} of ${of} ${of === 1 ? "task runs" : "tasks run"}`;

/** A digest as people see it: with its algorithm, twelve digits. */
export const spellDigest = (digest: Digest): string => `sha256:${shortDigest(digest)}`;

/** Images of services, and the one that only runs migrations, which is none of theirs: `2 images`, `the migration runner`. */
export const spellImages = (services: number, hasRunner: boolean): readonly string[] => [
  ...(services > 0 || !hasRunner ? [count(services, "image")] : []),
  ...(hasRunner ? ["the migration runner"] : []),
];

/** `a`, `a and b`, `a, b and c`. */
export const inWords = (parts: readonly string[]): string =>
  [parts.slice(0, -1).join(", "), ...parts.slice(-1)].filter((part) => part !== "").join(" and ");
