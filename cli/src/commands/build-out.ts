import { dirname, join, resolve } from "node:path";
import { buildIntoFolder, type Config, type ExitCode, exitCodes, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { builtDocument } from "../documents/build.ts";
import { actorOf, runUrlOf } from "../session/actor.ts";
import { buildVariables } from "../session/build-variables.ts";
import { commitToBuild } from "../session/commit-to-build.ts";
import { configAt } from "../session/config-at.ts";
import { findConfig, noConfig } from "../session/find-config.ts";
import { followBuild } from "../session/follow-build.ts";
import { platformName } from "../session/platform-name.ts";
import { readEnvFile } from "../session/read-env-file.ts";
import { builtMessage } from "../terminal/build-messages.ts";

/** The half that runs the repository's code: opens no store, so it needs no credential. */
export async function buildOut(call: Call, out: string): Promise<ExitCode> {
  const { shell, args, redactor } = call;
  const found = findConfig(shell.folder, args.values.config ?? null, args.switches.has("local"));
  if (!found) throw noConfig();
  const root = dirname(found.file);
  redactor.add(await readEnvFile(root, found.config.local.envFile));
  const local = await import("@slipway/pipeline/local");
  const { redact } = redactor;
  const repository = await local.openRepository(root, { variables: buildVariables(shell.variables), redact });
  const sha = await commitToBuild(call, repository, local);
  const config = await configAt(call, repository, sha);
  refuseOnAws(call, config);
  const folder = resolve(shell.folder, out);
  const ports = {
    workTree: repository,
    images: local.createImageBuilder(local.createImageStore(join(folder, "images")), platformName()),
    clock: local.systemClock,
    redact,
    runnerFiles: local.loadRunnerBundle,
    folder: local.openBuiltFolder(folder, null),
  };
  const publisher = { by: actorOf(shell.variables).name, runUrl: runUrlOf(shell.variables) };
  return await followBuild(
    call,
    ports.clock,
    (emit, signal) => buildIntoFolder(ports, { config, sha, publisher, signal }, emit),
    (built) => {
      const message = builtMessage(call, folder, built);
      call.output.verdict(message);
      call.output.document(builtDocument(config.app, folder, built, message.next ?? []));
      return exitCodes.done;
    },
  );
}

/** A folder holds tars of files, which no container of AWS is started from. */
function refuseOnAws(call: Call, { environments, services, migrations }: Config): void {
  const flag = call.args.lists.image === undefined ? null : "--image";
  const isOnAws = environments.some(({ target }) => target === "aws");
  const hasImages = services.length > 0 || migrations?.engine === "sql";
  if (flag === null && !(isOnAws && hasImages)) return;
  throw new UserError({
    code: "usage",
    message: flag
      ? "--image is of a registry, and --out opens none; leave out one of them. Nothing was built."
      : "--out makes images of files, for a ladder on one machine; on AWS promote build pushes images to the registry. Nothing was built.",
    next: ["promote build"],
  });
}
