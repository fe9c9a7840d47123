import { setTimeout as delay } from "node:timers/promises";
import { CopyObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { PortError } from "../../errors.ts";
import type { Digest } from "../../identifiers.ts";
import type { ObjectStore, Permit } from "../../ports.ts";
import { sha256 } from "../../release/canonical-json.ts";
import { blobKey, hexOf } from "../../release/store-keys.ts";
import type { WebFile } from "../../web/file-list.ts";
import { cacheControlOf, contentTypeOf } from "../../web/media-type.ts";
import { awsCodeOf, effectOfError, statusOf } from "../aws-error.ts";
import { isLarge, sendInParts } from "../send-in-parts.ts";
import { underPermit } from "../under-permit.ts";

export interface FilePlacerInput {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly store: ObjectStore;
  /** Where the store lies on S3; null: elsewhere, and bytes pass through this process. */
  readonly blobs: { readonly bucket: string; readonly prefix: string } | null;
}

type Condition = { readonly IfNoneMatch: "*" } | Record<string, never>;

/** S3 answers 409 while another conditional write of the same key is under way; the SDK does not repeat those. */
const mostCollisions = 8;
const mostLooks = 4;
const limitMilliseconds = 30_000;

/** Puts files of releases where CloudFront reads them: on S3's side where it can, with the SHA-256 of their bytes. */
export class FilePlacer {
  readonly #input: FilePlacerInput;
  /** The environment's role need not read the store, which is one for the whole ladder: what may is then asked. */
  #isCopyDenied = false;

  constructor(input: FilePlacerInput) {
    this.#input = input;
  }

  /** Never overwrites. @throws PortError naming the path when the key holds other bytes; what the SDK throws */
  async placeOnce(file: WebFile, key: string, permit: Permit): Promise<void> {
    for (let collision = 1; ; collision += 1) {
      try {
        await this.#send(file, key, { IfNoneMatch: "*" }, permit, Number.POSITIVE_INFINITY);
        return;
      } catch (error) {
        if (statusOf(error) === 412) return await this.#expectSame(file, key, permit);
        if (statusOf(error) !== 409 || collision === mostCollisions) throw error;
        await delay(Math.random() * 25 * 2 ** collision);
      }
    }
  }

  /** Over whatever is there: it takes no precondition, so each attempt that was not answered is looked at before the next (R11). */
  async placeOver(file: WebFile, key: string, permit: Permit): Promise<void> {
    for (let look = 1; ; look += 1) {
      try {
        return await this.#send(file, key, {}, permit, 1);
      } catch (error) {
        permit.check();
        if (effectOfError(error) === "none" || look === mostLooks) throw error;
        const there = await this.#look(key);
        if ((there.bytes ?? there.said) === file.sha256) return;
      }
    }
  }

  async #expectSame(file: WebFile, key: string, permit: Permit): Promise<void> {
    permit.check();
    const there = await this.#look(key);
    // Bytes that are not those which it was put for: a copy of a damaged blob, which nobody was ever sent to.
    const isDamaged = there.bytes !== null && there.said !== null && there.bytes !== there.said;
    if (isDamaged) return await this.placeOver(file, key, permit);
    if ((there.bytes ?? there.said) !== file.sha256)
      throw new PortError("web.place", "none", `${file.path} has other bytes at ${key}`);
  }

  async #send(file: WebFile, key: string, condition: Condition, permit: Permit, attempts: number): Promise<void> {
    const to = {
      Bucket: this.#input.bucket,
      Key: key,
      ...condition,
      ContentType: contentTypeOf(file.path),
      CacheControl: cacheControlOf[file.role],
      Metadata: { [hashField]: file.sha256 },
      ChecksumAlgorithm: "SHA256" as const,
    };
    const { blobs } = this.#input;
    if (blobs === null || this.#isCopyDenied) return await this.#put(file, to, permit, attempts);
    const CopySource = `${blobs.bucket}/${blobs.prefix}/${blobKey(file.sha256)}`;
    const command = new CopyObjectCommand({ ...to, CopySource, MetadataDirective: "REPLACE" });
    try {
      const { CopyObjectResult } = await this.#input.s3.send(underPermit(command, permit, attempts), limits(permit));
      const told = CopyObjectResult?.ChecksumSHA256;
      if (told !== undefined && told !== base64Of(file.sha256)) throw damaged(file);
    } catch (error) {
      if (statusOf(error) !== 403 || effectOfError(error) !== "none") throw error;
      this.#isCopyDenied = true;
      await this.#put(file, to, permit, attempts);
    }
  }

  async #put(
    file: WebFile,
    to: { readonly Bucket: string; readonly Key: string },
    permit: Permit,
    attempts: number,
  ): Promise<void> {
    const stored = await this.#input.store.get(blobKey(file.sha256));
    if (stored === null) throw new PortError("web.place", "none", `the store has no blob ${file.sha256}`);
    if (sha256(stored.body) !== file.sha256) throw damaged(file);
    permit.check();
    if (isLarge(stored.body)) await sendInParts(this.#input.s3, to, stored.body, permit.signal);
    else {
      const command = new PutObjectCommand({ ...to, Body: stored.body });
      await this.#input.s3.send(underPermit(command, permit, attempts), limits(permit));
    }
  }

  async #look(Key: string): Promise<Sums> {
    try {
      const head = await this.#input.s3.send(
        new HeadObjectCommand({ Bucket: this.#input.bucket, Key, ChecksumMode: "ENABLED" }),
      );
      const sum = head.ChecksumSHA256;
      const isWhole = sum !== undefined && !sum.includes("-");
      const bytes = isWhole ? `sha256:${Buffer.from(sum, "base64").toString("hex")}` : null;
      return { bytes, said: head.Metadata?.[hashField] ?? null };
    } catch (error) {
      if (statusOf(error) === 404 || awsCodeOf(error) === "NotFound") return { bytes: null, said: null };
      throw error;
    }
  }
}

interface Sums {
  /** Of the bytes, as S3 summed them; null where they went in parts. */
  readonly bytes: string | null;
  /** As whoever put them said. */
  readonly said: string | null;
}
const hashField = "sha256";
const limits = ({ signal }: Permit) => ({ abortSignal: signal, requestTimeout: limitMilliseconds });
const base64Of = (digest: Digest): string => Buffer.from(hexOf(digest), "hex").toString("base64");
const damaged = (file: WebFile): PortError =>
  new PortError("web.place", "possible", `${file.path}: blob ${file.sha256} has other bytes`);
