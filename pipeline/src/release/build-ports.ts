import type { Command } from "../config/config.ts";
import type { Digest, ServiceName, Sha } from "../identifiers.ts";
import type { Clock, ObjectStore, Random, SourceControl } from "../ports.ts";
import type { ImageFileList } from "./image-files.ts";
import type { ReleaseImage } from "./manifest.ts";

/** One thing found in a folder, seen without following links. */
export interface FoundEntry {
  /** Relative to the folder that was walked, with `/`. */
  readonly path: string;
  readonly kind: "file" | "link" | "other";
  readonly bytes: number;
  readonly executable: boolean;
  /** Target as it is written; null unless a link. */
  readonly link: string | null;
}
export interface CommandResult {
  /** Null when a signal ended it, or when it could not be started. */
  readonly exitCode: number | null;
  /** In words, for everything but exit code 0. */
  readonly because: string | null;
}

/** A clean checkout of one commit, which a build may write into and which is removed afterwards. */
export interface Checkout extends AsyncDisposable {
  /** Absolute, for builders on the same machine. */
  readonly folder: string;
  /** Files of the commit. */
  readonly files: number;
  /** Runs without a shell, in the checkout, with these variables beside those that the composition root lets through. */
  run(
    command: Command,
    variables: Readonly<Record<string, string>>,
    onLine: (line: string) => void,
    signal?: AbortSignal,
  ): Promise<CommandResult>;
  /**
   * Everything below a folder, or the one file, sorted by path. Null: nothing is there. A link on the way to it is all that
   * is answered, with an empty path.
   */
  walk(path: string): Promise<readonly FoundEntry[] | null>;
  /** Of a path that `walk` found to be a file. */
  read(path: string): Promise<Uint8Array>;
  /** The same, many at once and without keeping the bytes. */
  digest(path: string): Promise<Digest>;
}

/** The repository that a build stands in. */
export interface WorkTree {
  head(): Promise<Sha>;
  /** Name of the branch checked out; null when detached. */
  branch(): Promise<string | null>;
  /** Paths that differ from the commit or are not known to it, ignored ones left out. */
  changes(): Promise<readonly string[]>;
  commit(sha: Sha): Promise<CommitFacts | null>;
  checkout(sha: Sha): Promise<Checkout>;
}
export interface CommitFacts {
  readonly sha: Sha;
  readonly tree: Sha;
  /** Seconds since 1970. */
  readonly committedAt: number;
  readonly subject: string;
}

/** A file that the checkout does not hold. */
export interface AddedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}
export interface ImageOrder {
  readonly service: ServiceName | "migrations";
  /** Files and folders of the checkout. */
  readonly from: { readonly checkout: Checkout; readonly files: readonly string[] };
  readonly dockerfile: string | null;
  /** Put over all else, below the folder that commands of the image start in. */
  readonly added: readonly AddedFile[];
  readonly commit: Pick<CommitFacts, "sha" | "committedAt">;
  /** Output of what builds, already redacted. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}
export interface BuiltImage {
  readonly image: ReleaseImage;
  /** Null where the builder cannot tell. */
  readonly files: ImageFileList | null;
  /** Holds what was to be added, where the image itself was made elsewhere and stays as it is. */
  readonly runner?: ReleaseImage;
}
/** Builds images and keeps them under their digest; the same files give the same image. */
export interface ImageBuilder {
  /** @throws RefusalError `path-unsafe`, `build-failed`; UserError for what this target cannot build. */
  build(order: ImageOrder): Promise<BuiltImage>;
}
/** Where images are kept, for those who look. */
export interface ImageShelf {
  /** Reads and hashes every byte. */
  verify(image: ReleaseImage): Promise<ImageVerdict>;
  /** From now on a collector takes it for written now. Looks whether it is there, and not at its bytes. */
  keep(image: ReleaseImage): Promise<"kept" | "missing">;
  /** Content of one file, at most 64 KiB; null when it is not there, too large, or cannot be told. */
  readFile(image: ReleaseImage, path: string): Promise<Uint8Array | null>;
}
/** Where images are kept, for the collector. */
export interface ImageCellar {
  list(): Promise<readonly KeptImage[]>;
  /** Removes what was listed, and nothing that was put there since, were it the same bytes. */
  remove(image: KeptImage): Promise<"removed" | "conflict">;
}
export interface KeptImage {
  readonly digest: Digest;
  /** Names this very write. */
  readonly write: string;
  /** By the clock of where it is kept. */
  readonly ageMilliseconds: number;
  readonly bytes: number;
}
export type ImageVerdict =
  | { readonly status: "same"; readonly bytes: number }
  | { readonly status: "missing" }
  | { readonly status: "differs"; readonly found: string };

/** What it takes to build a commit, and no credential. */
export interface DraftPorts {
  readonly workTree: WorkTree;
  readonly images: ImageBuilder;
  readonly clock: Clock;
  /** Takes secrets out of what is shown or kept. */
  readonly redact: (text: string) => string;
  /** Files that apply migrations inside an image: `.slipway/migrate.mjs`. */
  readonly runnerFiles: (engine: "knex" | "sql") => Promise<readonly AddedFile[]>;
}
/** What `promote build` needs; it is of no environment. */
export interface BuildPorts extends DraftPorts {
  readonly store: ObjectStore;
  readonly shelf: ImageShelf;
  readonly random: Random;
  readonly source: SourceControl;
}
