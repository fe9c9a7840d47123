import type { Digest } from "../identifiers.ts";
import type { WebFileList } from "../web/file-list.ts";
import { digestOf } from "./canonical-json.ts";
import type { ImageFileList } from "./image-files.ts";
import type { ReleaseManifest } from "./manifest.ts";

/** Bytes to be kept under their own digest; read when they are sent. */
export interface ReleaseBlob {
  readonly digest: Digest;
  readonly read: () => Promise<Uint8Array>;
}

/** A release that was built and is not published: its images are kept already, since their names are their content. */
export interface ReleaseDraft {
  readonly manifest: ReleaseManifest;
  readonly web: WebFileList | null;
  /** By service; `migrations` for a runner image of its own. */
  readonly imageFiles: Readonly<Record<string, ImageFileList>>;
  /** Everything the manifest names but images; a digest may come more than once. */
  readonly blobs: readonly ReleaseBlob[];
}

/** What two builds of a commit are compared by: everything but who published it. */
export const buildIdentity = (manifest: ReleaseManifest): Digest => digestOf({ ...manifest, publisher: undefined });
