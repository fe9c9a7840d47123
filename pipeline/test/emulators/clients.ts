import { createS3Clients, type S3Clients } from "../../src/aws/s3-client.ts";

export const region = "eu-central-1";
/** Of nobody: the emulators take any. */
export const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "not-a-secret" };

export const s3ClientsAt = (endpoint: string): S3Clients => createS3Clients({ endpoint, region, credentials });
