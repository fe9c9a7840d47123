import type { CompleteMultipartUploadCommandOutput, PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

export type PutCondition = { readonly IfNoneMatch: "*" } | { readonly IfMatch: string };

/** From here on a lost connection should not cost the whole (S3's own advice is 100 MB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html). */
const largeBytes = 16 * 2 ** 20;
/** Requests are sent in pieces of this size at most. */
export const partBytes = 8 * 2 ** 20;

export const isLarge = (body: Uint8Array): boolean => body.length > largeBytes;

/** The condition is asked when the parts are put together; parts of an upload that fails are removed. */
export async function sendInParts(
  client: S3Client,
  input: Omit<PutObjectCommandInput, "Body">,
  body: Uint8Array,
  /** Aborts what is under way, and sends no further part. */
  signal?: AbortSignal,
): Promise<CompleteMultipartUploadCommandOutput> {
  const params = { ...input, Body: body, ChecksumAlgorithm: "SHA256" as const };
  const upload = new Upload({ client, params, partSize: partBytes, queueSize: 4 });
  const abort = (): void => void upload.abort();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await upload.done();
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
