import * as z from "zod";
import { type Digest, digestPattern } from "../identifiers.ts";

const digest = z
  .string()
  .regex(digestPattern)
  .transform((text) => text as Digest);

const imageFileSchema = z.strictObject({
  path: z.string().min(1).max(4096),
  mode: z.union([z.literal(0o644), z.literal(0o755)]),
  /** Of the content; of a link's target text. */
  sha256: digest,
  bytes: z.number().int().nonnegative(),
  /** Relative target inside the image; null for a regular file. */
  link: z.string().nullable(),
});
export type ImageFile = z.infer<typeof imageFileSchema>;

/** What an image holds, sorted by path: kept as a blob, so that two builds can be told apart file by file. */
export const imageFileListSchema = z.strictObject({
  version: z.literal(1),
  files: z.array(imageFileSchema).max(250_000),
});
export type ImageFileList = z.infer<typeof imageFileListSchema>;
