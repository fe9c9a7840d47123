import { hostname } from "node:os";
import {
  type Actor,
  type Approvals,
  type Clock,
  type Config,
  type EnvironmentName,
  environmentNamePattern,
  isBucketAddress,
  nearestWord,
  type ObjectStore,
  onThisMachine,
  type PromotionWorld,
  quoteInput,
  type Random,
  readPolicy,
  type Sha,
  type SourceControl,
  type StoredPolicy,
  storeApprovals,
  storedPolicyOf,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "./call.ts";
import { actorOf, runUrlOf } from "./session/actor.ts";
import { findConfig, noConfig } from "./session/find-config.ts";
import { type OpenedPlace, openPlace } from "./session/open-place.ts";
import { OverlayStore } from "./session/overlay-store.ts";
import { placeOf } from "./session/place.ts";
import { readEnvFile } from "./session/read-env-file.ts";
import { commandLine } from "./terminal/command-line.ts";

/** Everything that a verb needs of the world, put together once. */
export interface Session extends Omit<OpenedPlace, "explain"> {
  /** Null: called with a store alone. */
  readonly config: Config | null;
  /** Folder of slipway.yaml, or where it would be. */
  readonly root: string;
  /** Only where it is a folder, and not `.slipway` beside slipway.yaml. */
  readonly storeFolder: string | null;
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
  readonly redact: (text: string) => string;
}

type Local = typeof import("@slipway/pipeline/local");

/** Verbs that may be the first to use a store; for all others a name without one is a mistyped name. */
const fills: ReadonlySet<string> = new Set(["build", "publish", "local"]);

/** Opens the store and reads the policy; nothing is started and nothing is written. @throws UserError */
export async function openSession(call: Call): Promise<Session> {
  const { shell, args, redactor } = call;
  const found = findConfig(shell.folder, args.values.config ?? null, false);
  const isLocal = args.switches.has("local") || isAboutThisMachine(call, found?.config ?? null);
  const config = found && isLocal ? onThisMachine(found.config) : (found?.config ?? null);
  const named = args.values.store ?? null;
  if (!config && named === null) throw noConfig();
  const local = await import("@slipway/pipeline/local");
  const { store: declared, region } = config ?? { store: ".slipway", region: null };
  const place = placeOf({ file: found?.file ?? null, named, store: declared, region, folder: shell.folder, isLocal });
  const { root, storeFolder } = place;
  redactor.add(await readEnvFile(root, config?.local.envFile ?? null));
  const { explain, ...opened } = await openPlace(place, local, config);
  const { store } = opened;
  const stored = await readPolicy(store).catch((error: unknown) => {
    throw explain(error);
  });
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
    ...opened,
    config,
    root,
    storeFolder,
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
    redact: redactor.redact,
  };
}

/** `promote local` needs no credentials: a team on AWS has its platform here for --local alone. */
const isAboutThisMachine = ({ verb }: Call, config: Config | null): boolean =>
  verb === "local" && config !== null && isBucketAddress(config.store);

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

/** The store as it will be once the local target is described: nothing is written. On AWS infrastructure describes it, and nobody else. */
export async function withTarget(session: Session, environment: EnvironmentName): Promise<ObjectStore> {
  const { config, store, isOnAws } = session;
  if (isOnAws || !config?.environments.some(({ name }) => name === environment)) return store;
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
