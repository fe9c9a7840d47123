import type { Finding } from "../environment/doctor/finding.ts";
import { UserError } from "../errors.ts";
import { noCredentials } from "./account-guard.ts";
import { troubleOf } from "./aws-error.ts";
import { credentialsAtHand } from "./credentials.ts";
import { examineBucket } from "./examine-bucket.ts";
import { S3ObjectStore } from "./object-store.ts";
import { createS3Clients } from "./s3-client.ts";

export interface BucketPlace {
  readonly bucket: string;
  /** Without a slash at its ends. */
  readonly prefix: string;
  /** Null: that of AWS_REGION or of the profile. */
  readonly region: string | null;
}

export interface StoreOnS3 {
  readonly store: S3ObjectStore;
  /** What the first request to it failed with, as a mistake that a person can mend where it is one. Nothing was changed by then. */
  explain(error: unknown): unknown;
  /** What a bucket must be set to, and nothing but looking at it tells. */
  examine(): Promise<readonly Finding[]>;
}

/** With the credentials at hand, wherever a ladder lies in a bucket. No request is made. */
export function openStore({ bucket, prefix, region }: BucketPlace): StoreOnS3 {
  const endpoint = endpointOf(process.env);
  const clients = createS3Clients({
    credentials: credentialsAtHand,
    ...(region === null ? {} : { region }),
    ...(endpoint === null ? {} : { endpoint }),
  });
  const store = new S3ObjectStore({ clients, bucket, prefix });
  return {
    store,
    explain: (error) => explain(error, store.address, bucket),
    examine: () => examineBucket(clients.records, bucket),
  };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html; asked here too, since other endpoints have buckets by path. */
function endpointOf(variables: NodeJS.ProcessEnv): string | null {
  if (variables.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === "true") return null;
  return variables.AWS_ENDPOINT_URL_S3 || variables.AWS_ENDPOINT_URL || null;
}

function explain(error: unknown, address: string, bucket: string): unknown {
  const trouble = troubleOf(error);
  if (trouble === null) return error;
  const text = `${address}: ${trouble.text}`;
  if (trouble.kind === "credentials") return noCredentials(text);
  const next = {
    bucket: ["aws s3 ls"],
    region: [`aws s3api get-bucket-location --bucket ${bucket}`],
    permission: ["aws sts get-caller-identity"],
    clock: [],
  }[trouble.kind];
  return new UserError({ code: "store-unusable", message: text, next, cause: error });
}
