import { writeTarget } from "../../src/environment/read-target.ts";
import type { Digest, EnvironmentName, Sha } from "../../src/identifiers.ts";
import type { ObjectStore } from "../../src/ports.ts";
import { canonicalBytes, sha256 } from "../../src/release/canonical-json.ts";
import type { ReleaseManifest } from "../../src/release/manifest.ts";
import { blobKey, releaseKey } from "../../src/release/store-keys.ts";
import type { WebFileList } from "../../src/web/file-list.ts";
import { aRelease, aService, digestOf, serviceOf, shaOf } from "../builders.ts";

export interface SimRelease {
  readonly sha: Sha;
  readonly api: Digest;
  readonly worker: Digest;
  readonly images: ReadonlySet<Digest>;
  readonly list: WebFileList;
  readonly webDigest: Digest;
  readonly migrations: readonly string[];
}

/** A published release of two services (or of those named), pages and the migrations up to `migrations.at(-1)`. */
export async function publishSimRelease(
  store: ObjectStore,
  digits: string,
  migrations: readonly string[],
  names: readonly string[] = ["api", "worker"],
): Promise<SimRelease> {
  const sha = shaOf(digits);
  const list: WebFileList = {
    version: 1,
    fallback: "index.html",
    files: [
      { path: `assets/app-${digits}.js`, sha256: digestOf(`asset ${sha}`), bytes: 10, role: "asset" },
      { path: "index.html", sha256: digestOf(`entry ${sha}`), bytes: 10, role: "entry" },
    ],
  };
  const manifest = simManifest(sha, list, migrations, names);
  await store.putIfAbsent(blobKey(digestOfList(list)), canonicalBytes(list));
  await store.putIfAbsent(releaseKey(sha), canonicalBytes(manifest));
  return simRelease(manifest, list);
}

const digestOfList = (list: WebFileList): Digest => sha256(canonicalBytes(list));

/** What the world has to know of a release. */
export function simRelease({ git, images, migrations }: ReleaseManifest, list: WebFileList): SimRelease {
  const [api, worker] = [imageDigest("api", git.sha), imageDigest("worker", git.sha)];
  return {
    sha: git.sha,
    api,
    worker,
    images: new Set(Object.values(images).map(({ digest }) => digest)),
    list,
    webDigest: digestOfList(list),
    migrations: migrations?.files.map(({ name }) => name) ?? [],
  };
}

const imageDigest = (name: string, sha: Sha): Digest => digestOf(`${name} ${sha}`);

export function simManifest(
  sha: Sha,
  list: WebFileList,
  migrations: readonly string[],
  names: readonly string[],
): ReleaseManifest {
  const image = (name: string) => ({
    repository: "sim",
    digest: imageDigest(name, sha),
    platform: "linux/amd64",
    bytes: 10,
  });
  const files = migrations.map((name) => ({ name, sha256: digestOf(name) }));
  const services = [
    aService({ smoke: [{ method: "GET", path: "/version", status: 200, text: "{sha}" }] }),
    aService({ name: serviceOf("worker"), port: null, paths: [], health: { kind: "uptime", seconds: 1 } }),
  ];
  const assets = list.files.filter(({ role }) => role === "asset").length;
  return {
    ...aRelease({ sha }).manifest,
    services: services.filter(({ name }) => names.includes(name)),
    images: Object.fromEntries(names.map((name) => [name, image(name)])),
    web: { digest: digestOfList(list), entries: list.files.length - assets, assets, bytes: 10 * list.files.length },
    migrations: {
      engine: "knex",
      digest: digestOf(JSON.stringify(files)),
      files,
      runner: { image: image("api"), command: ["node", "runner.js"] },
      database: "DATABASE_URL",
      timeoutSeconds: 60,
      lockTimeoutSeconds: 5,
    },
  };
}

export const writeSimTarget = (store: ObjectStore, environment: EnvironmentName) =>
  writeTarget(store, {
    version: 1,
    environment,
    kind: "local",
    url: "http://sim",
    services: {},
    anyService: { template: digestOf("template") },
    migrations: { template: digestOf("template") },
    web: { switch: "pointer" },
    site: null,
  });
