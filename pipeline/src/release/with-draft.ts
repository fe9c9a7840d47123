import type { Config } from "../config/config.ts";
import type { BuildPhase, EmitBuild } from "../events.ts";
import type { Sha } from "../identifiers.ts";
import { count } from "../policy/spell.ts";
import type { Clock } from "../ports.ts";
import type { DraftPorts } from "./build-ports.ts";
import { refuseDirty, requireCommit } from "./commit-to-build.ts";
import { draftRelease } from "./draft-release.ts";
import type { ReleaseDraft } from "./release-draft.ts";
import { runBuildCommands } from "./run-build-commands.ts";

export interface BuildInput {
  /** Of the commit that is built. */
  readonly config: Config;
  readonly sha: Sha;
  /** Who builds, as credentials say it, and where that can be looked at. */
  readonly publisher: { readonly by: string; readonly runUrl: string | null };
  readonly signal?: AbortSignal;
}
export type RunPhase = <T>(phase: BuildPhase, work: () => Promise<T>, summarise: (value: T) => string) => Promise<T>;

/**
 * Builds a commit in a clean checkout and hands over what came out; the checkout is gone when `use` has ended. `prepare`
 * runs once the commit is accepted, before anything is built.
 * @throws RefusalError `tree-dirty`, `build-failed`, `path-unsafe`, `web-broken`.
 */
export async function withDraft<T>(
  ports: DraftPorts,
  input: BuildInput & { readonly prepare?: () => Promise<void> },
  emit: EmitBuild,
  use: (draft: ReleaseDraft, phase: RunPhase) => Promise<T>,
): Promise<T> {
  const { config, sha, signal } = input;
  const commit = await requireCommit(ports, sha);
  const isHead = await refuseDirty(ports, sha);
  await input.prepare?.();
  const branch = await ports.workTree.branch();
  emit({ type: "build:start", app: config.app, sha, subject: commit.subject, branch, isHead });
  const phase = announcePhases(ports.clock, emit, signal);

  await using checkout = await phase(
    "checkout",
    () => ports.workTree.checkout(sha),
    (tree) => `${count(tree.files, "file")} of the commit, nothing from your folder`,
  );
  const commands = [...config.build, ...config.services.flatMap((service) => service.build)];
  await phase(
    "build",
    () => runBuildCommands(ports, checkout, commands, commit, signal, emit),
    () => commands.map((command) => command.join(" ")).join(", ") || "no commands",
  );
  const watch = {
    onLine: (line: string) => emit({ type: "build:log", line: ports.redact(line) }),
    signal: signal ?? new AbortController().signal,
  };
  return await use(await draftRelease(ports, input, commit, checkout, phase, watch), phase);
}

/** Announces each phase; one that throws has no end. Stopped by hand, none begins: publishing is finished or not begun. */
export function announcePhases(clock: Clock, emit: EmitBuild, signal: AbortSignal | undefined): RunPhase {
  return async (phase, work, summarise) => {
    signal?.throwIfAborted();
    const from = clock.monotonic();
    emit({ type: "build:phase", phase, state: "start" });
    const value = await work();
    const seconds = (clock.monotonic() - from) / 1000;
    emit({ type: "build:phase", phase, state: "end", summary: summarise(value), seconds });
    return value;
  };
}
