import { randomBytes } from "node:crypto";
import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateKeyValueStoreCommand,
  type DistributionConfig,
} from "@aws-sdk/client-cloudfront";
import { CloudFrontKeyValueStoreClient } from "@aws-sdk/client-cloudfront-keyvaluestore";
import type { FinalizeHandlerArguments } from "@smithy/types";
import { S3ObjectStore } from "../../src/aws/object-store.ts";
import { CloudFrontWebHost, type CloudFrontWebHostInput } from "../../src/aws/web-host.ts";
import { canonicalBytes, sha256 } from "../../src/release/canonical-json.ts";
import { blobKey } from "../../src/release/store-keys.ts";
import type { SampleFile, SampleRelease } from "../web/web-world.ts";
import { credentials, region, s3ClientsAt } from "./clients.ts";
import { openBucket } from "./open-bucket.ts";

export interface EmulatedWeb {
  readonly bucket: string;
  readonly input: CloudFrontWebHostInput;
  /** Another process, whose requests go elsewhere. */
  hostAt(endpoint: string): CloudFrontWebHost;
  publish(files: readonly SampleFile[], release: SampleRelease): Promise<void>;
}
export interface WebOptions {
  readonly switched: "pointer" | "sync";
  /** Where bytes of releases are: copied by S3, or read through this process. */
  readonly bytes: "copied" | "read";
}

const prefix = "apps/web";

/** A bucket with releases, one with the pages of an environment, a distribution and perhaps a key-value store, on an emulator. */
export async function openWeb(emulator: string, { switched, bytes }: WebOptions): Promise<EmulatedWeb> {
  const clients = s3ClientsAt(emulator);
  const bucket = await openBucket(clients.records);
  const blobs = { bucket: await openBucket(clients.records), prefix: "apps/store" };
  const store = new S3ObjectStore({ clients, ...blobs });
  const cloudFront = cloudFrontAt(emulator);
  const distribution = await openDistribution(cloudFront);
  const arn = switched === "pointer" ? await openKeyValueStore(cloudFront) : null;
  const inputAt = (endpoint: string): CloudFrontWebHostInput => ({
    s3: s3ClientsAt(endpoint).records,
    cloudFront: cloudFrontAt(endpoint),
    store,
    blobs: bytes === "copied" ? blobs : null,
    bucket,
    prefix,
    distribution,
    keyValueStore: arn === null ? null : { client: keyValueStoreAt(endpoint), arn },
  });
  return {
    bucket,
    input: inputAt(emulator),
    hostAt: (endpoint) => new CloudFrontWebHost(inputAt(endpoint)),
    publish: async (files, { list, revision }) => {
      await store.putIfAbsent(blobKey(revision.digest), canonicalBytes(list));
      for (const { content } of files)
        await store.putIfAbsent(blobKey(sha256(content)), new TextEncoder().encode(content));
    },
  };
}

/**
 * moto writes COMPLETED where CloudFront writes Completed
 * (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Invalidation.html): it is read as CloudFront writes it.
 */
export function cloudFrontAt(endpoint: string): CloudFrontClient {
  const client = new CloudFrontClient({ endpoint, region, credentials });
  client.middlewareStack.add(
    (next) => async (input) => {
      const result = await next(input);
      const { Invalidation } = result.output as { readonly Invalidation?: { Status?: string } };
      if (Invalidation?.Status === "COMPLETED") Invalidation.Status = "Completed";
      return result;
    },
    { name: "asDocumented", step: "initialize" },
  );
  return client;
}

/** The real service has a host for each account; an emulator has one for all. */
export function keyValueStoreAt(endpoint: string): CloudFrontKeyValueStoreClient {
  const { hostname, port } = new URL(endpoint);
  const client = new CloudFrontKeyValueStoreClient({ endpoint: `http://localhost:${port}`, region, credentials });
  client.middlewareStack.add(
    (next) => (input) => {
      Object.assign((input as FinalizeHandlerArguments<object>).request as object, { hostname });
      return next(input);
    },
    { name: "oneHost", step: "build", priority: "low" },
  );
  return client;
}

export async function openKeyValueStore(client: CloudFrontClient): Promise<string> {
  const Name = `web-${randomBytes(4).toString("hex")}`;
  const { KeyValueStore } = await client.send(new CreateKeyValueStoreCommand({ Name }));
  if (KeyValueStore?.ARN === undefined) throw new Error("the key-value store has no ARN");
  return KeyValueStore.ARN;
}

export async function openDistribution(client: CloudFrontClient): Promise<string> {
  const DistributionConfig: DistributionConfig = {
    CallerReference: randomBytes(8).toString("hex"),
    Comment: "pages",
    Enabled: true,
    Origins: {
      Quantity: 1,
      Items: [{ Id: "web", DomainName: "web.s3.amazonaws.com", S3OriginConfig: { OriginAccessIdentity: "" } }],
    },
    DefaultCacheBehavior: {
      TargetOriginId: "web",
      ViewerProtocolPolicy: "redirect-to-https",
      MinTTL: 0,
      ForwardedValues: { QueryString: false, Cookies: { Forward: "none" } },
    },
  };
  const { Distribution } = await client.send(new CreateDistributionCommand({ DistributionConfig }));
  if (Distribution?.Id === undefined) throw new Error("the distribution has no id");
  return Distribution.Id;
}
