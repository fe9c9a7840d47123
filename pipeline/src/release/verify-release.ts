import { isDigest, type Sha, shortDigest } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import type { ImageShelf } from "./build-ports.ts";
import { sha256 } from "./canonical-json.ts";
import { inParallel } from "./in-parallel.ts";
import type { ReleaseImage, StoredRelease } from "./manifest.ts";
import { readOnRecord, spellOnRecord } from "./on-record.ts";
import { blobsOf, imagesOf, type WantedBlob } from "./parts-of-release.ts";
import { readRelease } from "./read-release.ts";
import { blobKey } from "./store-keys.ts";

export type Verification =
  | {
      readonly status: "whole";
      readonly release: StoredRelease;
      /** Blobs and release.json; each read and hashed. */
      readonly objects: number;
      readonly images: number;
      readonly bytes: number;
    }
  /** `release-corrupt`: each line names what differs and how. */
  | { readonly status: "differs"; readonly release: StoredRelease | null; readonly differences: readonly string[] }
  | { readonly status: "missing" }
  | { readonly status: "retired" };

/**
 * Reads every byte of a release where it is stored and hashes it; believes nothing that is only written down.
 * @throws PortError when a store does not answer: that is no verdict; BrokenChainError for a ledger that cannot be read.
 */
export async function verifyRelease(
  store: ObjectStore,
  shelf: Pick<ImageShelf, "verify">,
  sha: Sha,
): Promise<Verification> {
  const look = await readRelease(store, sha);
  if (look.status === "missing" || look.status === "retired") return { status: look.status };
  if (look.status === "corrupt") return { status: "differs", release: null, differences: [look.because] };

  const { manifest } = look.release;
  const blobs = await inParallel(blobsOf(manifest, look.web), (wanted) => checkBlob(store, wanted));
  const images = await inParallel(imagesOf(manifest), ({ name, image }) => checkImage(shelf, name, image));
  const differences = [
    ...(await recordedOtherwise(store, look.release)),
    ...[...blobs, ...images].flatMap(({ problem }) => (problem === null ? [] : [problem])),
  ];
  if (differences.length > 0) return { status: "differs", release: look.release, differences };
  return {
    status: "whole",
    release: look.release,
    objects: blobs.length + 1,
    images: images.length,
    bytes: [...blobs, ...images].reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** A manifest is its own witness, but for ledgers: an environment that ran the release has its digest on record. */
async function recordedOtherwise(store: ObjectStore, { manifest, digest }: StoredRelease): Promise<readonly string[]> {
  const onRecord = await readOnRecord(store, manifest.git.sha);
  return onRecord
    .filter((ran) => ran.digest !== digest)
    .map((ran) => `release.json: sha256:${shortDigest(digest)}, ${spellOnRecord(ran)}`);
}

interface Checked {
  readonly bytes: number;
  readonly problem: string | null;
}
async function checkBlob(store: ObjectStore, { name, digest, bytes }: WantedBlob): Promise<Checked> {
  const stored = await store.get(blobKey(digest));
  if (stored === null) return { bytes: 0, problem: `${name}: sha256:${shortDigest(digest)} is missing` };
  const found = sha256(stored.body);
  const size = stored.body.length;
  if (found !== digest) {
    return { bytes: size, problem: `${name}: sha256:${shortDigest(digest)}, found sha256:${shortDigest(found)}` };
  }
  return { bytes: size, problem: bytes === null || bytes === size ? null : `${name}: ${bytes} bytes, found ${size}` };
}

async function checkImage(shelf: Pick<ImageShelf, "verify">, name: string, image: ReleaseImage): Promise<Checked> {
  const verdict = await shelf.verify(image);
  const digest = `sha256:${shortDigest(image.digest)}`;
  switch (verdict.status) {
    case "same":
      return {
        bytes: verdict.bytes,
        problem: verdict.bytes === image.bytes ? null : `${name}: ${image.bytes} bytes, found ${verdict.bytes}`,
      };
    case "missing":
      return { bytes: 0, problem: `${name}: image ${digest} is missing` };
    case "differs":
      return {
        bytes: 0,
        problem: `${name}: image ${digest}, found ${isDigest(verdict.found) ? `sha256:${shortDigest(verdict.found)}` : verdict.found}`,
      };
  }
}
