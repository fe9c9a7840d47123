import { basename, dirname, join, resolve } from "node:path";
import { type BucketAddress, isBucketAddress, parseBucketAddress, quoteInput, UserError } from "@slipway/pipeline";

/** Where this call's ladder lies. */
export interface Place {
  /** Folder of slipway.yaml, or where it would be. */
  readonly root: string;
  /** Only where it is a folder, and not `.slipway` beside slipway.yaml. */
  readonly storeFolder: string | null;
  /** Null: a folder. */
  readonly bucket: (BucketAddress & { readonly region: string | null }) | null;
}

interface Asked {
  /** slipway.yaml; null: there is none. */
  readonly file: string | null;
  /** By --store. */
  readonly named: string | null;
  /** Of slipway.yaml, or the default. */
  readonly store: string;
  readonly region: string | null;
  /** Where the call is made. */
  readonly folder: string;
  readonly isLocal: boolean;
}

/** @throws UserError for what is neither a folder nor a bucket */
export function placeOf({ file, named, store: declared, region, folder: here, isLocal }: Asked): Place {
  const store = named ?? declared;
  const root = file === null ? null : dirname(file);
  if (isBucketAddress(store)) {
    const bucket = { ...bucketOf(store, isLocal), region: named === null ? region : null };
    return { root: root ?? here, storeFolder: null, bucket };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(store)) throw neither(store);
  const folder = resolve(named === null ? (root ?? here) : here, store);
  // A store alone: the platform's own files lie beside it.
  const home = root ?? (basename(folder) === ".slipway" ? dirname(folder) : here);
  return { root: home, storeFolder: folder === join(home, ".slipway") ? null : folder, bucket: null };
}

function bucketOf(store: string, isLocal: boolean): BucketAddress {
  const found = parseBucketAddress(store);
  if (found === null) throw neither(store);
  if (!isLocal) return found;
  throw new UserError({
    code: "store-unusable",
    message: `--local is the copy of the ladder on this machine, and ${quoteInput(store)} is not here; leave out one of them. Nothing was changed.`,
    next: ["promote status --local"],
  });
}

const neither = (store: string): UserError =>
  new UserError({
    code: "store-unusable",
    message: `${quoteInput(store)} is neither a folder nor s3://bucket/prefix. Nothing was changed.`,
  });
