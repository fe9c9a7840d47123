import * as z from "zod";
import { type Digest, digestPattern } from "../identifiers.ts";

const segment = /(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@+~()[\]=,-]+/.source;
/**
 * Path grammar of a web release (facts/reliability-performance.md §2.2): safe characters, no `.` or `..` segment, at most
 * 32 segments and 200 bytes.
 */
export const webPathPattern = new RegExp(`^(?!.{201})(?:${segment}/){0,31}${segment}$`);

export const webFileSchema = z.strictObject({
  path: z.string().regex(webPathPattern),
  sha256: z
    .string()
    .regex(digestPattern)
    .transform((text) => text as Digest),
  bytes: z.number().int().nonnegative(),
  /** asset: declared, hashed name, immutable, kept for open tabs. entry: every other file, switched last. */
  role: z.enum(["asset", "entry"]),
});
export type WebFile = z.infer<typeof webFileSchema>;

/** More than this is a mistake: a whole node_modules, or a folder of uploads. */
export const mostWebFiles = 100_000;

export const webFileListSchema = z.strictObject({
  version: z.literal(1),
  /** Entry that answers page navigations without a file of their own. */
  fallback: z.string().nullable(),
  files: z.array(webFileSchema).max(mostWebFiles),
});
/** Every file of a web release; its canonical bytes are a blob, whose digest names the web release. */
export type WebFileList = z.infer<typeof webFileListSchema>;

export const entriesOf = ({ files }: WebFileList): readonly WebFile[] => files.filter(({ role }) => role === "entry");
