import { readFileSync, realpathSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Config } from "../../pipeline/src/config/config.ts";
import { parseConfig } from "../../pipeline/src/config/load.ts";
import type { StoredTarget, Target } from "../../pipeline/src/environment/target.ts";
import type { EmitBuild, EmitPromotion } from "../../pipeline/src/events.ts";
import type { EnvironmentName, Sha } from "../../pipeline/src/identifiers.ts";
import type { LeaseTiming } from "../../pipeline/src/ledger/lease-timing.ts";
import type { PromotionRequest } from "../../pipeline/src/ledger/records.ts";
import { checkoutIn } from "../../pipeline/src/local/checkout.ts";
import { systemClock } from "../../pipeline/src/local/clock.ts";
import { createImageBuilder } from "../../pipeline/src/local/image-builder.ts";
import { createImageStore } from "../../pipeline/src/local/image-store.ts";
import { FileObjectStore } from "../../pipeline/src/local/object-store.ts";
import { type PlatformFolders, platformFolders } from "../../pipeline/src/local/platform/folders.ts";
import { systemRandom } from "../../pipeline/src/local/random.ts";
import { openRepository, type Repository } from "../../pipeline/src/local/source-control.ts";
import { ensureLocalTarget } from "../../pipeline/src/local/target.ts";
import { storeApprovals } from "../../pipeline/src/policy/approvals.ts";
import type { Clock, EnvironmentPorts, SourceControl } from "../../pipeline/src/ports.ts";
import { promote } from "../../pipeline/src/promotion/promote.ts";
import type { PromotionReport } from "../../pipeline/src/promotion/report.ts";
import type { Checkout } from "../../pipeline/src/release/build-ports.ts";
import { type BuildEnd, buildRelease } from "../../pipeline/src/release/build-release.ts";
import { readPolicy } from "../../pipeline/src/release/publish-policy.ts";
import { ScratchRepository } from "../../pipeline/test/scratch-repository.ts";
import { CountingStore } from "./counting-store.ts";
import { whenStopped } from "./when-stopped.ts";

export const environment = "dev" as EnvironmentName;
const redact = (text: string): string => text;
const by = { id: "bench", name: "bench" };

export interface PromotionSurroundings {
  readonly connect: (target: Target) => Promise<EnvironmentPorts>;
  readonly timing: LeaseTiming;
  readonly clock?: Clock;
  /** Git, unless told. */
  readonly source?: SourceControl;
  readonly emit?: EmitPromotion;
}

/** A scratch repository with its store, where real builds and promotions run in this process and their calls are counted. */
export class BenchRepository implements AsyncDisposable {
  readonly root: string;
  readonly folders: PlatformFolders;
  readonly files: FileObjectStore;
  readonly store: CountingStore;
  /** Null: another process has made it and removes it. */
  readonly #scratch: ScratchRepository | null;
  readonly #repository: Repository;
  readonly #config: Config;
  readonly #stopped = whenStopped(() => this.#remove());

  private constructor(from: {
    readonly scratch: ScratchRepository | null;
    readonly repository: Repository;
    readonly config: Config;
    readonly durable: boolean;
  }) {
    const { scratch, repository, config, durable } = from;
    this.#scratch = scratch;
    this.#repository = repository;
    this.#config = config;
    this.root = realpathSync(repository.root);
    this.folders = platformFolders(this.root);
    this.files = new FileObjectStore(this.folders.objects, { durable });
    this.store = new CountingStore(this.files);
  }

  /** `durable`: each object is flushed to the disk, as the CLI has it. */
  static async open(text: string, { durable }: { readonly durable: boolean }): Promise<BenchRepository> {
    const config = parse(text);
    const scratch = new ScratchRepository({ "slipway.yaml": text });
    const repository = await openRepository(scratch.folder, { variables: process.env, redact });
    return new BenchRepository({ scratch, repository, config, durable });
  }

  /** One that another process has opened, and that outlives this one. */
  static async at(root: string, { durable }: { readonly durable: boolean }): Promise<BenchRepository> {
    const config = parse(readFileSync(join(root, "slipway.yaml"), "utf8"));
    const repository = await openRepository(root, { variables: process.env, redact });
    return new BenchRepository({ scratch: null, repository, config, durable });
  }

  commit(subject: string, files: Readonly<Record<string, string>> = {}): Sha {
    if (!this.#scratch) throw new Error("who has opened it commits");
    this.#scratch.write(files);
    return this.#scratch.commit(subject);
  }

  /** `built`: a folder that stands for the checkout after its build commands, and stays. */
  build(sha: Sha, built: string | null = null, emit: EmitBuild = () => undefined): Promise<BuildEnd> {
    const images = createImageStore(this.folders.images);
    const workTree = built === null ? this.#repository : { ...this.#repository, checkout: async () => standIn(built) };
    const ports = {
      store: this.store,
      workTree,
      source: this.#repository,
      images: createImageBuilder(images, `${process.platform}/${process.arch}`),
      shelf: images,
      clock: systemClock,
      random: systemRandom,
      redact,
      runnerFiles: async () => [],
    };
    const publisher = { by: by.name, runUrl: null };
    return buildRelease(ports, { config: this.#config, sha, publisher }, emit);
  }

  /** What the first promotion to an environment describes; not counted. */
  target(): Promise<StoredTarget> {
    return ensureLocalTarget(this.files, this.#config, environment);
  }

  /** @throws when it does not end as `ending` */
  async promote(
    { connect, timing, clock = systemClock, source = this.#repository, emit = () => undefined }: PromotionSurroundings,
    asked: Partial<PromotionRequest>,
    ending: PromotionReport["ending"]["kind"] = "done",
  ): Promise<PromotionReport> {
    const policy = await readPolicy(this.files);
    if (!policy) throw new Error("no policy was published");
    const report = await promote(
      {
        store: this.store,
        source,
        approvals: storeApprovals(this.store),
        clock,
        random: systemRandom,
        connect,
        connectBelow: connect,
        policy,
        holder: { by, host: hostname(), runUrl: null, process: null },
        timing,
        redact,
        emit,
        interrupt: { mode: () => null, signal: new AbortController().signal },
      },
      { ...request, ...asked },
    );
    if (report.ending.kind === ending) return report;
    throw new Error(`a promotion ended ${JSON.stringify(report.ending)}: ${JSON.stringify(report.failure)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#remove();
    this.#stopped[Symbol.dispose]();
  }

  async #remove(): Promise<void> {
    this.#scratch?.[Symbol.dispose]();
  }
}

function parse(text: string): Config {
  const answer = parseConfig(text, "slipway.yaml");
  if (answer.ok) return answer.config;
  throw new Error(`the bench's own slipway.yaml is refused: ${JSON.stringify(answer.problems)}`);
}

const standIn = (folder: string): Checkout => ({
  ...checkoutIn(folder, 0, { variables: {}, redact }),
  async [Symbol.asyncDispose]() {},
});

const request: PromotionRequest = {
  action: "promote",
  environment,
  sha: null,
  only: null,
  trigger: "person",
  overrides: [],
  reason: null,
  expect: null,
  until: "healthy",
  by,
  runUrl: null,
};
