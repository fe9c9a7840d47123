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
import { judgeConflict } from "../ledger/judge-conflict.ts";
import { checkKey, checkPrefix } from "../ledger/object-key.ts";
import type { ObjectStore, PutAnswer, StoredObject } from "../ports.ts";
import { sha256 } from "../release/canonical-json.ts";
import { blobPrefix } from "../release/store-keys.ts";
import { awsCodeOf, becauseOf, causeOf, effectOfError, statusOf } from "./aws-error.ts";
import { ByteBudget } from "./byte-budget.ts";
import type { S3Clients } from "./s3-client.ts";
import { isLarge, type PutCondition, partBytes, sendInParts } from "./send-in-parts.ts";
import { serverTimeOf } from "./server-time.ts";

export interface S3ObjectStoreInput {
  readonly clients: S3Clients;
  readonly bucket: string;
  /** What all keys begin with, without the slash at its end. */
  readonly prefix: string;
}

/** S3 answers 409 while another conditional write of the same key is under way; the SDK does not repeat those. */
const mostCollisions = 8;
/** An answer that breaks off while its body is read is nothing that the SDK repeats. */
const readAttempts = 3;
/** Blobs under way at once: 64 small ones, or 64 MiB. */
const leastCost = 2 ** 20;
const mostBytesUnderWay = 64 * 2 ** 20;
/** Of one attempt: a beat has to be tried again while the lease still holds, and a slow line has to be enough for a blob. */
const recordMilliseconds = 4_000;
const blobMilliseconds = (bytes: number): number => 20_000 + bytes / 32;

/**
 * Objects in a bucket with versioning, by conditional writes
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html). The SDK repeats a request whose answer was lost, and S3
 * then answers 412 for our own write: what is there is compared with what was sent. An ETag follows from the bytes, so a write is
 * named by its version. Each object carries the SHA-256 of its bytes, which is compared when it is read.
 */
export class S3ObjectStore implements ObjectStore {
  readonly address: string;
  readonly #clients: S3Clients;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #budget = new ByteBudget(mostBytesUnderWay);

  constructor({ clients, bucket, prefix }: S3ObjectStoreInput) {
    this.address = `s3://${bucket}/${prefix}`;
    this.#clients = clients;
    this.#bucket = bucket;
    this.#prefix = `${prefix}/`;
  }

  async get(key: string): Promise<StoredObject | null> {
    const at = this.#at(key);
    return this.#asked("store.get", key, () => this.#read(at));
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<PutAnswer> {
    const at = this.#at(key);
    return this.#asked("store.putIfAbsent", key, () => this.#put("store.putIfAbsent", at, body, { IfNoneMatch: "*" }));
  }

  async putIfMatch(key: string, body: Uint8Array, etag: string): Promise<PutAnswer> {
    const at = this.#at(key);
    return this.#asked("store.putIfMatch", key, () => this.#put("store.putIfMatch", at, body, { IfMatch: etag }));
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
      if (error instanceof PortError) throw error;
      if (error instanceof DamagedError) throw new UnreadableObjectError(key, error.message);
      const effect = call === "store.get" || call === "store.list" ? "none" : effectOfError(error);
      throw new PortError(call, effect, `${this.address}/${key}: ${becauseOf(error)}`, { cause: causeOf(error) });
    }
  }

  /** Blobs wait for their turn; nothing else waits for blobs. */
  #through<T>({ Key }: At, bytes: number, ask: (client: S3Client, limits: Limits) => Promise<T>): Promise<T> {
    if (!Key.startsWith(`${this.#prefix}${blobPrefix}`))
      return ask(this.#clients.records, { requestTimeout: recordMilliseconds });
    const limits = { requestTimeout: blobMilliseconds(Math.min(bytes, partBytes)) };
    return this.#budget.spend(Math.max(bytes, leastCost), () => ask(this.#clients.blobs, limits));
  }

