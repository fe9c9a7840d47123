import * as z from "zod";

/** One line of text that people typed: not empty, no control characters, at most this long. */
export const lineSchema = (limit: number) =>
  z
    .string()
    .min(1)
    .max(limit)
    .regex(/^\P{Cc}*$/u, "holds a control character");
