import { PortError } from "../errors.ts";
import type { Digest } from "../identifiers.ts";
import type { ImageLook, ImageRef, ImageRegistry, Permit } from "../ports.ts";
import { type ImageSource, isOf, lookAtImage, type StoredManifest } from "./image/look-at-image.ts";
import { longestManifestBytes, manifestTypes, mediaTypeOf } from "./image/manifest.ts";
import { OciClient, type OciClientInput } from "./image/oci-client.ts";
import { pinTag } from "./image/pin-tag.ts";

export interface OciImageRegistryInput extends OciClientInput {
  /** What tasks run on: `linux/amd64` or `linux/arm64`. */
  readonly platform: string;
}

/** Images of one repository of any registry that speaks the OCI distribution specification. A pin is one more tag. */
export class OciImageRegistry implements ImageRegistry {
  readonly #client: OciClient;
  readonly #platform: string;

  constructor(input: OciImageRegistryInput) {
    this.#client = new OciClient(input);
    this.#platform = input.platform;
  }

  inspect({ digest }: ImageRef): Promise<ImageLook | null> {
    return lookAtImage(this.#source, digest, this.#platform);
  }

  async pin({ digest }: ImageRef, pin: string, permit: Permit): Promise<void> {
    const tag = pinTag(pin, digest);
    const stored = await this.#manifest(digest);
    if (stored === null) throw new PortError("images.pin", "none", `${digest} is not in ${this.#client.name}`);
    if (!isOf(stored.bytes, digest)) throw new PortError("images.pin", "none", `${digest} has other bytes`);
    const body = Buffer.from(stored.bytes).toString();
    const { status } = await this.#client.ask(
      "images.pin",
      { path: `manifests/${tag}`, headers: { "content-type": stored.mediaType }, put: { body, permit } },
      longestManifestBytes,
    );
    if (status >= 200 && status < 300) return;
    // A tag that never moves is refused where it stands already.
    const there = await this.#manifest(tag);
    if (there !== null && isOf(there.bytes, digest)) return;
    const effect = status < 500 ? "none" : "possible";
    throw new PortError("images.pin", effect, `${this.#client.name} answers ${status} to the tag ${tag}`);
  }

  readonly #source: ImageSource = {
    manifest: (digest) => this.#manifest(digest),
    config: async (digest) => (await this.#ask(`blobs/${digest}`, {}))?.bytes ?? null,
  };

  async #manifest(reference: Digest | string): Promise<StoredManifest | null> {
    const answer = await this.#ask(`manifests/${reference}`, { accept: manifestTypes.join(", ") });
    if (answer === null) return null;
    return { bytes: answer.bytes, mediaType: mediaTypeOf(answer.bytes, answer.headers.get("content-type")) };
  }

  /** Null: the registry has no such thing. That there is no such repository may be a mistake in its name, and is no answer. */
  async #ask(path: string, headers: Readonly<Record<string, string>>) {
    const answer = await this.#client.ask("images.inspect", { path, headers }, longestManifestBytes);
    if (answer.status === 200) return answer;
    const text = Buffer.from(answer.bytes).toString();
    if (answer.status === 404 && /"code"\s*:\s*"(?:MANIFEST|BLOB)_UNKNOWN"/.test(text)) return null;
    throw new PortError("images.inspect", "none", `${this.#client.name} answers ${answer.status} to ${path}`);
  }
}
