import { readTarget } from "../environment/read-target.ts";
import type { Target } from "../environment/target.ts";
import { PortError, RefusalError, UserError } from "../errors.ts";
import type { Digest, EnvironmentName, ServiceName, Sha } from "../identifiers.ts";
import { readHold } from "../ledger/hold.ts";
import { BrokenChainError, readStanding } from "../ledger/read-ledger.ts";
import type { PromotionRequest, Standing } from "../ledger/records.ts";
import { runningOf } from "../ledger/records.ts";
import type { StoredPolicy } from "../policy/policy.ts";
import { readQuarantine } from "../policy/quarantine.ts";
import type { Approvals, Clock, EnvironmentPorts, ImageLook, ObjectStore, SourceControl } from "../ports.ts";
import { readRelease } from "../release/read-release.ts";
import { type Facts, known, type Observed, type RelationFact, type ReleaseLook } from "./facts.ts";
import { findDrift } from "./find-drift.ts";
import { baselineOf, foundRelease } from "./plan-promotion.ts";

export interface ObservePorts {
  readonly store: ObjectStore;
  readonly source: SourceControl;
  readonly approvals: Approvals;
  readonly clock: Clock;
  /** Ports that only look at another environment; null: these credentials may not. */
  readonly connectBelow: (target: Target) => Promise<EnvironmentPorts | null>;
}
export interface ObserveInput {
  readonly shared: ObservePorts;
  /** Null: there is no target to connect to. */
  readonly ports: EnvironmentPorts | null;
  readonly policy: StoredPolicy;
  readonly request: PromotionRequest;
  readonly standing: Standing;
  /** The release asked for, or the one that a rollback leads to; null: nowhere. */
  readonly sha: Sha | null;
}

/** Asks everything that rules and plan need, read-only. A port that does not answer, and stored bytes that cannot be read, make an unknown, never a no. */
export async function observe(input: ObserveInput): Promise<Facts> {
  const { shared, ports, request, standing, policy } = input;
  const { store } = shared;
  const baseline = baselineOf(standing);
  const [release, before, running, target, below, quarantine, hold, approvals, relation, now] = await Promise.all([
    input.sha ? ask(() => readRelease(store, input.sha as Sha)) : null,
    baseline.release ? ask(() => readRelease(store, baseline.release?.sha as Sha)) : null,
    baseline.webRelease ? ask(() => readRelease(store, baseline.webRelease?.sha as Sha)) : null,
    ask(() => readTarget(store, request.environment)),
    ask(() => lookBelow(shared, policy, request)),
    input.sha ? ask(() => readQuarantine(store, input.sha as Sha)) : known(null),
    ask(() => readHold(store, request.environment)),
    input.sha ? ask(() => shared.approvals.list(request.environment, input.sha as Sha)) : known([]),
    input.sha ? ask(() => relate(shared.source, standing, input.sha as Sha, policy.policy.branch)) : null,
    storeTime(shared),
  ]);
  const live = ports ? await lookLive(ports, standing, release, baseline.state.services) : nothingLive;
  return {
    now,
    policy,
    target,
    standing,
    below,
    sha: input.sha,
    release,
    running,
    before,
    quarantine,
    hold,
    approvals,
    relation,
    ...live,
    gate: known({ status: "not-asked" }),
    ours: [],
  };
}

type LiveFacts = Pick<Facts, "services" | "web" | "pool" | "images">;
const nothingLive: LiveFacts = { services: {}, web: null, pool: null, images: {} };

