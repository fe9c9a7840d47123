import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  PutImageCommand,
} from "@aws-sdk/client-ecr";
import { PortError } from "../errors.ts";
import type { Digest } from "../identifiers.ts";
import type { ImageLook, ImageRef, ImageRegistry, Permit } from "../ports.ts";
import { askAws, awsCodeOf } from "./aws-error.ts";
import { type ImageSource, lookAtImage, type StoredManifest } from "./image/look-at-image.ts";
import { longestManifestBytes, manifestTypes, mediaTypeOf } from "./image/manifest.ts";
import { readAtMost, whyNot } from "./image/oci-client.ts";
import { pinTag } from "./image/pin-tag.ts";

export interface EcrImageRegistryInput {
  readonly client: ECRClient;
  readonly repository: string;
  /** Account of the registry; absent: that of the credentials. */
  readonly registryId?: string;
  /** What tasks run on: `linux/amd64` or `linux/arm64`. */
  readonly platform: string;
}

const downloadMilliseconds = 20_000;
/** An image of a list may be archived by itself; it is then described, and not given away. */
const notToBeHad: ReadonlySet<string> = new Set(["ImageNotFound", "ImageInaccessible"]);
const archived = (status: string): ImageLook => ({
  pullable: false,
  because: `ECR has it as ${status}, which nobody can pull`,
});

/**
 * Images of one repository of Amazon ECR. That an image is described says little: an archived one is, and cannot be pulled
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html). A pin is one more tag on the same manifest, which a
 * lifecycle policy keeps by its beginning `deployed-`.
 */
export class EcrImageRegistry implements ImageRegistry {
  readonly #client: ECRClient;
  readonly #at: { readonly repositoryName: string; readonly registryId?: string };
  readonly #platform: string;

  constructor({ client, repository, registryId, platform }: EcrImageRegistryInput) {
    this.#client = client;
    this.#at = { repositoryName: repository, ...(registryId === undefined ? {} : { registryId }) };
    this.#platform = platform;
  }

  async inspect({ digest }: ImageRef): Promise<ImageLook | null> {
    return await askAws("images.inspect", this.#nameOf(digest), "reads", async () => {
      const status = await this.#statusOf(digest);
      if (status === null) return null;
      return status === "ACTIVE" ? await lookAtImage(this.#source, digest, this.#platform) : archived(status);
    });
  }

  async pin({ digest }: ImageRef, pin: string, permit: Permit): Promise<void> {
    const name = this.#nameOf(digest);
    const stored = await askAws("images.pin", name, "reads", () => this.#manifestOf(digest));
    if (stored === null) throw new PortError("images.pin", "none", `${name} is not there`);
    permit.check();
    await askAws("images.pin", name, "changes", () => this.#tag(digest, stored, pinTag(pin, digest), permit.signal));
  }

  #nameOf(digest: Digest): string {
    return `${this.#at.repositoryName}@${digest}`;
  }

  async #tag(digest: Digest, stored: StoredManifest, imageTag: string, abortSignal: AbortSignal): Promise<void> {
    const image = {
      imageManifest: Buffer.from(stored.bytes).toString(),
      imageManifestMediaType: stored.mediaType,
      imageDigest: digest,
    };
    try {
      await this.#client.send(new PutImageCommand({ ...this.#at, ...image, imageTag }), { abortSignal });
    } catch (error) {
      // The same manifest under the same tag: pinned already.
      if (awsCodeOf(error) !== "ImageAlreadyExistsException") throw error;
    }
  }

  /** Null: it is not there. Left to itself the call tells of none but active images (API_DescribeImagesFilter). */
  async #statusOf(digest: Digest): Promise<string | null> {
    try {
      const output = await this.#client.send(
        new DescribeImagesCommand({ ...this.#at, imageIds: [{ imageDigest: digest }], filter: { imageStatus: "ANY" } }),
      );
      // Registries from before images could be archived say nothing.
      return output.imageDetails?.[0] ? (output.imageDetails[0].imageStatus ?? "ACTIVE") : null;
    } catch (error) {
      if (awsCodeOf(error) === "ImageNotFoundException") return null;
      throw error;
    }
  }

  readonly #source: ImageSource = {
    manifest: (digest) => this.#manifestOf(digest),
    config: (digest) => this.#configOf(digest),
  };

  async #manifestOf(digest: Digest): Promise<StoredManifest | null> {
    const { images = [], failures = [] } = await this.#client.send(
      new BatchGetImageCommand({
        ...this.#at,
        imageIds: [{ imageDigest: digest }],
        acceptedMediaTypes: [...manifestTypes],
      }),
    );
    const found = images[0];
    if (found?.imageManifest !== undefined) {
      const bytes = Buffer.from(found.imageManifest);
      return { bytes, mediaType: mediaTypeOf(bytes, found.imageManifestMediaType ?? null) };
    }
    const failure = failures[0];
    if (failure === undefined || notToBeHad.has(failure.failureCode ?? "")) return null;
    throw new PortError("images.inspect", "none", `${digest}: ${failure.failureCode}: ${failure.failureReason ?? ""}`);
  }

  async #configOf(digest: Digest): Promise<Uint8Array | null> {
    const url = await this.#downloadUrlOf(digest);
    if (url === null) return null;
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(downloadMilliseconds) });
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error(`it is answered with ${answer.status}`);
      return await readAtMost(answer, longestManifestBytes);
    } catch (error) {
      throw new PortError("images.inspect", "none", `the configuration ${digest}: ${whyNot(error)}`);
    }
  }

  async #downloadUrlOf(digest: Digest): Promise<string | null> {
    try {
      const output = await this.#client.send(new GetDownloadUrlForLayerCommand({ ...this.#at, layerDigest: digest }));
      return output.downloadUrl ?? null;
    } catch (error) {
      if (["LayersNotFoundException", "LayerInaccessibleException"].includes(awsCodeOf(error))) return null;
      throw error;
    }
  }
}
