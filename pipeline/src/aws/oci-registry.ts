import { PortError } from "../errors.ts";
import type { ImageLook, ImageRef, ImageRegistry, Permit } from "../ports.ts";
import { isOf, lookAtImage } from "./image/look-at-image.ts";
import { OciClient, type OciClientInput } from "./image/oci-client.ts";
import { pinTag } from "./image/pin-tag.ts";
import { putTag } from "./image/put-tag.ts";
import { type RepositorySource, repositorySource } from "./image/repository-source.ts";

export interface OciImageRegistryInput extends OciClientInput {
  /** What tasks run on: `linux/amd64` or `linux/arm64`. */
  readonly platform: string;
}

/** Images of one repository of any registry that speaks the OCI distribution specification. A pin is one more tag. */
export class OciImageRegistry implements ImageRegistry {
  readonly #client: OciClient;
  readonly #source: RepositorySource;
  readonly #platform: string;

  constructor(input: OciImageRegistryInput) {
    this.#client = new OciClient(input);
    this.#source = repositorySource(this.#client);
    this.#platform = input.platform;
  }

  inspect({ digest }: ImageRef): Promise<ImageLook | null> {
    return lookAtImage(this.#source, digest, this.#platform);
  }

  async pin({ digest }: ImageRef, pin: string, permit: Permit): Promise<void> {
    const tag = pinTag(pin, digest);
    const stored = await this.#source.manifest(digest);
    if (stored === null) throw new PortError("images.pin", "none", `${digest} is not in ${this.#client.name}`);
    if (!isOf(stored.bytes, digest)) throw new PortError("images.pin", "none", `${digest} has other bytes`);
    await putTag(this.#client, { tag, digest, stored, permit }, "images.pin");
  }
}
