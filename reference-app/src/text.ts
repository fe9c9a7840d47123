import { z } from "zod";

/** Text that Postgres can hold and a page can show: no control character (NUL is an error there), no lone surrogate. */
export function text(maximum: number) {
  return z
    .string()
    .trim()
    .max(maximum)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), "has a character that is not text");
}

/** A day as `YYYY-MM-DD`; the year 0 of ISO 8601 does not exist in Postgres. */
export const day = z.iso
  .date("is a day, YYYY-MM-DD")
  .refine((value) => value >= "1970-01-01", "is a day since 1970-01-01");
