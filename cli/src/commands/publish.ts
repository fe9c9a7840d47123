import { resolve } from "node:path";
import { type ExitCode, isDigest, publishBuilt, quoteInput, type Sha, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { requireFlags } from "../promotion/request.ts";
import { concludePublished } from "../session/conclude-published.ts";
import { configAt } from "../session/config-at.ts";
import { followBuild } from "../session/follow-build.ts";
import { imageShelf } from "../session/image-shelf.ts";
import { openSession, type Session } from "../session.ts";

type Local = typeof import("@slipway/pipeline/local");

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
  const { shelf, openBuilt } = await imagesFor(session, local);
  const ports = {
    store: session.store,
    shelf,
    clock: session.clock,
    random: session.random,
    redact: session.redact,
    source: session.source,
    folder: openBuilt(resolve(call.shell.folder, from)),
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

/** Where images of the folder go. What a folder holds is for a ladder on one machine: containers come from a registry. */
async function imagesFor(session: Session, local: Local) {
  if (session.isOnAws) {
    const takeImage = () => Promise.reject(imagesOfFiles);
    const openBuilt = (folder: string) => ({ ...local.openBuiltFolder(folder, null), takeImage });
    return { shelf: await imageShelf(session), openBuilt };
  }
  const images = local.createImageStore(local.platformFolders(session.root, session.storeFolder ?? undefined).images);
  return { shelf: images, openBuilt: (folder: string) => local.openBuiltFolder(folder, images) };
}

const imagesOfFiles = new UserError({
  code: "usage",
  message:
    "the folder holds images of files, which no container of AWS is started from; promote build pushes images to the registry. Nothing was published.",
  next: ["promote build"],
});

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
