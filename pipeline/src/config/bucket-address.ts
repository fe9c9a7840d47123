/** Where a store lies in S3. */
export interface BucketAddress {
  readonly bucket: string;
  /** What all its keys begin with, without a slash at its ends. */
  readonly prefix: string;
}

/** Letters that need no escaping in a key (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html), and no segment that means another place. */
const segment = /(?!\.{1,2}(?:\/|$))[A-Za-z0-9!_.*'()-]+/.source;
const pattern = new RegExp(
  `^s3://(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?<prefix>${segment}(?:/${segment})*)/?$`,
);

export const isBucketAddress = (store: string): boolean => store.startsWith("s3://");

/** Of `s3://bucket/prefix`; null: it is none. */
export function parseBucketAddress(store: string): BucketAddress | null {
  const { bucket, prefix } = pattern.exec(store)?.groups ?? {};
  return bucket === undefined || prefix === undefined ? null : { bucket, prefix };
}
