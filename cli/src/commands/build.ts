import { buildRelease, type ExitCode } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { buildVariables } from "../session/build-variables.ts";
import { commitToBuild } from "../session/commit-to-build.ts";
import { concludePublished } from "../session/conclude-published.ts";
import { configAt } from "../session/config-at.ts";
import { followBuild } from "../session/follow-build.ts";
import { imagePorts } from "../session/image-ports.ts";
import { checkShaText } from "../session/resolve-sha.ts";
import { openSession } from "../session.ts";

/** Builds the commit you stand on, once, and publishes it, or leaves it in a folder. */
export async function run(call: Call): Promise<ExitCode> {
  checkShaText(call, "sha");
  if (call.args.values.out === undefined) return await buildAndPublish(call);
  const { buildOut } = await import("./build-out.ts");
  return await buildOut(call, call.args.values.out);
}

async function buildAndPublish(call: Call): Promise<ExitCode> {
  const session = await openSession(call);
  const local = await import("@slipway/pipeline/local");
  const repository = await local.openRepository(session.root, {
    variables: buildVariables(call.shell.variables),
    redact: session.redact,
  });
  const sha = await commitToBuild(call, repository, local);
  const config = await configAt(call, repository, sha);
  const ports = {
    store: session.store,
    workTree: repository,
    ...(await imagePorts(call, session, config, repository.root)),
    clock: session.clock,
    random: session.random,
    source: repository,
    redact: session.redact,
    runnerFiles: local.loadRunnerBundle,
  };
  const publisher = { by: session.actor.name, runUrl: session.runUrl };
  return await followBuild(
    call,
    session.clock,
    (emit, signal) => buildRelease(ports, { config, sha, publisher, signal }, emit),
    (built) => concludePublished(call, session, config.app, built),
  );
}
