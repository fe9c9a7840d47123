import { rm } from "node:fs/promises";
import { posix } from "node:path";
import { RefusalError, UserError } from "../errors.ts";
import { quoteInput } from "../identifiers.ts";
import type { AddedFile, BuiltImage, Checkout, FoundEntry, ImageBuilder, ImageOrder } from "../release/build-ports.ts";
import { sha256 } from "../release/canonical-json.ts";
import { pathTwins, resolveLink, whyUnsafe } from "../release/safe-path.ts";
import type { ImageStore } from "./image-store.ts";
import { type TarEntry, writeImageTar } from "./image-tar.ts";

/** Tars of the built files, kept in the store's own folder: needs no Docker. `platform` is this machine's. */
export function createImageBuilder(store: ImageStore, platform: string): ImageBuilder {
  return {
    async build(order) {
      // One that has files too is built of them here, and of its dockerfile for AWS.
      if (order.dockerfile !== null && order.from.files.length === 0) {
        throw new UserError({
          code: "config-invalid",
          message: `services.${order.service}.dockerfile needs an environment on AWS; a local image is made of files`,
          where: { file: null, line: null, path: `services.${order.service}.dockerfile` },
        });
      }
      const entries = await collect(order);
      refuseTwins(order.service, entries);
      refuseDangling(order.service, entries);
      return await keep(store, entries, platform);
    },
  };
}

async function collect(order: ImageOrder): Promise<readonly TarEntry[]> {
  const entries = new Map<string, TarEntry>();
  const { checkout, files } = order.from;
  for (const root of files) {
    for (const entry of await entriesBelow(order.service, checkout, root.replace(/^\.\/(?=.)|\/+$/g, ""))) {
      entries.set(entry.file.path, entry);
    }
  }
  for (const file of order.added) entries.set(file.path, addedEntry(file));
  return [...entries.values()].toSorted((a, b) => (a.file.path < b.file.path ? -1 : 1));
}

async function entriesBelow(service: string, checkout: Checkout, root: string): Promise<readonly TarEntry[]> {
  const found = await lookAt(checkout, root);
  if (found === null) {
    throw new RefusalError({
      code: "build-failed",
      message: `services.${service}.files names ${quoteInput(root)}, which the build did not leave. Nothing was published.`,
    });
  }
  const entries: TarEntry[] = [];
  for (const entry of found) {
    const isRoot = entry.path === "" || entry.path === ".";
    const path = root === "." ? entry.path : isRoot ? root : `${root}/${entry.path}`;
    // The checkout's own bookkeeping is not what the commit produced.
    if (path === ".git" || path.startsWith(".git/")) continue;
    entries.push(await checkoutEntry(service, checkout, path, entry));
  }
  return entries;
}

/** A link that is named itself is one like any other; a link on the way there stays without a path. */
async function lookAt(checkout: Checkout, root: string): Promise<readonly FoundEntry[] | null> {
  const found = await checkout.walk(root);
  const [only] = found ?? [];
  if (only?.path !== "" || only.kind !== "link") return found;
  const [folder, name] = [posix.dirname(root), posix.basename(root)];
  const itself = (await checkout.walk(folder))?.find(({ path, kind }) => path === name && kind === "link");
  return itself ? [{ ...itself, path: "." }] : found;
}

async function checkoutEntry(service: string, checkout: Checkout, path: string, found: FoundEntry): Promise<TarEntry> {
  const because = whyUnsafe(path) ?? (found.kind === "other" ? "is no regular file" : null);
  if (because !== null) throw unsafe(service, [`${quoteInput(path)} ${because}`]);
  if (found.kind === "file") {
    const mode = found.executable ? 0o755 : 0o644;
    const digest = await checkout.digest(path);
    return {
      file: { path, mode, sha256: digest, bytes: found.bytes, link: null },
      read: () => checkout.read(path),
    };
  }
  const link = found.link ?? "";
  // An empty path is a link on the way to what was asked for: it may be followed by nobody.
  if (found.path === "" || resolveLink(path, link) === null) {
    throw unsafe(service, [`${quoteInput(path)} is a link to ${quoteInput(link)}, out of the image`]);
  }
  const bytes = new TextEncoder().encode(link);
  return { file: { path, mode: 0o755, sha256: sha256(bytes), bytes: bytes.length, link }, read: async () => bytes };
}

function addedEntry({ path, bytes }: AddedFile): TarEntry {
  return {
    file: { path, mode: 0o644, sha256: sha256(bytes), bytes: bytes.length, link: null },
    read: async () => bytes,
  };
}

function refuseTwins(service: string, entries: readonly TarEntry[]): void {
  const twins = pathTwins(entries.map((entry) => entry.file.path));
  if (twins.length === 0) return;
  throw unsafe(
    service,
    twins.map(([a, b]) => `${quoteInput(a)} and ${quoteInput(b)} are one path where case is ignored`),
  );
}

/** A link must lead to something the image holds: what it would find on the machine that unpacks it is not ours. */
function refuseDangling(service: string, entries: readonly TarEntry[]): void {
  const files = new Set(entries.map((entry) => entry.file.path));
  const folders = new Set<string>([""]);
  for (const path of files) {
    for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) folders.add(path.slice(0, end));
  }
  const dangling = entries.filter(({ file }) => {
    if (file.link === null) return false;
    const target = resolveLink(file.path, file.link);
    return target === null || !(files.has(target) || folders.has(target));
  });
  if (dangling.length === 0) return;
  throw unsafe(
    service,
    dangling.map(({ file }) => `${quoteInput(file.path)} is a link to ${quoteInput(file.link)}, which the image lacks`),
  );
}

function unsafe(service: string, problems: readonly string[]): RefusalError {
  return new RefusalError({
    code: "path-unsafe",
    message: `the image of ${service} would hold ${problems.length === 1 ? "a path that is" : `${problems.length} paths that are`} not safe. Nothing was published.`,
    evidence: problems.slice(0, 20),
  });
}

async function keep(store: ImageStore, entries: readonly TarEntry[], platform: string): Promise<BuiltImage> {
  const tar = await store.temporary();
  try {
    const { digest, bytes } = await writeImageTar(entries, tar);
    await store.adopt(tar, digest);
    const files = { version: 1 as const, files: entries.map((entry) => entry.file) };
    return { image: { repository: "local", digest, platform, bytes }, files };
  } finally {
    await rm(tar, { force: true });
  }
}
