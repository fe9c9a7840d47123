import { createHash } from "node:crypto";
import type { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import type { CloudFrontKeyValueStoreClient } from "@aws-sdk/client-cloudfront-keyvaluestore";
import type { S3Client } from "@aws-sdk/client-s3";

interface StoredFile {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}
interface Sent {
  readonly input: Record<string, unknown>;
  readonly constructor: { readonly name: string };
}

/**
 * S3, CloudFront and one KeyValueStore in memory, for thousands of promotions. What it answers is what the API pages say:
 * PutObject and CopyObject take If-None-Match and If-Match and answer 412 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html);
 * no emulator knows the condition on a copy's destination. UpdateKeys is all or nothing, at most 50 pairs of at most 1 KB, and answers
 * ConflictException to another etag. CreateInvalidation answers a caller reference that it knows with the invalidation that it stands for.
 */
export class ScriptedAws {
  readonly files = new Map<string, StoredFile>();
  readonly values = new Map<string, string>();
  /** Names of the commands that were asked. */
  readonly calls: string[] = [];
  /** Asked before each call and after it; what it throws takes the place of the answer. */
  interrupt: (moment: "before" | "after", call: number) => void = () => undefined;
  /** Whether who copies may read where files come from. */
  mayCopy = true;
  readonly #invalidations = new Map<string, { readonly id: string; readonly paths: string }>();
  #etag = 1;

  readonly s3 = this.#client() as S3Client;
  readonly cloudFront = this.#client() as CloudFrontClient;
  readonly keyValueStore = this.#client() as CloudFrontKeyValueStoreClient;

  put(key: string, bytes: Uint8Array): void {
    this.files.set(key, { bytes, contentType: undefined, cacheControl: undefined, metadata: {} });
  }

  #client(): unknown {
    return {
      send: async (command: Sent) => {
        const call = this.calls.push(command.constructor.name.replace(/Command$/, ""));
        this.interrupt("before", call);
        const output = this.#answer(command.constructor.name, command.input as Record<string, string>);
        this.interrupt("after", call);
        return { ...output, $metadata: { serverDate: "Sun, 22 Nov 2026 07:00:00 GMT" } };
      },
    };
  }

  #answer(name: string, input: Record<string, string>): Record<string, unknown> {
    const key = `${input.Bucket}/${input.Key}`;
    switch (name) {
      case "GetObjectCommand":
        return this.#read(key, "NoSuchKey");
      case "HeadObjectCommand":
        return this.#read(key, "NotFound");
      case "PutObjectCommand":
        return this.#write(key, input, input.Body as unknown as Uint8Array);
      case "CopyObjectCommand": {
        if (!this.mayCopy) refuse("AccessDenied", 403);
        const source = this.files.get(input.CopySource ?? "") ?? refuse("NoSuchKey", 404);
        return this.#write(key, input, source.bytes);
      }
      case "DescribeKeyValueStoreCommand":
        return { ETag: `e${this.#etag}`, TotalSizeInBytes: this.#size() };
      case "GetKeyCommand":
        return { Value: this.values.get(input.Key ?? "") ?? refuse("ResourceNotFoundException", 404) };
      case "ListKeysCommand":
        return { Items: [...this.values].map(([Key, Value]) => ({ Key, Value })) };
      case "UpdateKeysCommand":
        return this.#update(input as unknown as Update);
      case "CreateInvalidationCommand":
        return this.#invalidate(input as unknown as Invalidation);
      case "GetInvalidationCommand": {
        const [reference] = [...this.#invalidations].find(([, { id }]) => id === input.Id) ?? [];
        return { Invalidation: { Status: "Completed", InvalidationBatch: { CallerReference: reference } } };
      }
      case "ListInvalidationsCommand": {
        const Items = [...this.#invalidations.values()].map(({ id }) => ({ Id: id, CreateTime: new Date(0) }));
        return { InvalidationList: { Items, IsTruncated: false } };
      }
      default:
        throw new Error(`${name} is not scripted`);
    }
  }

  #read(key: string, code: string): Record<string, unknown> {
    const file = this.files.get(key) ?? refuse(code, 404);
    return {
      Body: { transformToByteArray: async () => file.bytes },
      ETag: etagOf(file.bytes),
      LastModified: new Date(0),
      Metadata: file.metadata,
      ContentType: file.contentType,
      ChecksumSHA256: createHash("sha256").update(file.bytes).digest("base64"),
    };
  }

  #write(key: string, input: Record<string, unknown>, bytes: Uint8Array): Record<string, unknown> {
    const there = this.files.get(key);
    if (input.IfNoneMatch === "*" && there) refuse("PreconditionFailed", 412);
    if (input.IfMatch !== undefined && !there) refuse("NoSuchKey", 404);
    if (input.IfMatch !== undefined && there && etagOf(there.bytes) !== input.IfMatch)
      refuse("PreconditionFailed", 412);
    this.files.set(key, {
      bytes,
      contentType: input.ContentType as string | undefined,
      cacheControl: input.CacheControl as string | undefined,
      metadata: input.Metadata as Record<string, string>,
    });
    const ChecksumSHA256 = createHash("sha256").update(bytes).digest("base64");
    return { ETag: etagOf(bytes), CopyObjectResult: { ChecksumSHA256 } };
  }

  #update({ IfMatch, Puts, Deletes }: Update): Record<string, unknown> {
    if (IfMatch !== `e${this.#etag}`) refuse("ConflictException", 409);
    if (Puts.length + Deletes.length > 50 || Puts.some(({ Key, Value }) => Key.length > 512 || Value.length > 1_024))
      refuse("ValidationException", 400);
    for (const { Key, Value } of Puts) this.values.set(Key, Value);
    for (const { Key } of Deletes) this.values.delete(Key);
    if (this.#size() > 5 * 1024 ** 2) refuse("ServiceQuotaExceededException", 402);
    this.#etag += 1;
    return { ETag: `e${this.#etag}`, TotalSizeInBytes: this.#size() };
  }

  #invalidate({ InvalidationBatch: { CallerReference, Paths } }: Invalidation): Record<string, unknown> {
    const paths = Paths.Items.join(" ");
    const known = this.#invalidations.get(CallerReference);
    if (known && known.paths !== paths) refuse("InvalidationBatchAlreadyExists", 400);
    const one = known ?? { id: `I${this.#invalidations.size}`, paths };
    this.#invalidations.set(CallerReference, one);
    return { Invalidation: { Id: one.id, Status: "InProgress" } };
  }

  #size(): number {
    return [...this.values].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  }
}

interface Update {
  readonly IfMatch: string;
  readonly Puts: readonly { readonly Key: string; readonly Value: string }[];
  readonly Deletes: readonly { readonly Key: string }[];
}
interface Invalidation {
  readonly InvalidationBatch: {
    readonly CallerReference: string;
    readonly Paths: { readonly Items: readonly string[] };
  };
}

const etagOf = (bytes: Uint8Array): string => `"${createHash("md5").update(bytes).digest("hex")}"`;

function refuse(name: string, httpStatusCode: number): never {
  throw Object.assign(new Error(name), { name, $metadata: { httpStatusCode, attempts: 1 } });
}
