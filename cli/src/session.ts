import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import {
  type Actor,
  type Approvals,
  type Clock,
  type Config,
  type EnvironmentName,
  type EnvironmentPorts,
  environmentNamePattern,
  localTiming,
  nearestWord,
  type ObjectStore,
  type PromotionWorld,
  quoteInput,
  type Random,
  readPolicy,
  type Sha,
  type SourceControl,
  type StoredPolicy,
  storeApprovals,
  storedPolicyOf,
  type Target,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "./call.ts";
import { actorOf, runUrlOf } from "./session/actor.ts";
import { findConfig, noConfig } from "./session/find-config.ts";
import { OverlayStore } from "./session/overlay-store.ts";
import { readEnvFile } from "./session/read-env-file.ts";
import { commandLine } from "./terminal/command-line.ts";

/** Everything that a verb needs of the world, put together once. */
export interface Session {
  /** Null: called with a store alone. */
  readonly config: Config | null;
  /** Folder of slipway.yaml, or where it would be. */
  readonly root: string;
  /** Only where it is not `.slipway` beside slipway.yaml. */
  readonly storeFolder: string | null;
  readonly store: ObjectStore;
  /** As people know it: the folder, not what lies in it. */
  readonly address: string;
  readonly policy: StoredPolicy;
  /** Whether the policy comes from the store; until the first build it is the file's. */
  readonly policyIsPublished: boolean;
  readonly actor: Actor;
  readonly runUrl: string | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly source: SourceControl;
  readonly approvals: Approvals;
  /** Shown to people: `--local` is said with each name. */
  readonly nameOf: (environment: string) => string;
  readonly refAt: (name: string) => Promise<Sha | null>;
  /** Where the repository was cloned from; null: nowhere, or there is none. */
  readonly originUrl: () => Promise<string | null>;
  /** `revive`: starts a platform that was killed meanwhile. */
  readonly connect: (target: Target, revive?: () => Promise<unknown>) => Promise<EnvironmentPorts>;
  readonly redact: (text: string) => string;
}

type Local = typeof import("@slipway/pipeline/local");

/** Verbs that may be the first to use a store; for all others a name without one is a mistyped name. */
const fills: ReadonlySet<string> = new Set(["build", "publish", "local"]);

/** Opens the store and reads the policy; nothing is started and nothing is written. @throws UserError */
export async function openSession(call: Call): Promise<Session> {
  const { shell, args, redactor } = call;
  const isLocal = args.switches.has("local");
  const found = findConfig(shell.folder, args.values.config ?? null, isLocal);
  const config = found?.config ?? null;
  const named = args.values.store ?? null;
  if (!config && named === null) throw noConfig();
  const local = await import("@slipway/pipeline/local");
  const place = placeOf({ file: found?.file ?? null, named, store: config?.store ?? ".slipway", folder: shell.folder });
  const { root, storeFolder } = place;
  redactor.add(await readEnvFile(root, config?.local.envFile ?? null));
  const folders = local.platformFolders(root, storeFolder ?? undefined);
  const store = new local.FileObjectStore(folders.objects);
  const stored = await readPolicy(store);
  if (!stored && (!config || (named !== null && !fills.has(call.verb)))) {
    throw new UserError({
      code: "store-unusable",
      message: `${quoteInput(named)} has no policy: no release was ever published there. Nothing was changed.`,
    });
  }
  const policy = stored ?? storedPolicyOf((config as Config).policy);
  redactor.spare([
    policy.policy.app,
    ...policy.policy.environments.map(({ name }) => name),
    ...(config?.services.map(({ name }) => name) ?? []),
  ]);
  const repository = repositoryAt(local, root, redactor.redact);
  return {
    config,
    root,
    storeFolder,
    store,
    address: dirname(folders.objects),
    policy,
    policyIsPublished: stored !== null,
    actor: actorOf(shell.variables),
    runUrl: runUrlOf(shell.variables),
    clock: local.systemClock,
    random: local.systemRandom,
    source: repository.source,
    approvals: storeApprovals(store),
    nameOf: (environment) => (isLocal ? `${environment} (local)` : environment),
    refAt: repository.refAt,
    originUrl: repository.originUrl,
    connect: (target, revive) =>
      local.connectLocal({ root, target, ...(storeFolder ? { storeFolder } : {}), ...(revive ? { revive } : {}) }),
    redact: redactor.redact,
  };
}

/** Where this call's ladder lies. @throws UserError for a store on AWS */
function placeOf(at: {
  readonly file: string | null;
  readonly named: string | null;
  readonly store: string;
  readonly folder: string;
}): { readonly root: string; readonly storeFolder: string | null } {
  const store = at.named ?? at.store;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(store)) {
    throw new UserError({
      code: "store-unusable",
      message: `${quoteInput(store)} is not a folder; stores on AWS come with the AWS target, in a later version. Nothing was changed.`,
      next: ["promote status --local"],
    });
  }
  const root = at.file === null ? null : dirname(at.file);
  const folder = resolve(at.named === null ? (root ?? at.folder) : at.folder, store);
  // A store alone: the platform's own files lie beside it.
  const home = root ?? (basename(folder) === ".slipway" ? dirname(folder) : at.folder);
  return { root: home, storeFolder: folder === join(home, ".slipway") ? null : folder };
}

