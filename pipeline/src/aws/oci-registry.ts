import { PortError } from "../errors.ts";
import type { Digest } from "../identifiers.ts";
import type { ImageLook, ImageRef, ImageRegistry, Permit } from "../ports.ts";
import { type ImageSource, lookAtImage, type StoredManifest } from "./image/look-at-image.ts";
import { longestManifestBytes, manifestTypes } from "./image/manifest.ts";
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
    const stored = await this.#source.manifest(digest);
    if (stored === null) throw new PortError("images.pin", "none", `${digest} is not in ${this.#client.name}`);
    permit.check();
    const { status } = await this.#client.ask(
      "images.pin",
      `manifests/${pinTag(pin, digest)}`,
      { method: "PUT", headers: { "content-type": stored.mediaType }, body: stored.text, signal: permit.signal },
      longestManifestBytes,
    );
    if (status !== 201) throw new PortError("images.pin", "none", `${this.#client.name} answers ${status} to the tag`);
  }

  readonly #source: ImageSource = {
    manifest: (digest) => this.#manifestOf(digest),
    config: (digest) => this.#configOf(digest),
  };

  async #manifestOf(digest: Digest): Promise<StoredManifest | null> {
    const headers = { accept: manifestTypes.join(", ") };
    const answer = await this.#ask(`manifests/${digest}`, headers);
    if (answer === null) return null;
    return { text: answer.text, mediaType: answer.headers.get("content-type") ?? manifestTypes[1] };
  }

  async #configOf(digest: Digest): Promise<string | null> {
    return (await this.#ask(`blobs/${digest}`, {}))?.text ?? null;
  }

  async #ask(path: string, headers: Readonly<Record<string, string>>) {
    const answer = await this.#client.ask("images.inspect", path, { headers }, longestManifestBytes);
    if (answer.status === 404) return null;
    if (answer.status !== 200)
      throw new PortError("images.inspect", "none", `${this.#client.name} answers ${answer.status} to ${path}`);
    return answer;
  }
}
