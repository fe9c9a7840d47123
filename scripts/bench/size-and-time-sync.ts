/** A file of a folder that is to be published, or an object of the live bucket. */
export interface SyncFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970: of the file's last change, or of the object's upload. */
  readonly time: number;
  readonly content: string;
}
export type Bucket = ReadonlyMap<string, SyncFile>;

/**
 * How a tool decides without reading what it compares.
 * `newer`: the size differs, or the file is newer than the object, whose time is that of its upload; the listing tells both
 * (https://github.com/aws/aws-cli/blob/v2/awscli/customizations/s3/syncstrategy/base.py).
 * `kept-time`: the size or the file's own time differs, which was kept beside the object and must be asked for object by
 * object where the sizes agree (https://rclone.org/s3/#avoiding-head-requests-to-read-the-modification-time).
 */
export type SyncRule = "newer" | "kept-time";

export interface SyncRun {
  readonly bucket: Bucket;
  readonly lists: number;
  readonly heads: number;
  readonly puts: number;
  /** Files of the folder whose object has other bytes afterwards. */
  readonly wrong: readonly string[];
}

/** Keys that one listing call answers (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html). */
const keysPerList = 1_000;

/** Copies a folder over a bucket as of the moment `at`; nothing is deleted, since open tabs still ask for old assets. */
export function syncFolder(folder: readonly SyncFile[], bucket: Bucket, rule: SyncRule, at: number): SyncRun {
  const after = new Map(bucket);
  let heads = 0;
  let puts = 0;
  for (const file of folder) {
    const live = bucket.get(file.path);
    if (live && live.bytes === file.bytes) {
      if (rule === "kept-time") heads += 1;
      if (rule === "newer" ? live.time >= file.time : live.time === file.time) continue;
    }
    puts += 1;
    after.set(file.path, { ...file, time: rule === "newer" ? at : file.time });
  }
  const wrong = folder.filter(({ path, content }) => after.get(path)?.content !== content).map(({ path }) => path);
  return { bucket: after, lists: Math.max(1, Math.ceil(bucket.size / keysPerList)), heads, puts, wrong };
}
