import {
  type BuildEvent,
  buildRelease,
  type ExitCode,
  exitCodes,
  isSha,
  quoteInput,
  type Sha,
  shortDigest,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { buildDocument } from "../documents/build.ts";
import { errorDocumentOf } from "../documents/error.ts";
import { buildVariables } from "../session/build-variables.ts";
import { configAt } from "../session/config-at.ts";
import { checkShaText } from "../session/resolve-sha.ts";
import { openSession, type Session } from "../session.ts";
import { BuildRenderer } from "../terminal/build-lines.ts";
import { commandLine, sameLadder } from "../terminal/command-line.ts";
import { spellSeconds } from "../terminal/durations.ts";
import type { Message } from "../terminal/message.ts";
import { spellSha } from "../terminal/style.ts";
import { spellTime } from "../terminal/times.ts";

type Local = typeof import("@slipway/pipeline/local");
type Repository = Awaited<ReturnType<Local["openRepository"]>>;

/** Builds the commit you stand on, once, and publishes it. */
export async function run(call: Call): Promise<ExitCode> {
  checkShaText(call, "sha");
  refuseNotYet(call);
  const session = await openSession(call);
  const local = await import("@slipway/pipeline/local");
  const repository = await local.openRepository(session.root, {
    variables: buildVariables(call.shell.variables),
    redact: session.redact,
  });
  const sha = await commitOf(call, repository, local);
  const config = await configAt(call, repository, sha);
  const folders = local.platformFolders(session.root, session.storeFolder ?? undefined);
  const images = local.createImageStore(folders.images);
  const ports = {
    store: session.store,
    workTree: repository,
    images: local.createImageBuilder(images, platformName()),
    shelf: images,
    clock: session.clock,
    random: session.random,
    source: repository,
    redact: session.redact,
    runnerFiles: local.loadRunnerBundle,
  };
  const abort = new AbortController();
  const end = call.shell.onInterrupt(() => abort.abort(new Error("interrupted")));
  const renderer = new BuildRenderer(call.output, session.clock);
  const emit = (event: BuildEvent): void => {
    call.output.event(event);
    renderer.show(event);
  };
  try {
    const publisher = { by: session.actor.name, runUrl: session.runUrl };
    const built = await buildRelease(ports, { config, sha, publisher, signal: abort.signal }, emit);
    renderer.end();
    const message = doneMessage(call, session, built);
    call.output.verdict(message);
    call.output.document(buildDocument(config.app, built, message.next ?? []));
    return exitCodes.done;
  } catch (error) {
    renderer.end();
    if (!abort.signal.aborted) throw error;
    const text = "stopped by hand. Nothing was published.";
    call.output.verdict({ verdict: "Interrupted", text });
    call.output.document(errorDocumentOf("interrupted", exitCodes.interrupted, text));
    return exitCodes.interrupted;
  } finally {
    end();
  }
}

/** As OCI names a platform. */
const platformName = (): string => `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`;

function refuseNotYet(call: Call): void {
  const flag = ["out", "image"].find((name) => call.args.values[name] !== undefined);
  if (flag === undefined) return;
  throw new UserError({
    code: "usage",
    message: `--${flag} comes with the AWS target, in a later version. Nothing was built.`,
    next: ["promote build"],
  });
}

/** Any commit of the repository; it need not be published. */
async function commitOf(call: Call, repository: Repository, local: Local): Promise<Sha> {
  const { sha } = call.args.values;
  if (sha === undefined) return repository.head();
  if (isSha(sha)) return sha;
  if (!/^[0-9a-f]+$/.test(sha)) {
    const now = await local.commitOfRef(repository.root, sha);
    throw new UserError({
      code: "sha-malformed",
      message: now
        ? `--sha takes a commit SHA; ${quoteInput(sha)} is a name that moves. It is ${now.slice(0, 7)} now.`
        : `--sha takes a commit SHA, 40 hexadecimal digits; got ${quoteInput(sha)}. Nothing was built.`,
      next: now ? [commandLine(call, { sha: now })] : [],
    });
  }
  const found = await repository.resolve(sha);
  if (found === "ambiguous")
    throw new UserError({ code: "sha-ambiguous", message: `--sha ${sha} is several commits. Nothing was built.` });
  if (found === null)
    throw new UserError({
      code: "sha-malformed",
      message: `no commit begins with ${quoteInput(sha)}. Nothing was built.`,
    });
  if (call.shell.isTerminal) return found;
  throw new UserError({
    code: "sha-short",
    message: `--sha takes all 40 digits off a terminal; got ${quoteInput(sha)}. Nothing was built.`,
    next: [commandLine(call, { sha: found })],
  });
}

type Built = Awaited<ReturnType<typeof buildRelease>>;

function doneMessage(call: Call, session: Session, built: Built): Message {
  const { style } = call.output;
  const sha = spellSha(style, built.sha);
  const verdict = `Done in ${spellSeconds(built.milliseconds / 1000)}`;
  const first = session.config?.environments[0]?.name ?? "dev";
  const next = [`promote --sha ${built.sha} --env ${first}${sameLadder(call)}`];
  const notes = policyNote(built);
  if (built.status === "same") {
    const when = spellTime(style, built.publishedAt);
    return { verdict, text: `${sha} was published ${when} by ${built.by}; this build is the same.`, notes };
  }
  return { verdict, text: `Release ${sha} is published, sha256:${shortDigest(built.digest)}.`, notes, next };
}

function policyNote({ policy }: Built): readonly (readonly [string, string])[] {
  if (policy.status === "in-force") return policy.changed ? [["Policy", "of this commit is in force now"]] : [];
  const because = {
    "off-branch": "this commit is not on the branch that policy is published from",
    unknown: "it could not be told whether this commit is on the branch that policy is published from",
    older: "this commit is older than the one whose policy is in force",
  }[policy.because];
  return [["Policy", `in the store stays as it is: ${because}`]];
}
