import { createHash } from "node:crypto";
import { CloudFrontWebHost } from "../../src/aws/web-host.ts";
import type { Digest, Epoch } from "../../src/identifiers.ts";
import type { ObjectStore, Permit, WebRevision } from "../../src/ports.ts";
import { canonicalBytes, sha256 } from "../../src/release/canonical-json.ts";
import { blobKey } from "../../src/release/store-keys.ts";
import { invalidationPaths } from "../../src/web/diff.ts";
import type { WebFile, WebFileList } from "../../src/web/file-list.ts";
import { environmentOf, instantOf, shaOf } from "../builders.ts";
import { MemoryObjectStore } from "../memory-store.ts";
import { type Edge, type EdgeRequest, keyOfOrigin, openEdge } from "./edge.ts";
import { ScriptedAws } from "./scripted-aws.ts";

export interface SampleFile {
  readonly path: string;
  readonly content: string;
  readonly role: WebFile["role"];
}
export interface SampleRelease {
  readonly revision: WebRevision;
  readonly list: WebFileList;
}

export const permitOf = (epoch: Epoch): Permit => ({
  environment: environmentOf("prod"),
  epoch,
  signal: new AbortController().signal,
  check: () => undefined,
});

export const fileOf = ({ path, content, role }: SampleFile): WebFile => ({
  path,
  sha256: sha256(content),
  bytes: content.length,
  role,
});

export function releaseOf(files: readonly SampleFile[], fallback: string | null): SampleRelease {
  const list = {
    version: 1 as const,
    fallback,
    files: files.map(fileOf).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
  const digest = sha256(canonicalBytes(list));
  return { revision: { sha: shaOf(digest.slice(7, 17)), digest }, list };
}

const bucket = "web-bucket";
const prefix = "apps/web";
const blobs = { bucket: "store-bucket", prefix: "apps/store" };
/** What a browser sends that goes to a page. */
export const asPage = { accept: "text/html,application/xhtml+xml", "sec-fetch-dest": "document" };
export const asScript = { accept: "*/*", "sec-fetch-dest": "script" };

export type Mode = "pointer" | "sync";

/** An environment's web on scripted AWS, the store of its releases, and the edge in front of it. */
export class WebWorld {
  readonly aws = new ScriptedAws();
  readonly #store = new MemoryObjectStore(() => instantOf("2026-11-22T07:00"));
  readonly #edge: Edge;
  readonly #mode: Mode;
  /** How often the host asked the store. */
  storeReads = 0;

  constructor(mode: Mode) {
    this.#mode = mode;
    this.#edge = openEdge({ get: async (key) => this.aws.values.get(key) });
  }

  /** A process of its own: nothing is remembered. */
  host(): CloudFrontWebHost {
    const store: ObjectStore = Object.assign(Object.create(this.#store), {
      address: this.#store.address,
      get: (key: string) => {
        this.storeReads += 1;
        return this.#store.get(key);
      },
    });
    const { s3, cloudFront, keyValueStore: client } = this.aws;
    return new CloudFrontWebHost({
      s3,
      cloudFront,
      store,
      blobs,
      bucket,
      prefix,
      distribution: "E2QWRUHAPOMQZL",
      keyValueStore:
        this.#mode === "sync" ? null : { client, arn: "arn:aws:cloudfront::000000000000:key-value-store/web" },
    });
  }

  async publish(files: readonly SampleFile[], { list, revision }: SampleRelease): Promise<void> {
    await this.#store.putIfAbsent(blobKey(revision.digest), canonicalBytes(list));
    for (const { content } of files)
      this.aws.put(`${blobs.bucket}/${blobs.prefix}/${blobKey(sha256(content))}`, new TextEncoder().encode(content));
  }

  /** In the store, for who has to read it. */
  async keep(content: string): Promise<void> {
    await this.#store.putIfAbsent(blobKey(sha256(content)), new TextEncoder().encode(content));
  }

  /** As a promotion goes through the port; answers how many calls its three orders made. */
  async promote(host: CloudFrontWebHost, from: SampleRelease | null, to: SampleRelease, epoch: Epoch): Promise<number> {
    const permit = permitOf(epoch);
    const assets = to.list.files.filter(({ role }) => role === "asset");
    const { missing } = await host.missing(assets);
    await host.readLive();
    const before = this.aws.calls.length;
    await host.addAssets(
      assets.filter(({ path }) => missing.includes(path)),
      permit,
    );
    const answer = await host.switchTo(to.revision, permit);
    if (answer !== "switched") throw new Error(answer);
    const paths = invalidationPaths(from?.list ?? null, to.list);
    await host.invalidate(paths.length === 0 ? ["/"] : paths, `key-${epoch}`, permit);
    return this.aws.calls.length - before;
  }

  /** Digest of what is answered with, or a status. */
  async ask(request: EdgeRequest): Promise<Digest | number> {
    const decision = this.#mode === "pointer" ? await this.#edge(request) : { origin: `/site${request.uri}` };
    if ("status" in decision) return decision.status;
    const file = this.aws.files.get(`${bucket}/${keyOfOrigin(prefix, decision.origin)}`);
    return file ? (`sha256:${createHash("sha256").update(file.bytes).digest("hex")}` as Digest) : 404;
  }

  async served(path: string, headers: Readonly<Record<string, string>> = asScript): Promise<Digest | number> {
    const uri = `/${path.split("/").map(encodeURIComponent).join("/")}`;
    return await this.ask({ method: "GET", uri, headers });
  }

  /** Paths of a release that are not served as it has them. */
  async wrong({ list }: SampleRelease, role?: WebFile["role"]): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (const file of list.files)
      if ((role ?? file.role) === file.role && (await this.served(file.path)) !== file.sha256) wrong.push(file.path);
    return wrong;
  }
}
