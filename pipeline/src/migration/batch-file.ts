import * as z from "zod/mini";

/** Where the runner and its input are, from the image's root, which is its working directory. */
export const runnerPath = ".slipway/migrate.mjs";
export const batchFilePath = ".slipway/migrations.json";

const path = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(500),
    z.regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\p{Cc}\\]*$/u, "a path inside the image"),
  );

/** `.slipway/migrations.json`: what `promote build` puts beside the runner. Zod's small build: it travels in each image. */
export const batchFileSchema = z.strictObject({
  version: z.literal(1),
  engine: z.enum(["knex", "sql"]),
  /** From the image's root. */
  folder: path,
  /** In the order in which they run. */
  files: z
    .array(
      z.strictObject({
        name: z.string().check(z.minLength(1), z.maxLength(200), z.regex(/^[^\p{Cc}/\\]+$/u)),
        /** In the folder; a path from the image's root, through the folder, means the same. */
        file: path,
        /** Of the bytes in the image. */
        sha256: z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/)),
      }),
    )
    .check(z.maxLength(5_000)),
  /** Name of the variable that holds the database's address. */
  database: z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)),
  /** For one attempt at one file. */
  lockTimeoutMilliseconds: z.number().check(z.positive(), z.maximum(86_400_000)),
  /** How long to wait for another runner, at most. */
  timeoutSeconds: z.number().check(z.positive(), z.maximum(86_400)),
});
export type BatchFile = z.infer<typeof batchFileSchema>;
export type BatchEntry = BatchFile["files"][number];

/** Path of a migration from the image's root. */
export const pathInImage = ({ folder }: Pick<BatchFile, "folder">, { file }: Pick<BatchEntry, "file">): string => {
  const below = folder.replace(/^\.\//, "").replace(/\/+$/, "");
  return below === "" || below === "." || file.startsWith(`${below}/`) ? file : `${below}/${file}`;
};