  async #read(at: At): Promise<StoredObject | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#through(at, 0, (client, limits) => readOnce(client, at, limits));
      } catch (error) {
        if (awsCodeOf(error) === "NoSuchKey") return null;
        // An answer with a status was repeated by the SDK as often as that helps.
        if (error instanceof PortError || statusOf(error) !== null) throw error;
        if (attempt < readAttempts) continue;
        throw isMismatch(error) ? new DamagedError(otherBytes) : error;
      }
    }
  }

  async #put(call: string, at: At, body: Uint8Array, condition: PutCondition): Promise<PutAnswer> {
    let mayHaveLanded = false;
    for (let collision = 1; ; collision += 1) {
      try {
        return await this.#send(at, body, condition);
      } catch (error) {
        mayHaveLanded ||= effectOfError(error) === "possible";
        const settled = await this.#settle(at, body, condition, error).catch((failed: unknown) => {
          throw mayHaveLanded ? new PortError(call, "possible", `${at.Key}: ${becauseOf(failed)}`) : failed;
        });
        if (settled !== "again") return settled;
        if (collision === mostCollisions)
          throw new PortError(call, mayHaveLanded ? "possible" : "none", `${at.Key}: ${becauseOf(error)}`);
        await delay(Math.random() * 25 * 2 ** collision);
      }
    }
  }

  /** What an attempt came to that was not answered with "written". @throws the error where looking does not tell */
  async #settle(at: At, body: Uint8Array, condition: PutCondition, error: unknown): Promise<PutAnswer | "again"> {
    if (isCollision(error)) return "again";
    if (!isSettledByLooking(error)) throw error;
    const stored = await this.#read(at);
    // Its parts are gone, and what they were put together to is not there.
    if (stored === null && awsCodeOf(error) === "NoSuchUpload") throw error;
    const answer = judgeConflict(stored, body);
    // What should be replaced is there after all.
    const isNone = answer.status === "conflict" && "IfMatch" in condition && stored?.etag === condition.IfMatch;
    return isNone ? "again" : answer;
  }

  async #send(at: At, body: Uint8Array, condition: PutCondition): Promise<PutAnswer> {
    const Metadata = { [hashField]: sha256(body) };
    const output = await this.#through(at, body.length, (client, limits) =>
      isLarge(body)
        ? sendInParts(client, { ...at, ...condition, Metadata }, body)
        : client.send(
            new PutObjectCommand({ ...at, ...condition, Metadata, Body: body, ChecksumAlgorithm: "SHA256" }),
            limits,
          ),
    );
    if (output.ETag === undefined) throw new PortError("store.put", "possible", "the answer has no ETag");
    return { status: "written", etag: output.ETag, serverTime: serverTimeOf("store.put", output) };
  }

  async #list(prefix: string, after?: string): Promise<readonly string[]> {
    const keys: string[] = [];
    let page: string | undefined;
    do {
      const output = await this.#clients.records.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: `${this.#prefix}${prefix}`,
          ...(page === undefined ? {} : { ContinuationToken: page }),
          ...(after === undefined ? {} : { StartAfter: `${this.#prefix}${after}` }),
        }),
        { requestTimeout: listMilliseconds },
      );
      this.#checkList(output);
      for (const { Key = "" } of output.Contents ?? []) keys.push(Key.slice(this.#prefix.length));
      page = output.NextContinuationToken;
      if (output.IsTruncated && page === undefined) throw new PortError("store.list", "none", "a page is missing");
    } while (page !== undefined);
    // The console makes objects for folders: nobody's of ours.
    return keys.filter((key) => key !== "" && !key.endsWith("/"));
  }

  /** An empty answer of a gateway is no empty list. */
  #checkList(output: { readonly Name?: string | undefined; readonly IsTruncated?: boolean | undefined }): void {
    if (output.Name !== this.#bucket || output.IsTruncated === undefined)
      throw new PortError("store.list", "none", `the answer is no list of ${this.#bucket}`);
  }

  /**
   * Removes exactly the version that was seen. Were older ones left, the newest of them would come to light: they go first. Nothing that
   * is written meanwhile is touched, since it is another version.
   */
  async #delete(at: At, write: string): Promise<"deleted" | "conflict"> {
    if (write === unversioned)
      throw new PortError(
        "store.deleteIfMatch",
        "none",
        `${at.Key} has no version: it was written while ${at.Bucket} kept none; turn its versioning on`,
      );
    const versions = await this.#versionsOf(at);
    if (!versions.some(({ id, isLatest }) => isLatest && id === write)) return "conflict";
    const older = versions.filter(({ id }) => id !== write).map(({ id }) => id);
    for (const VersionId of [...older, write])
      await this.#clients.records.send(new DeleteObjectCommand({ ...at, VersionId }), {
        requestTimeout: listMilliseconds,
      });
    return "deleted";
  }

  /** Deletions are versions too. */
  async #versionsOf({ Bucket, Key }: At): Promise<readonly { readonly id: string; readonly isLatest: boolean }[]> {
    const found: { readonly id: string; readonly isLatest: boolean }[] = [];
    let from: Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker"> | null = {};
    while (from !== null) {
      const output: ListObjectVersionsCommandOutput = await this.#clients.records.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: Key, ...from }),
        { requestTimeout: listMilliseconds },
      );
      this.#checkList(output);
      for (const one of [...(output.Versions ?? []), ...(output.DeleteMarkers ?? [])])
        if (one.Key === Key) found.push({ id: one.VersionId ?? unversioned, isLatest: one.IsLatest ?? false });
      // Of all keys that begin so it is the first.
      const goesOn = output.IsTruncated === true && output.NextKeyMarker === Key;
      from = goesOn ? { KeyMarker: Key, VersionIdMarker: output.NextVersionIdMarker } : null;
    }
    return found;
  }
}

