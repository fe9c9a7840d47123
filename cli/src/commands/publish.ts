import { resolve } from "node:path";
import { type ExitCode, isDigest, publishBuilt, quoteInput, type Sha, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { requireFlags } from "../promotion/request.ts";
import { concludePublished } from "../session/conclude-published.ts";
import { configAt } from "../session/config-at.ts";
import { followBuild } from "../session/follow-build.ts";
import { openSession, type Session } from "../session.ts";

/** Publishes what `build --out` made, running none of its code. */
export async function run(call: Call): Promise<ExitCode> {
  requireFlags(call, "from", "digest");
  const { from = "", digest = "" } = call.args.values;
  if (!isDigest(digest)) {
    throw new UserError({
      code: "usage",
      message: `--digest takes what build --out printed, sha256: and 64 hexadecimal digits; got ${quoteInput(digest)}. Nothing was published.`,
    });
  }
  const session = await openSession(call);
  const local = await import("@slipway/pipeline/local");
  const folders = local.platformFolders(session.root, session.storeFolder ?? undefined);
  const images = local.createImageStore(folders.images);
  const ports = {
    store: session.store,
    shelf: images,
    clock: session.clock,
    random: session.random,
    redact: session.redact,
    source: session.source,
    folder: local.openBuiltFolder(resolve(call.shell.folder, from), images),
    commitAt: await commitReader(call, session),
  };
  const input = {
    app: session.policy.policy.app,
    digest,
    publisher: { by: session.actor.name, runUrl: session.runUrl },
    rollbackWindow: session.policy.policy.rollbackWindow,
  };
  return await followBuild(
    call,
    session.clock,
    (emit, signal) => publishBuilt(ports, { ...input, signal }, emit),
    (built) => concludePublished(call, session, built.manifest.app, built),
  );
}

/** What this checkout knows of a commit. Outside of one nothing is known, and policy stays as it is. */
async function commitReader(call: Call, session: Session) {
  const local = await import("@slipway/pipeline/local");
  const repository =
    session.config === null
      ? null
      : await local.openRepository(session.root, { variables: {}, redact: session.redact }).catch((error: unknown) => {
          if (error instanceof UserError) return null;
          throw error;
        });
  return async (sha: Sha) => {
    const commit = (await repository?.commit(sha)) ?? null;
    if (repository === null || commit === null) return null;
    return { commit, config: await configAt(call, repository, sha) };
  };
}
