import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { type Config, configError, onThisMachine, parseConfig, type Sha, shortSha, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { configFile } from "./find-config.ts";

interface Files {
  readonly root: string;
  readonly commit: (sha: Sha) => Promise<object | null>;
  readonly fileAt: (sha: Sha, path: string) => Promise<string | null>;
}

/** slipway.yaml as the commit has it: what is built comes from the commit alone. @throws UserError */
export async function configAt(call: Call, repository: Files, sha: Sha): Promise<Config> {
  const file = configFile(call.shell.folder, call.args.values.config ?? null);
  const path = relative(realpathSync(repository.root), realpathSync(file)).split(sep).join("/");
  const text = path.startsWith("../") ? null : await repository.fileAt(sha, path);
  if (text === null && (await repository.commit(sha)) === null) {
    throw new UserError({
      code: "usage",
      message: `${shortSha(sha)} is no commit of this repository. Nothing was built.`,
      next: ["git fetch"],
    });
  }
  if (text === null) {
    throw new UserError({
      code: "config-missing",
      message: `Usage: ${shortSha(sha)} has no ${path}. Nothing was built.`,
      next: [`git add --all && git commit -m "Add slipway.yaml" && promote build`],
    });
  }
  const parsed = parseConfig(text, path);
  if (!parsed.ok) throw configError(parsed.problems);
  return call.args.switches.has("local") ? onThisMachine(parsed.config) : parsed.config;
}
