import type { Config } from "../config/config.ts";
import { RefusalError } from "../errors.ts";
import type { EmitBuild } from "../events.ts";
import { type Digest, type Sha, shortSha } from "../identifiers.ts";
import { count, inWords } from "../policy/spell.ts";
import type { SourceControl } from "../ports.ts";
import { checkReferences } from "../web/check-references.ts";
import type { CommitFacts } from "./build-ports.ts";
import { type BuildEnd, describePublished } from "./build-release.ts";
import { type BuiltFolder, readBlob, readBuilt, takeImages } from "./built-folder.ts";
import { canonicalJson } from "./canonical-json.ts";
import { frozenFacts } from "./draft-release.ts";
import type { ReleaseManifest } from "./manifest.ts";
import { imageWords } from "./parts-of-release.ts";
import { publishPolicy } from "./publish-policy.ts";
import { type PublishPorts, publishRelease } from "./publish-release.ts";
import type { ReleaseDraft } from "./release-draft.ts";
import { announcePhases } from "./with-draft.ts";

export interface PublishBuiltPorts extends PublishPorts {
  readonly folder: BuiltFolder;
  readonly source: SourceControl;
  /** What this checkout knows of a commit; null: it is no checkout, or has no such commit. Reads, and runs nothing. */
  readonly commitAt: (sha: Sha) => Promise<{ readonly commit: CommitFacts; readonly config: Config } | null>;
}
export interface PublishBuiltInput {
  readonly app: string;
  /** Of build.json, as `build --out` printed it. */
  readonly digest: Digest;
  readonly publisher: ReleaseManifest["publisher"];
  /** How many earlier releases are asked for asset names. */
  readonly rollbackWindow: number;
  readonly signal?: AbortSignal;
}

/**
 * The second half of a build: publishes a folder that repository code has made, running none of that code. The folder is not
 * trusted: every byte is compared with `digest` before release.json exists, and what it says of the commit with the commit.
 * @throws RefusalError `release-corrupt`, `release-foreign`, `web-broken` and what `publishRelease` refuses.
 */
export async function publishBuilt(
  ports: PublishBuiltPorts,
  input: PublishBuiltInput,
  emit: EmitBuild,
): Promise<BuildEnd> {
  const started = ports.clock.monotonic();
  const phase = announcePhases(ports.clock, emit, input.signal);
  const draft = await readBuilt(ports.folder, input.digest, input.publisher);
  const { manifest } = draft;
  const { sha, subject } = manifest.git;
  emit({ type: "publish:start", app: manifest.app, sha, subject });
  const known = await ports.commitAt(sha);
  refuseForeign(manifest, input.app, known);
  await phase(
    "check",
    () => checkBuilt(ports.folder, draft),
    ({ files }) => `${inWords([count(files, "web file"), ...imageWords(manifest)])} are what the digest says`,
  );
  const published = await phase("publish", () => publishRelease(ports, draft, input.rollbackWindow), describePublished);
  const policy =
    known === null
      ? ({ status: "kept", because: "unknown" } as const)
      : await publishPolicy(ports, { policy: known.config.policy, sha });
  return { ...published, sha, manifest, policy, milliseconds: ports.clock.monotonic() - started };
}

async function checkBuilt(folder: BuiltFolder, { manifest, web }: ReleaseDraft) {
  const bytesOf = new Map(web?.files.map((file) => [file.path, file]));
  const read = async (path: string): Promise<Uint8Array> => {
    const file = bytesOf.get(path);
    if (file === undefined) throw new Error(`no file of the list: ${path}`);
    return await readBlob(folder, file);
  };
  if (web !== null) {
    const routes = manifest.services.flatMap((service) => service.paths);
    await checkReferences({ list: web, routes, read });
  }
  return { images: await takeImages(folder, manifest), files: web?.files.length ?? 0 };
}

/** Code of the repository wrote the folder: what it says of app, commit and slipway.yaml has to be what the commit says. */
function refuseForeign(
  manifest: ReleaseManifest,
  app: string,
  known: { readonly commit: CommitFacts; readonly config: Config } | null,
): void {
  const said: Readonly<Record<string, unknown>> = manifest;
  const expected = known === null ? { app } : frozenFacts(known.config, known.commit);
  const differing = Object.entries(expected).filter(([field, value]) => !isSame(value, said[field]));
  if (differing.length === 0) return;
  throw new RefusalError({
    code: "release-foreign",
    message: `the folder says other things of ${shortSha(manifest.git.sha)} than the commit and this store do. Nothing was published.`,
    evidence: differing.map(([field, value]) => `${field}: ${spell(said[field])}, expected ${spell(value)}`),
  });
}

const isSame = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

function spell(value: unknown): string {
  const text = canonicalJson(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
