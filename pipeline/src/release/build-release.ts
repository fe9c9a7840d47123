import type { EmitBuild } from "../events.ts";
import type { Digest, Sha } from "../identifiers.ts";
import type { BuildPorts, DraftPorts } from "./build-ports.ts";
import { type BuiltFolder, writeBuilt } from "./built-folder.ts";
import type { ReleaseManifest } from "./manifest.ts";
import { type PolicyEnd, publishPolicy } from "./publish-policy.ts";
import { type Published, publishRelease } from "./publish-release.ts";
import { type BuildInput, withDraft } from "./with-draft.ts";

export type BuildEnd = Published & {
  readonly sha: Sha;
  readonly manifest: ReleaseManifest;
  /** What became of policy.json. */
  readonly policy: PolicyEnd;
  readonly milliseconds: number;
};

/**
 * Builds a commit once, in a clean checkout, and publishes what came out. The same bytes again are a no-op that says who
 * published them; other bytes are refused and the published release stays.
 * @throws RefusalError `tree-dirty`, `build-failed`, `path-unsafe`, `web-broken` and what `publishRelease` refuses.
 */
export async function buildRelease(ports: BuildPorts, input: BuildInput, emit: EmitBuild): Promise<BuildEnd> {
  const started = ports.clock.monotonic();
  const { config, sha } = input;
  return await withDraft(ports, input, emit, async (draft, phase) => {
    const published = await phase(
      "publish",
      () => publishRelease(ports, draft, config.rollbackWindow),
      describePublished,
    );
    const policy = await publishPolicy(ports, { policy: config.policy, sha });
    return { ...published, sha, manifest: draft.manifest, policy, milliseconds: ports.clock.monotonic() - started };
  });
}

/** As the line of the phase says it. */
export const describePublished = (end: Published): string =>
  end.status === "same"
    ? end.restored === 0
      ? "nothing to write, the same as published"
      : `${end.restored} lost or damaged ${end.restored === 1 ? "object" : "objects"} put back`
    : `${end.written} ${end.written === 1 ? "object" : "objects"}, release.json last`;

export interface BuiltEnd {
  readonly sha: Sha;
  /** Of build.json: whoever publishes the folder names it. */
  readonly digest: Digest;
  readonly manifest: ReleaseManifest;
  readonly milliseconds: number;
}

/**
 * The same, into a folder: needs no credential and touches no store, since code of the repository runs here.
 * @throws RefusalError as above; UserError when the folder holds something else.
 */
export async function buildIntoFolder(
  ports: DraftPorts & { readonly folder: BuiltFolder },
  input: BuildInput,
  emit: EmitBuild,
): Promise<BuiltEnd> {
  const started = ports.clock.monotonic();
  const prepare = () => ports.folder.clear();
  return await withDraft(ports, { ...input, prepare }, emit, async (draft, phase) => {
    const written = await phase(
      "write",
      () => writeBuilt(ports.folder, draft),
      ({ files }) => `${files} ${files === 1 ? "file" : "files"} and the images, build.json last`,
    );
    const milliseconds = ports.clock.monotonic() - started;
    return { sha: input.sha, digest: written.digest, manifest: draft.manifest, milliseconds };
  });
}
