import { PortError } from "../../errors.ts";
import type { Digest } from "../../identifiers.ts";
import type { Permit } from "../../ports.ts";
import { isOf, type StoredManifest } from "./look-at-image.ts";
import { longestManifestBytes } from "./manifest.ts";
import type { OciClient } from "./oci-client.ts";
import { repositorySource } from "./repository-source.ts";

export interface TagOrder {
  readonly tag: string;
  readonly digest: Digest;
  readonly stored: StoredManifest;
  readonly permit: Pick<Permit, "check" | "signal">;
}

/** Safe to repeat. @throws PortError */
export async function putTag(
  client: OciClient,
  { tag, digest, stored, permit }: TagOrder,
  call: string,
): Promise<void> {
  const body = Buffer.from(stored.bytes).toString();
  const answer = await client.ask(
    call,
    { path: `manifests/${tag}`, headers: { "content-type": stored.mediaType }, put: { body, permit } },
    longestManifestBytes,
  );
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  if (status === 403) throw client.denied(call, answer);
  const because = `${client.name} answers ${status} to the tag ${tag}`;
  // A tag that never moves is refused where it stands already.
  const there = await repositorySource(client).manifest(tag);
  if (there !== null && isOf(there.bytes, digest)) return;
  throw new PortError(call, status < 500 ? "none" : "possible", because);
}
