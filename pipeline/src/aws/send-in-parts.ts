import type { CompleteMultipartUploadCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

export type PutCondition = { readonly IfNoneMatch: "*" } | { readonly IfMatch: string };

/** From here on a lost connection should not cost the whole (S3's own advice is 100 MB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html). */
const largeBytes = 16 * 2 ** 20;
const partBytes = 8 * 2 ** 20;

export const isLarge = (body: Uint8Array): boolean => body.length > largeBytes;

/** The condition is asked when the parts are put together; parts of an upload that fails are removed. */
export async function sendInParts(
  client: S3Client,
  at: { readonly Bucket: string; readonly Key: string },
  body: Uint8Array,
  condition: PutCondition,
): Promise<CompleteMultipartUploadCommandOutput> {
  const params = { ...at, ...condition, Body: body, ChecksumAlgorithm: "SHA256" as const };
  return await new Upload({ client, params, partSize: partBytes, queueSize: 4 }).done();
}
