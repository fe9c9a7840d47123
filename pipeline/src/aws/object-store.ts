import { setTimeout as delay } from "node:timers/promises";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { PortError, UnreadableObjectError } from "../errors.ts";
import type { Instant } from "../identifiers.ts";
import { checkKey, checkPrefix } from "../ledger/object-key.ts";
import type { ObjectStore, PutAnswer, StoredObject } from "../ports.ts";
import { awsCodeOf, becauseOf, effectOfError, statusOf } from "./aws-error.ts";
import { isLarge, type PutCondition, sendInParts } from "./send-in-parts.ts";
import { serverTimeOf } from "./server-time.ts";

export interface S3ObjectStoreInput {
  readonly client: S3Client;
  readonly bucket: string;
  /** What all keys begin with, without the slash at its end. */
  readonly prefix: string;
}

/** S3 answers 409 while another conditional write of the same key is under way; the SDK does not repeat those. */
const mostCollisions = 8;
/** An answer that breaks off while its body is read is nothing that the SDK repeats. */
const readAttempts = 3;

/**
 * Objects in a bucket with versioning, by conditional writes
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html). The SDK repeats a request whose answer was lost, and S3
 * then answers 412 for our own write: what is there is compared with what was sent. An ETag follows from the bytes, so a write is
 * named by its version.
 */
export class S3ObjectStore implements ObjectStore {
  readonly address: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor({ client, bucket, prefix }: S3ObjectStoreInput) {
    this.address = `s3://${bucket}/${prefix}`;
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = `${prefix}/`;
  }

