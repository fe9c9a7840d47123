import type { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import type { CloudFrontKeyValueStoreClient } from "@aws-sdk/client-cloudfront-keyvaluestore";
import type { S3Client } from "@aws-sdk/client-s3";
import type { LiveWebLook, ObjectStore, Permit, WebHost, WebRevision } from "../ports.ts";
import type { WebFile } from "../web/file-list.ts";
import { S3ObjectStore } from "./object-store.ts";
import { AssetPool } from "./web/asset-pool.ts";
import { entryKey } from "./web/entry-map.ts";
import { Invalidations } from "./web/invalidations.ts";
import { KeyValueStore } from "./web/key-value-store.ts";
import { LivePointer } from "./web/live-pointer.ts";
import { LiveSite } from "./web/live-site.ts";
import { FilePlacer } from "./web/place-file.ts";

export interface CloudFrontWebHostInput {
  readonly s3: S3Client;
  readonly cloudFront: CloudFrontClient;
  /** Of the releases: file lists, and the files where `blobs` is null. */
  readonly store: ObjectStore;
  /** Where the store lies, if that is on S3: files are then copied there, and pass through no process. */
  readonly blobs: { readonly bucket: string; readonly prefix: string } | null;
  readonly bucket: string;
  /** What all keys of the web begin with, without the slash at its end; the path of CloudFront's origin (and `/site`, without a key-value store). */
  readonly prefix: string;
  readonly distribution: string;
  /** What the edges look at; null: none, and entries are copied over those that are served. */
  readonly keyValueStore: { readonly client: CloudFrontKeyValueStoreClient; readonly arn: string } | null;
  readonly pollMilliseconds?: number;
}

/** How an environment's live pages are told, and switched. False: a later epoch has written. */
interface Live {
  look(): Promise<LiveWebLook>;
  raiseFence(permit: Permit): Promise<boolean>;
  switchTo(web: WebRevision | null, permit: Permit): Promise<boolean>;
}

/** An invalidation takes from seconds to a minute. */
const usualPollMilliseconds = 2_000;

/** Pages of an environment in a bucket behind CloudFront (docs/adr/0008). */
export class CloudFrontWebHost implements WebHost {
  readonly pollMilliseconds: number;
  readonly #pool: AssetPool;
  readonly #live: Live;
  readonly #invalidations: Invalidations;

  constructor(input: CloudFrontWebHostInput) {
    this.pollMilliseconds = input.pollMilliseconds ?? usualPollMilliseconds;
    this.#invalidations = new Invalidations(input.cloudFront, input.distribution);
    const { pool, live } = input.keyValueStore === null ? inSite(input) : behindPointer(input, input.keyValueStore);
    this.#pool = pool;
    this.#live = live;
  }

  readLive(): Promise<LiveWebLook> {
    return this.#live.look();
  }
  missing(files: readonly WebFile[]): ReturnType<WebHost["missing"]> {
    return this.#pool.compare(files);
  }
  addAssets(files: readonly WebFile[], permit: Permit): Promise<void> {
    return this.#pool.add(files, permit);
  }
  async raiseFence(permit: Permit): Promise<"raised" | "moved"> {
    return (await this.#live.raiseFence(permit)) ? "raised" : "moved";
  }
  async switchTo(web: WebRevision | null, permit: Permit): Promise<"switched" | "moved"> {
    return (await this.#live.switchTo(web, permit)) ? "switched" : "moved";
  }
  invalidate(paths: readonly string[], key: string, permit: Permit): Promise<void> {
    return this.#invalidations.create(paths, key, permit);
  }
  isInvalidated(key: string): Promise<boolean> {
    return this.#invalidations.isCompleted(key);
  }
}

interface Parts {
  readonly pool: AssetPool;
  readonly live: Live;
}

function behindPointer(
  input: CloudFrontWebHostInput,
  { client, arn }: NonNullable<CloudFrontWebHostInput["keyValueStore"]>,
): Parts {
  const { store, prefix } = input;
  const placer = new FilePlacer(input);
  const pool = new AssetPool({
    state: stateOf(input),
    key: "pool.json",
    place: (file, permit) => placer.placeOnce(file, `${prefix}/pool/${file.path}`, permit),
  });
  const live = new LivePointer({
    values: new KeyValueStore(client, arn),
    store,
    pool,
    place: (file, permit) => placer.placeOnce(file, `${prefix}/${entryKey(file)}`, permit),
  });
  return { pool, live };
}

function inSite(input: CloudFrontWebHostInput): Parts {
  const state = stateOf(input);
  const placer = new FilePlacer(input);
  const keyOf = (file: WebFile): string => `${input.prefix}/site/${file.path}`;
  const pool: AssetPool = new AssetPool({
    state,
    key: "site.json",
    place: async (file, permit) => {
      // What an entry has now is put back by the switch.
      if (!(await live.takenPaths()).has(file.path)) await placer.placeOnce(file, keyOf(file), permit);
    },
  });
  const live = new LiveSite({
    state,
    store: input.store,
    pool,
    placeOver: (file, permit) => placer.placeOver(file, keyOf(file), permit),
  });
  return { pool, live };
}

/** The web's own documents, where no address leads to. */
const stateOf = ({ s3, bucket, prefix }: CloudFrontWebHostInput): ObjectStore =>
  new S3ObjectStore({ clients: { records: s3, blobs: s3 }, bucket, prefix: `${prefix}/state` });
