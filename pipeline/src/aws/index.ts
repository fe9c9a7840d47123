/** The adapters of AWS. */

export { S3ObjectStore } from "./object-store.ts";
export { createS3Client } from "./s3-client.ts";