async function readOnce(client: S3Client, at: At, limits: Limits): Promise<StoredObject> {
  const output = await client.send(new GetObjectCommand({ ...at, ChecksumMode: "ENABLED" }), limits);
  const body = (await output.Body?.transformToByteArray()) ?? new Uint8Array();
  if (output.ETag === undefined || output.LastModified === undefined)
    throw new PortError("store.get", "none", "the answer has no ETag or no Last-Modified");
  const stated = output.Metadata?.[hashField];
  if (stated !== undefined && stated !== sha256(body)) throw new DamagedError(otherBytes);
  return {
    body,
    etag: output.ETag,
    write: output.VersionId ?? unversioned,
    writtenAt: output.LastModified.toISOString() as Instant,
    serverTime: serverTimeOf("store.get", output),
  };
}

interface At {
  readonly Bucket: string;
  readonly Key: string;
}

interface Limits {
  readonly requestTimeout: number;
}
const listMilliseconds = 20_000;
/** Of the object's user metadata: checksums of S3 itself say nothing of a whole that was put together from parts. */
const hashField = "sha256";

class DamagedError extends Error {}
const otherBytes = "does not have the SHA-256 that was stored with it";
/** The SDK's own words, for objects that went in one piece. */
const isMismatch = (error: unknown): boolean => error instanceof Error && /^Checksum mismatch/.test(error.message);

/** Instead of a version in a bucket without versioning; also what S3 calls an object from before versioning was turned on. */
const unversioned = "null";

const isCollision = (error: unknown): boolean =>
  statusOf(error) === 409 || awsCodeOf(error) === "ConditionalRequestConflict";

/** A condition did not hold, or what should be replaced or completed is not there: perhaps because we did it. */
const isSettledByLooking = (error: unknown): boolean =>
  statusOf(error) === 412 || ["PreconditionFailed", "NoSuchKey", "NoSuchUpload"].includes(awsCodeOf(error));