  async get(key: string): Promise<StoredObject | null> {
    const at = this.#at(key);
    return this.#asked("store.get", key, () => this.#read(at));
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<PutAnswer> {
    const at = this.#at(key);
    return this.#asked("store.putIfAbsent", key, () => this.#put(at, body, { IfNoneMatch: "*" }));
  }

  async putIfMatch(key: string, body: Uint8Array, etag: string): Promise<PutAnswer> {
    const at = this.#at(key);
    return this.#asked("store.putIfMatch", key, () => this.#put(at, body, { IfMatch: etag }));
  }

  async list(prefix: string, after?: string): Promise<readonly string[]> {
    checkPrefix(prefix);
    return this.#asked("store.list", prefix, () => this.#list(prefix, after));
  }

  async deleteIfMatch(key: string, write: string): Promise<"deleted" | "conflict"> {
    const at = this.#at(key);
    return this.#asked("store.deleteIfMatch", key, () => this.#delete(at, write));
  }

  #at(key: string): At {
    return { Bucket: this.#bucket, Key: `${this.#prefix}${checkKey(key)}` };
  }

  async #asked<T>(call: string, key: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof DamagedError) throw new UnreadableObjectError(key, error.message, { cause: error });
      if (error instanceof PortError) throw error;
      const effect = call === "store.get" || call === "store.list" ? "none" : effectOfError(error);
      throw new PortError(call, effect, `${this.address}/${key}: ${becauseOf(error)}`, { cause: error });
    }
  }

  async #read(at: At): Promise<StoredObject | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const output = await this.#client.send(new GetObjectCommand({ ...at, ChecksumMode: "ENABLED" }));
        const body = (await output.Body?.transformToByteArray()) ?? new Uint8Array();
        if (output.ETag === undefined || output.LastModified === undefined)
          throw new PortError("store.get", "none", "the answer has no ETag or no Last-Modified");
        return {
          body,
          etag: output.ETag,
          write: output.VersionId ?? unversioned,
          writtenAt: output.LastModified.toISOString() as Instant,
          serverTime: serverTimeOf("store.get", output),
        };
      } catch (error) {
        if (statusOf(error) === 404 && awsCodeOf(error) !== "NoSuchBucket") return null;
        // An answer with a status was repeated by the SDK as often as that helps.
        if (error instanceof PortError || statusOf(error) !== null) throw error;
        if (attempt < readAttempts) continue;
        throw isMismatch(error) ? new DamagedError("does not have the checksum that was stored with it") : error;
      }
    }
  }

  async #put(at: At, body: Uint8Array, condition: PutCondition): Promise<PutAnswer> {
    for (let collision = 1; ; collision += 1) {
      try {
        return await this.#send(at, body, condition);
      } catch (error) {
        const isCollision = statusOf(error) === 409;
        if (isCollision && collision < mostCollisions) {
          await delay(Math.random() * 25 * 2 ** collision);
          continue;
        }
        if (!isSettledByLooking(error)) throw error;
        const stored = await this.#read(at);
        // Its parts are gone, and what they were put together to is not there.
        if (stored === null && awsCodeOf(error) === "NoSuchUpload") throw error;
        return judgeConflict(stored, body);
      }
    }
  }

  async #send(at: At, body: Uint8Array, condition: PutCondition): Promise<PutAnswer> {
    const output = isLarge(body)
      ? await sendInParts(this.#client, at, body, condition)
      : await this.#client.send(
          new PutObjectCommand({
            ...at,
            ...condition,
            Body: body,
            ChecksumAlgorithm: "SHA256",
          }),
        );
    if (output.ETag === undefined) throw new PortError("store.put", "possible", "the answer has no ETag");
    return { status: "written", etag: output.ETag, serverTime: serverTimeOf("store.put", output) };
  }

  async #list(prefix: string, after?: string): Promise<readonly string[]> {
    const keys: string[] = [];
    let page: string | undefined;
    do {
      const output = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: `${this.#prefix}${prefix}`,
          ...(page === undefined ? {} : { ContinuationToken: page }),
          ...(after === undefined ? {} : { StartAfter: `${this.#prefix}${after}` }),
        }),
      );
      for (const { Key } of output.Contents ?? []) if (Key !== undefined) keys.push(Key.slice(this.#prefix.length));
      page = output.NextContinuationToken;
      if (output.IsTruncated && page === undefined) throw new PortError("store.list", "none", "a page is missing");
    } while (page !== undefined);
    return keys;
  }

  /**
   * Removes exactly the version that was seen. Were older ones left, the newest of them would come to light: they go first. Nothing that
   * is written meanwhile is touched, since it is another version.
   */
  async #delete(at: At, write: string): Promise<"deleted" | "conflict"> {
    if (write === unversioned)
      throw new PortError("store.deleteIfMatch", "none", `${at.Bucket} keeps no versions; turn its versioning on`);
    const versions = await this.#versionsOf(at);
    if (!versions.some(({ id, isLatest }) => isLatest && id === write)) return "conflict";
    const older = versions.filter(({ id }) => id !== write).map(({ id }) => id);
    for (const VersionId of [...older, write]) await this.#client.send(new DeleteObjectCommand({ ...at, VersionId }));
    return "deleted";
  }

  /** Deletions are versions too. */
  async #versionsOf({ Bucket, Key }: At): Promise<readonly { readonly id: string; readonly isLatest: boolean }[]> {
    const found: { readonly id: string; readonly isLatest: boolean }[] = [];
    let from: Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker"> | null = {};
    while (from !== null) {
      const output: ListObjectVersionsCommandOutput = await this.#client.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: Key, ...from }),
      );
      for (const one of [...(output.Versions ?? []), ...(output.DeleteMarkers ?? [])])
        if (one.Key === Key) found.push({ id: one.VersionId ?? unversioned, isLatest: one.IsLatest ?? false });
      // Of all keys that begin so it is the first.
      const goesOn = output.IsTruncated === true && output.NextKeyMarker === Key;
      from = goesOn ? { KeyMarker: Key, VersionIdMarker: output.NextVersionIdMarker } : null;
    }
    return found;
  }
}

interface At {
  readonly Bucket: string;
  readonly Key: string;
}

class DamagedError extends Error {}

/** Instead of a version in a bucket without versioning; also what S3 calls an object from before versioning was turned on. */
const unversioned = "null";

/** A condition did not hold, or what should be replaced or completed is not there: perhaps because we did it. */
const isSettledByLooking = (error: unknown): boolean =>
  statusOf(error) === 412 || ["NoSuchKey", "NoSuchUpload"].includes(awsCodeOf(error));

const isMismatch = (error: unknown): boolean => error instanceof Error && /^Checksum mismatch/.test(error.message);

/** Our own bytes are our own write, whose answer was lost. */
function judgeConflict(stored: StoredObject | null, body: Uint8Array): PutAnswer {
  if (!stored || Buffer.compare(stored.body, body) !== 0) return { status: "conflict" };
  return { status: "written", etag: stored.etag, serverTime: stored.serverTime };
}
