import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsTiming } from "../../pipeline/src/ledger/lease-timing.ts";
import { connectLocal } from "../../pipeline/src/local/connect.ts";
import { FileObjectStore } from "../../pipeline/src/local/object-store.ts";
import { freePort } from "../../pipeline/src/local/platform/free-port.ts";
import { localProbe } from "../../pipeline/src/local/probe.ts";
import type { Probe } from "../../pipeline/src/ports.ts";
import { sha256 } from "../../pipeline/src/release/canonical-json.ts";
import { hexOf } from "../../pipeline/src/release/store-keys.ts";
import { BenchRepository, type PromotionSurroundings } from "./bench-repository.ts";
import { CountingStore, type StoreCalls } from "./counting-store.ts";
import type { Site } from "./site.ts";
import { openWebHost } from "./web-host-here.ts";

/** Store calls of each stretch of the real work, and how many pages are wrong at its end. */
export interface PublishedSite {
  readonly first: StoreCalls;
  readonly second: StoreCalls;
  /** Of the promotion itself, and of the web host that copies what is new to it. */
  readonly live: readonly [StoreCalls, StoreCalls];
  readonly back: readonly [StoreCalls, StoreCalls];
  readonly wrong: number;
}

/** Builds, publishes and promotes one site after the other, then rolls back. */
export async function publishSites(older: Site, newer: Site): Promise<PublishedSite> {
  const port = await freePort();
  const config = configOf(port);
  await using repository = await BenchRepository.open(config, { durable: false });
  const { folders, store } = repository;
  const copies = new CountingStore(new FileObjectStore(folders.objects, { durable: false }));
  const pool = join(folders.state, "web");
  await using host = await openWebHost(pool, port, copies);
  const probe = localProbe(`http://127.0.0.1:${port}`);
  const surroundings: PromotionSurroundings = {
    connect: async (target) => ({
      ...(await connectLocal({ root: repository.root, target })),
      web: host.web,
      probe,
      raiseFence: async () => undefined,
    }),
    // Beats rarely: the calls are those of the work, however slow this machine is.
    timing: awsTiming,
  };
  const takeBoth = () => [store.take(), copies.take()] as const;

  const site = join(folders.root, ".slipway", "site");
  writeSite(site, older, new Map());
  const firstSha = repository.commit("first");
  await repository.build(firstSha, site);
  const first = store.take();
  await repository.target();
  seedPool(pool, site, older);
  await repository.promote(surroundings, { sha: firstSha });
  writeSite(site, newer, older);
  const secondSha = repository.commit("second");
  takeBoth();
  await repository.build(secondSha, site);
  const second = store.take();
  await repository.promote(surroundings, { sha: secondSha });
  const live = takeBoth();
  await repository.promote(surroundings, { action: "rollback" });
  return { first, second, live, back: takeBoth(), wrong: await countWrong(probe, older) };
}

const configOf = (port: number): string => `version: 1
app: bench
environments: { dev: {} }
web: { folder: ., assets: ["assets/**"] }
local: { port: ${port - 1} }
`;

/** Makes a folder hold a site, as an incremental build does: what is the same is not written again. */
function writeSite(folder: string, site: Site, before: Site): void {
  mkdirSync(join(folder, "assets"), { recursive: true });
  // Removed first, so that a changed file is a new one: the pool has links to the old ones.
  for (const [path, text] of before) if (site.get(path) !== text) rmSync(join(folder, path));
  for (const [path, text] of site) if (before.get(path) !== text) writeFileSync(join(folder, path), text);
}

/** The first going live is not counted: its copies are there before it, so that it need not flush each to the disk. */
function seedPool(pool: string, folder: string, site: Site): void {
  for (const [path, text] of site) linkSync(join(folder, path), join(pool, "files", hexOf(sha256(text))));
}

/** Every page over HTTP. */
async function countWrong(probe: Probe, site: Site): Promise<number> {
  let wrong = 0;
  for (const [path, text] of site) {
    if (!path.endsWith(".html")) continue;
    const answer = await probe.ask("GET", `/${path}`);
    if (answer === "unreachable" || answer.status !== 200 || answer.sha256 !== sha256(text)) wrong += 1;
  }
  return wrong;
}
