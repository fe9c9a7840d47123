import { randomBytes } from "node:crypto";
import { CreateBucketCommand, PutBucketVersioningCommand, type S3Client } from "@aws-sdk/client-s3";
import { region } from "./clients.ts";

/** A new bucket, with versioning unless told otherwise. */
export async function openBucket(client: S3Client, options: { readonly versions?: boolean } = {}): Promise<string> {
  const Bucket = `slipway-${randomBytes(6).toString("hex")}`;
  await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
  if (options.versions ?? true)
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  return Bucket;
}