/** Asked only by who needs it: to look for a repository is to start git. A store can be read where there is none. */
function repositoryAt(local: Local, root: string, redact: (text: string) => string) {
  const topOf = async (): Promise<string | null> => {
    try {
      return (await local.openRepository(root, { variables: {}, redact })).root;
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  };
  const askAtTop = async <T>(ask: (top: string) => Promise<T | null>): Promise<T | null> => {
    const top = await topOf();
    return top === null ? null : ask(top);
  };
  return {
    source: local.sourceControlIn(root),
    refAt: (name: string) => askAtTop((top) => local.commitOfRef(top, name)),
    originUrl: () => askAtTop(local.originUrl),
  };
}

/** The environment that a flag names. @throws UserError `env-unknown` with the nearest one */
export function environmentOf(
  call: Call,
  session: Session,
  name = call.args.values.env,
  /** What was called, with the nearest name in its place. */
  corrected = (near: string): string => commandLine(call, { env: near }),
): EnvironmentName {
  const ladder = session.policy.policy.environments.map((environment) => environment.name);
  const found = ladder.find((environment) => environment === name);
  if (found) return found;
  const { app } = session.policy.policy;
  const near = nearestWord(name ?? "", ladder);
  throw new UserError({
    code: "env-unknown",
    message: `${quoteInput(name ?? "")} is not an environment of ${app} (${ladder.join(", ")}). Nothing was changed.`,
    next: near ? [corrected(near)] : [],
  });
}

/** @throws UserError for a name that cannot be one, before anything is opened */
export function checkEnvironmentText(env: string | undefined, taker = "--env"): void {
  if (env === undefined || environmentNamePattern.test(env) || /^[A-Za-z0-9_-]{1,40}$/.test(env)) return;
  throw new UserError({
    code: "env-unknown",
    message: `${taker} takes the name of an environment; got ${quoteInput(env)}. Nothing was changed.`,
  });
}

/** The store as it will be once the local target is described: nothing is written. */
export async function withTarget(session: Session, environment: EnvironmentName): Promise<ObjectStore> {
  const { config, store } = session;
  if (!config?.environments.some(({ name }) => name === environment)) return store;
  const { ensureLocalTarget } = await import("@slipway/pipeline/local");
  const overlay = new OverlayStore(store);
  await ensureLocalTarget(overlay, config, environment);
  return overlay.seal();
}

/** Whoever holds a lease from here, with what tells later whether this process is gone. */
export async function holderOf(session: Session): Promise<PromotionWorld["holder"]> {
  const { identify } = await import("@slipway/pipeline/local");
  return { by: session.actor, host: hostname(), runUrl: session.runUrl, process: await identify(process.pid) };
}

/** Known to be gone: only of a process of this machine. */
export async function isGone(holder: PromotionWorld["holder"]): Promise<boolean> {
  if (holder.host !== hostname() || !holder.process) return false;
  const { isAlive, isOfThisMachine } = await import("@slipway/pipeline/local");
  return (await isOfThisMachine(holder.process)) && !(await isAlive(holder.process));
}

export const timing = localTiming;