async function lookLive(
  ports: EnvironmentPorts,
  standing: Standing,
  release: Observed<ReleaseLook> | null,
  before: object,
): Promise<LiveFacts> {
  const found = foundRelease(release);
  const manifest = found?.release.manifest;
  const left = (standing.unfinished?.left ?? []).flatMap(({ services }) => Object.keys(services));
  const names = new Set([
    ...(manifest?.services ?? []).map((shape) => shape.name as string),
    ...Object.keys(before),
    ...left,
  ]);
  const digests = new Set(
    [...Object.values(manifest?.images ?? {}), ...(manifest?.migrations ? [manifest.migrations.runner.image] : [])].map(
      (image) => image.digest,
    ),
  );
  const assets = (found?.web?.files ?? []).filter((file) => file.role === "asset");
  const [services, images, web, pool] = await Promise.all([
    askEach([...names], (name) => ports.services.inspect(name as ServiceName)),
    askEach([...digests], (digest) => ports.images.inspect({ digest: digest as Digest })),
    ask(() => ports.web.readLive()),
    manifest?.web ? ask(() => ports.web.missing(assets)) : null,
  ]);
  return { services, images: images as Record<Digest, Observed<ImageLook | null>>, web, pool };
}

async function lookBelow(shared: ObservePorts, policy: StoredPolicy, request: PromotionRequest) {
  const ladder = policy.policy.environments;
  const index = ladder.findIndex((environment) => environment.name === request.environment);
  const below = index > 0 ? ladder[index - 1] : undefined;
  if (!below || request.action !== "promote") return null;
  const standing = await readStanding(shared.store, below.name);
  const disturbed = await ask(() => disturbanceOf(shared, below.name, standing));
  return { environment: below.name as string, standing, disturbed };
}

/** Why what the ledger of an environment says is not what it runs; null: it is. @throws PortError */
async function disturbanceOf(shared: ObservePorts, name: EnvironmentName, standing: Standing): Promise<string | null> {
  if (standing.unfinished) return standing.unfinished.partial ? "it is partial" : "a promotion of it is open";
  const running = runningOf(standing);
  if (!running) return null;
  const target = await readTarget(shared.store, name);
  if (!target) return "no target.json describes it any more";
  const ports = await connectTo(shared, name, target.target);
  const found = await findDrift(ports, running.state);
  return found && `drift: ${found}`;
}

/** Credentials that may not look at the environment below are no reason to end: it is not known what runs there. @throws PortError */
async function connectTo(shared: ObservePorts, name: EnvironmentName, target: Target): Promise<EnvironmentPorts> {
  const because = await shared.connectBelow(target).catch((error: unknown) => {
    if (error instanceof UserError || error instanceof RefusalError) return error.message;
    throw error;
  });
  if (because !== null && typeof because !== "string") return because;
  throw new PortError(`look at ${name}`, "none", because ?? "these credentials may not");
}

const mostCommits = 200;
async function relate(source: SourceControl, standing: Standing, sha: Sha, branch: string): Promise<RelationFact> {
  const running = runningOf(standing);
  const [onBranch, relation, commits] = await Promise.all([
    source.onBranch(sha, branch),
    running && source.relation(running.sha, sha),
    running && source.between(running.sha, sha, mostCommits),
  ]);
  if (!running || relation === null) return { relation: "ahead", onBranch, commits: null, lost: null };
  const lost = relation === "ahead" || relation === "same" ? [] : await source.between(sha, running.sha, mostCommits);
  return { relation, onBranch, commits, lost };
}

/** The store's clock, from whatever object is there; a store without one has nothing to decide about. */
async function storeTime({ store, clock }: ObservePorts): Promise<Facts["now"]> {
  const stored = await ask(() => store.get("policy.json"));
  return stored.status === "known" && stored.value ? stored.value.serverTime : clock.now();
}

async function ask<T>(question: () => Promise<T>): Promise<Observed<T>> {
  try {
    return known(await question());
  } catch (error) {
    if (isUnread(error)) return { status: "unknown", because: error.message };
    throw error;
  }
}

/** No answer, or stored bytes that nobody can read: an environment must not be trapped by what a rule does not ask for. */
const isUnread = (error: unknown): error is Error =>
  error instanceof PortError ||
  error instanceof BrokenChainError ||
  (error instanceof UserError && error.code === "store-unusable");

export async function askEach<T>(
  names: readonly string[],
  question: (name: string) => Promise<T>,
): Promise<Readonly<Record<string, Observed<T>>>> {
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await ask(() => question(name))] as const)),
  );
}
