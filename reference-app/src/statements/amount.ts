/**
 * What `minutes` cost at a rate an hour, in cents, rounded half to even. Integers alone: a binary fraction has no
 * exact half, and the one rounding is of the whole, so cents do not pile up.
 */
export function amountCents(minutes: bigint, hourlyRateCents: bigint): bigint {
  if (minutes < 0n || hourlyRateCents < 0n) throw new RangeError("minutes and rate are not negative");
  const sixtieths = minutes * hourlyRateCents;
  const whole = sixtieths / 60n;
  const twice = (sixtieths % 60n) * 2n;
  if (twice > 60n || (twice === 60n && whole % 2n === 1n)) return whole + 1n;
  return whole;
}

/** `123456n` is `1234.56`. */
export function formatCents(cents: bigint): string {
  const digits = cents.toString().padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
