import { S3Client } from "@aws-sdk/client-s3";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import { recordServerTime } from "./server-time.ts";

export interface S3ClientOptions {
  /** Default: the SDK's chain (AWS_REGION, the profile). */
  readonly region?: string;
  /** Another S3 than Amazon's; buckets are then named in the path, not in the host. */
  readonly endpoint?: string;
  /** Default: the SDK's chain. */
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
}
/**
 * Records and leases are small, and a beat that comes late costs the lease: they neither wait behind megabytes nor slow down because those were
 * throttled, as the adaptive mode would have them do.
 */
export interface S3Clients {
  readonly records: S3Client;
  readonly blobs: S3Client;
}

/** No byte for this long: the connection is given up, also in the middle of an answer, which no other limit of the SDK covers. */
const silentMilliseconds = 8_000;

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
export function createS3Clients(options: S3ClientOptions = {}): S3Clients {
  return {
    records: createClient(options, { retryMode: "standard", maxAttempts: 4 }),
    blobs: createClient(options, { retryMode: "adaptive", maxAttempts: 5 }),
  };
}

function createClient(
  { region, endpoint, credentials }: S3ClientOptions,
  retries: { readonly retryMode: "standard" | "adaptive"; readonly maxAttempts: number },
): S3Client {
  const agent = { maxSockets: 64, keepAlive: true };
  const client = new S3Client({
    ...retries,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
    // Asked to wait for "100 Continue" the SDK opens sockets without limit, and waits in vain where a gateway never says it.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: 3_000,
      socketTimeout: silentMilliseconds,
      throwOnRequestTimeout: true,
      httpsAgent: agent,
      httpAgent: agent,
    },
  });
  recordServerTime(client);
  return client;
}
