import { S3Client } from "@aws-sdk/client-s3";
import type { AwsCredentialIdentity } from "@smithy/types";
import { recordServerTime } from "./server-time.ts";

export interface S3ClientOptions {
  /** Default: the SDK's chain (AWS_REGION, the profile). */
  readonly region?: string;
  /** Another S3 than Amazon's; buckets are then named in the path, not in the host. */
  readonly endpoint?: string;
  /** Default: the SDK's chain. */
  readonly credentials?: AwsCredentialIdentity;
}

/** Of one attempt. An object of a release may be large, and is sent in parts of a few megabytes. */
const attemptMilliseconds = 20_000;

/**
 * Four attempts with the SDK's adaptive back-off, which slows down when S3 answers 503; 64 sockets at most
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html). Each object is sent with its SHA-256.
 */
export function createS3Client(options: S3ClientOptions = {}): S3Client {
  const client = new S3Client({
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    maxAttempts: 4,
    retryMode: "adaptive",
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: attemptMilliseconds,
      throwOnRequestTimeout: true,
      httpsAgent: { maxSockets: 64, keepAlive: true },
      httpAgent: { maxSockets: 64, keepAlive: true },
    },
  });
  recordServerTime(client);
  return client;
}
