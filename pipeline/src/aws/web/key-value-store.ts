import {
  type CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ListKeysCommand,
  UpdateKeysCommand,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
import "@aws-sdk/signature-v4a";
import { PortError } from "../../errors.ts";
import type { Permit } from "../../ports.ts";
import { awsCodeOf, statusOf } from "../aws-error.ts";
import { underPermit } from "../under-permit.ts";

/** Most of one UpdateKeys, which is all or nothing (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html). */
export const mostChanges = 50;

export interface StoreLook {
  /** Of the whole store: any write of anybody changes it. */
  readonly etag: string;
  readonly bytes: number;
}
/** A key with its value; null: it goes. */
export type Change = readonly [key: string, value: string | null];

/** One KeyValueStore of CloudFront. Its requests are signed for all regions at once (SigV4A), which the import above teaches the SDK. */
export class KeyValueStore {
  readonly #client: CloudFrontKeyValueStoreClient;
  readonly #at: { readonly KvsARN: string };

  constructor(client: CloudFrontKeyValueStoreClient, arn: string) {
    this.#client = client;
    this.#at = { KvsARN: arn };
  }

  async look(): Promise<StoreLook> {
    const { ETag, TotalSizeInBytes = 0 } = await this.#client.send(new DescribeKeyValueStoreCommand(this.#at));
    return { etag: known(ETag), bytes: TotalSizeInBytes };
  }

  async get(Key: string): Promise<string | null> {
    try {
      const { Value } = await this.#client.send(new GetKeyCommand({ ...this.#at, Key }));
      return Value ?? null;
    } catch (error) {
      // The same code stands for a store that is not there; that one was looked at before.
      if (awsCodeOf(error) === "ResourceNotFoundException") return null;
      throw error;
    }
  }

  async list(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    let NextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListKeysCommand({ ...this.#at, MaxResults: 50, ...(NextToken === undefined ? {} : { NextToken }) }),
      );
      for (const { Key = "", Value = "" } of page.Items ?? []) found.set(Key, Value);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  }

  /** All or nothing, upon what was seen. Null: something else is there now, perhaps our own write whose answer was lost. */
  async update({ etag }: StoreLook, changes: readonly Change[], permit: Permit): Promise<StoreLook | null> {
    const command = new UpdateKeysCommand({
      ...this.#at,
      IfMatch: etag,
      Puts: changes.flatMap(([Key, Value]) => (Value === null ? [] : [{ Key, Value }])),
      Deletes: changes.flatMap(([Key, Value]) => (Value === null ? [{ Key }] : [])),
    });
    try {
      const output = await this.#client.send(underPermit(command, permit), { abortSignal: permit.signal });
      return { etag: known(output.ETag), bytes: output.TotalSizeInBytes ?? 0 };
    } catch (error) {
      if (awsCodeOf(error) === "ConflictException" || statusOf(error) === 412) return null;
      throw error;
    }
  }
}

function known(etag: string | undefined): string {
  if (etag === undefined) throw new PortError("web.readLive", "possible", "the KeyValueStore tells no ETag");
  return etag;
}
