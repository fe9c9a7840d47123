import { PortError } from "../../errors.ts";
import type { Digest } from "../../identifiers.ts";
import type { ImageSource, StoredManifest } from "./look-at-image.ts";
import { longestManifestBytes, manifestTypes, mediaTypeOf } from "./manifest.ts";
import type { OciClient } from "./oci-client.ts";

/** What one repository of a registry keeps. */
export interface RepositorySource extends ImageSource {
  manifest(reference: Digest | string): Promise<StoredManifest | null>;
  /** Size of a layer or a configuration; null: it is not there. NaN: it is, and the registry does not say how large. */
  sizeOf(digest: Digest): Promise<number | null>;
}

/**
 * That there is no such repository may be a mistake in its name, and is no answer; `madeByPush`: it is an empty one, which some registries make
 * when something comes.
 */
export function repositorySource(client: OciClient, { madeByPush = false } = {}): RepositorySource {
  const unknown = new RegExp(`"code"\\s*:\\s*"(?:MANIFEST|BLOB${madeByPush ? "|NAME" : ""})_UNKNOWN"`);
  /** Null: the registry has no such thing. */
  const ask = async (path: string, headers: Readonly<Record<string, string>>) => {
    const answer = await client.ask("images.inspect", { path, headers }, longestManifestBytes);
    if (answer.status === 200) return answer;
    const text = Buffer.from(answer.bytes).toString();
    if (answer.status === 404 && unknown.test(text)) return null;
    throw new PortError("images.inspect", "none", `${client.name} answers ${answer.status} to ${path}`);
  };
  return {
    async manifest(reference) {
      const answer = await ask(`manifests/${reference}`, { accept: manifestTypes.join(", ") });
      if (answer === null) return null;
      return { bytes: answer.bytes, mediaType: mediaTypeOf(answer.bytes, answer.headers.get("content-type")) };
    },
    config: async (digest) => (await ask(`blobs/${digest}`, {}))?.bytes ?? null,
    async sizeOf(digest) {
      const answer = await client.ask("images.inspect", { path: `blobs/${digest}`, head: true }, longestManifestBytes);
      if (answer.status === 200) return Number(answer.headers.get("content-length") ?? Number.NaN);
      // An answer to HEAD has no words to tell an unknown repository by.
      if (answer.status === 404) return null;
      throw new PortError("images.inspect", "none", `${client.name} answers ${answer.status} to blobs/${digest}`);
    },
  };
}
