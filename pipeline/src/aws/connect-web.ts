import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudFrontKeyValueStoreClient } from "@aws-sdk/client-cloudfront-keyvaluestore";
import { parseBucketAddress } from "../config/bucket-address.ts";
import type { WebHost } from "../ports.ts";
import { noWeb } from "./absent-parts.ts";
import type { ClientOptions } from "./client-options.ts";
import type { Connection } from "./connect.ts";
import { createS3Clients } from "./s3-client.ts";
import { CloudFrontWebHost } from "./web-host.ts";

/** Of what may be asked again; what may not says so itself. */
const retries = { retryMode: "standard", maxAttempts: 4 } as const;
const patience = { connectionTimeout: 3_000, requestTimeout: 12_000, throwOnRequestTimeout: true };

/** Pages in a bucket behind CloudFront. */
export function connectWeb({ target, store, site, options }: Connection): WebHost {
  if (site.web === null) return noWeb(target.environment);
  const { bucket, prefix, distribution, keyValueStore: arn } = site.web;
  const client = (): Options => ({ ...options, ...retries, requestHandler: patience });
  return new CloudFrontWebHost({
    s3: createS3Clients(options).records,
    cloudFront: new CloudFrontClient(client()),
    store,
    blobs: parseBucketAddress(store.address),
    bucket,
    prefix,
    distribution,
    keyValueStore: arn === null ? null : { client: keyValueStoreClient(client()), arn },
  });
}

type Options = ClientOptions & typeof retries & { readonly requestHandler: typeof patience };

/** The SDK puts the account in front of any host, as the real service has it: a gateway or an emulator has one host for all. */
function keyValueStoreClient(options: Options): CloudFrontKeyValueStoreClient {
  const { endpoint } = options;
  if (endpoint === undefined) return new CloudFrontKeyValueStoreClient(options);
  const client = new CloudFrontKeyValueStoreClient({ ...options, endpoint: "https://replaced.invalid" });
  const { protocol, hostname, port } = new URL(endpoint);
  client.middlewareStack.add(
    (next) => (input) => {
      const to = { protocol, hostname, ...(port === "" ? {} : { port: Number(port) }) };
      Object.assign((input as { readonly request: object }).request, to);
      return next(input);
    },
    // Before the header says the host, and before it is signed.
    { name: "oneHost", step: "build", priority: "high" },
  );
  return client;
}
