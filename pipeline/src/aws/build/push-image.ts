import { createReadStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { PortError } from "../../errors.ts";
import type { Digest } from "../../identifiers.ts";
import type { Permit } from "../../ports.ts";
import { canonicalBytes, sha256 } from "../../release/canonical-json.ts";
import type { ReleaseImage } from "../../release/manifest.ts";
import { hexOf } from "../../release/store-keys.ts";
import { longestManifestBytes, parseManifest } from "../image/manifest.ts";
import type { OciClient } from "../image/oci-client.ts";
import type { Descriptor } from "../image/parts-of-manifest.ts";
import { putTag } from "../image/put-tag.ts";
import { type RepositorySource, repositorySource } from "../image/repository-source.ts";
import { weighImage } from "../image/weigh-image.ts";
import { packLayer } from "./layer.ts";
import { explainDenial, type Registry } from "./registry.ts";

export interface ImageToPush {
  readonly config: Uint8Array;
  /** The lowest first. */
  readonly layers: readonly LayerToPush[];
  /** For layers on their way. */
  readonly scratch: string;
  readonly guard: Pick<Permit, "check" | "signal">;
}

interface LayerToPush {
  readonly diffId: string;
  /** It may be read again and again. */
  readonly tar: () => AsyncIterable<Buffer>;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar+gzip";

/**
 * Puts an image into the repository and reads it back. Its tag contains the digest of its configuration, which names every layer by its
 * content: one that is there already is taken as it is, though another machine has compressed it in another way.
 * @throws UserError `credentials`; PortError
 */
export async function pushImage(registry: Registry, image: ImageToPush): Promise<ReleaseImage> {
  return await explainDenial(registry.repository, async () => {
    const { client, platform, repository } = registry;
    const source = repositorySource(client, { madeByPush: true });
    const tag = `image-${hexOf(sha256(image.config))}`;
    const found = await findPushed(source, tag, image.config, platform);
    if (found !== null) return { repository, platform, ...found };
    const bytes = await sendManifest(registry, source, image);
    await putTag(
      client,
      { tag, digest: sha256(bytes), stored: { bytes, mediaType: manifestType }, permit: image.guard },
      "images.push",
    );
    const pushed = await findPushed(source, tag, image.config, platform);
    if (pushed === null)
      throw new PortError("images.push", "possible", `${client.name} does not give back what it took`);
    return { repository, platform, ...pushed };
  });
}

async function findPushed(source: RepositorySource, tag: string, config: Uint8Array, platform: string) {
  const stored = await source.manifest(tag);
  if (stored === null) return null;
  const manifest = parseManifest(stored.bytes);
  if (manifest?.kind !== "image" || manifest.config !== sha256(config)) return null;
  const digest = sha256(stored.bytes);
  const verdict = await weighImage(source, digest, platform);
  return verdict.status === "same" ? { digest, bytes: verdict.bytes } : null;
}

async function sendManifest(
  { client, known }: Registry,
  source: RepositorySource,
  image: ImageToPush,
): Promise<Uint8Array> {
  const { guard, scratch, config } = image;
  const send = async (digest: Digest, size: number, read: () => Readable): Promise<void> => {
    if ((await source.sizeOf(digest)) !== size) await sendBlob(client, { digest, size, read }, guard);
  };
  const layers = await Promise.all(
    image.layers.map(async (layer, index): Promise<Descriptor> => {
      const there = known.get(layer.diffId);
      if (there !== undefined && (await source.sizeOf(there.digest)) === there.size) return there;
      const { digest, bytes, file } = await packLayer(layer.tar(), join(scratch, `layer-${index}.tar.gz`));
      guard.check();
      await send(digest, bytes, () => createReadStream(file));
      const sent = { mediaType: layerType, digest, size: bytes };
      known.set(layer.diffId, sent);
      return sent;
    }),
  );
  const digest = sha256(config);
  await send(digest, config.length, () => Readable.from([config]));
  return canonicalBytes({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest, size: config.length },
    layers,
  });
}

interface Blob {
  readonly digest: Digest;
  readonly size: number;
  readonly read: () => Readable;
}
const attempts = 3;

/** Whole, or not at all: an upload that ends early is begun anew. */
async function sendBlob(client: OciClient, blob: Blob, permit: ImageToPush["guard"]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sendBlobOnce(client, blob, permit);
    } catch (error) {
      permit.check();
      if (attempt === attempts || !(error instanceof PortError) || error.effect === "none") throw error;
      await delay(250 * 4 ** (attempt - 1), undefined, { signal: permit.signal });
    }
  }
}

async function sendBlobOnce(client: OciClient, { digest, size, read }: Blob, permit: ImageToPush["guard"]) {
  const no = (because: string, effect: "none" | "possible") =>
    new PortError("images.push", effect, `${client.name} ${because}`);
  const begun = await client.ask(
    "images.push",
    { path: "blobs/uploads/", put: { method: "POST", body: "", permit } },
    longestManifestBytes,
  );
  if (begun.status === 403) throw client.denied("images.push", begun);
  if (begun.status !== 202) throw no(`answers ${begun.status} to a new upload`, "none");
  const url = client.urlOf(begun.headers.get("location") ?? "");
  if (url === null) throw no("sends an upload to another host, which is not followed", "none");
  url.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream", "content-length": String(size) };
  const { status } = await client.ask(
    "images.push",
    { path: url, headers, put: { body: read(), permit } },
    longestManifestBytes,
  );
  if (status !== 201) throw no(`answers ${status} to ${digest}`, status < 500 ? "none" : "possible");
}
