import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import type { Digest, Epoch } from "../src/identifiers.ts";
import { connectLocal } from "../src/local/connect.ts";
import { createImageStore } from "../src/local/image-store.ts";
import { writeImageTar } from "../src/local/image-tar.ts";
import { FileObjectStore } from "../src/local/object-store.ts";
import type { PlatformStatus } from "../src/local/platform/status.ts";
import { type LocalTemplate, storeTemplate } from "../src/local/platform/template.ts";
import { platformStatus, purgePlatform, startPlatform, stopPlatform } from "../src/local/platform-control.ts";
import type { EnvironmentPorts, ObjectStore, Permit, Revision } from "../src/ports.ts";
import { canonicalBytes, digestOf, sha256 } from "../src/release/canonical-json.ts";
import { blobKey } from "../src/release/store-keys.ts";
import type { WebFile, WebFileList } from "../src/web/file-list.ts";
import { environmentOf, shaOf } from "./builders.ts";
import { unusedPort } from "./unused-port.ts";

export const withoutPostgres = fileURLToPath(new URL("./platform-without-postgres.ts", import.meta.url));
const testEnvironment = environmentOf("staging");

/** A lease that is held as long as nobody says otherwise. */
export const permitOf = (epoch: Epoch, signal: AbortSignal = new AbortController().signal): Permit => ({
  environment: testEnvironment,
  epoch,
  signal,
  check: () => undefined,
});

export interface PlatformFixture {
  readonly root: string;
  readonly port: number;
  readonly url: string;
  readonly store: ObjectStore;
  ports(): Promise<EnvironmentPorts>;
  start(): Promise<{ readonly pid: number; readonly started: boolean }>;
  stop(): Promise<boolean>;
  status(): Promise<PlatformStatus>;
  /** Stores an image of these files. */
  image(files: Readonly<Record<string, string>>): Promise<Digest>;
  template(fields?: Partial<LocalTemplate>): Promise<Digest>;
  /** A revision of this image with the fixture's template; `digits` begin its SHA. */
  revision(digits: string, image: Digest): Promise<Revision>;
  /** Stores the files and their list as a release does. */
  web(
    digits: string,
    files: Readonly<Record<string, { readonly role: WebFile["role"]; readonly text: string }>>,
    fallback?: string | null,
  ): Promise<{ readonly revision: { sha: Revision["sha"]; digest: Digest }; readonly files: readonly WebFile[] }>;
}

/** A platform of this test file's own, in a folder of its own; without Postgres unless it is asked for. */
export function usePlatform(options: { readonly postgres?: boolean } = {}): PlatformFixture {
  const state = { root: "", port: 0 };
  beforeAll(async () => {
    state.root = await mkdtemp(join(tmpdir(), "slipway-test-platform-"));
    state.port = await unusedPort();
    await start();
  });
  afterAll(async () => {
    await purgePlatform(state.root);
    await rm(state.root, { recursive: true, force: true });
  });
  const store = () => new FileObjectStore(join(state.root, ".slipway", "objects"), { durable: false });
  const start = () =>
    startPlatform({
      root: state.root,
      ...(options.postgres ? {} : { entry: withoutPostgres }),
      environments: [{ name: testEnvironment, port: state.port }],
    });
  const template = (fields: Partial<LocalTemplate> = {}) =>
    storeTemplate(store(), testEnvironment, {
      version: 1,
      env: {},
      envFile: null,
      database: "DATABASE_URL",
      ...fields,
    });
  return {
    get root() {
      return state.root;
    },
    get port() {
      return state.port;
    },
    get url() {
      return `http://127.0.0.1:${state.port}`;
    },
    get store() {
      return store();
    },
    start,
    stop: () => stopPlatform(state.root),
    async status() {
      const status = await platformStatus(state.root);
      if (!status) throw new Error("the platform does not run");
      return status;
    },
    ports: async () => {
      const slot = { template: await template() };
      return connectLocal({
        root: state.root,
        target: {
          version: 1,
          environment: testEnvironment,
          kind: "local",
          url: `http://127.0.0.1:${state.port}`,
          services: {},
          anyService: slot,
          migrations: slot,
          web: { switch: "pointer" },
          site: { port: state.port },
        },
      });
    },
    async image(files) {
      const folder = join(state.root, ".slipway", "images");
      mkdirSync(folder, { recursive: true });
      const images = createImageStore(folder);
      const tar = await images.temporary();
      const entries = Object.entries(files).map(([path, text]) => ({
        file: {
          path,
          mode: 0o644 as const,
          sha256: sha256(text),
          bytes: Buffer.byteLength(text),
          link: null,
        },
        read: async () => Buffer.from(text),
      }));
      const { digest } = await writeImageTar(entries, tar);
      await images.adopt(tar, digest);
      return digest;
    },
    template,
    revision: async (digits, image) => ({ sha: shaOf(digits), image, template: await template() }),
    async web(digits, files, fallback = null) {
      const list: WebFileList = {
        version: 1,
        fallback,
        files: Object.entries(files).map(([path, { role, text }]) => ({
          path,
          role,
          sha256: sha256(text),
          bytes: Buffer.byteLength(text),
        })),
      };
      for (const { text } of Object.values(files)) {
        await store().putIfAbsent(blobKey(sha256(text)), Buffer.from(text));
      }
      await store().putIfAbsent(blobKey(digestOf(list)), canonicalBytes(list));
      return { revision: { sha: shaOf(digits), digest: digestOf(list) }, files: list.files };
    },
  };
}
