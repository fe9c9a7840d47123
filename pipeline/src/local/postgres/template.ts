import { randomBytes } from "node:crypto";
import { chown, lstat, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Account } from "./account.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { runProgram } from "./run-program.ts";

/** Superuser of every local server. */
export const superuser = "slipway";

/**
 * A data folder fresh from initdb, made once for each build of Postgres and then copied: initdb takes most of a second, a
 * copy a tenth. Its password is thrown away; each copy gets one of its own.
 */
export async function openTemplate(
  binaries: PostgresBinaries,
  cache: string,
  account: Account | null,
): Promise<string> {
  const template = join(cache, `template-${binaries.build}`);
  if (await isThere(template)) return template;
  const unfinished = `${template}.tmp-${randomBytes(6).toString("hex")}`;
  await mkdir(unfinished, { mode: 0o700 });
  const data = join(unfinished, "data");
  const password = join(unfinished, "password");
  try {
    await writeFile(password, randomBytes(24).toString("hex"), { mode: 0o600 });
    if (account !== null) for (const path of [unfinished, password]) await chown(path, account.uid, account.gid);
    await runProgram(join(binaries.folder, "bin", "initdb"), initdbArguments(data, password), {
      account,
      cwd: unfinished,
    });
    await rename(data, template);
  } catch (error) {
    // Another start of the same user may have been quicker.
    if (!(await isThere(template))) throw explain(error);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return template;
}

/** In a container that runs as any number, Postgres finds no user of that number. */
function explain(error: unknown): unknown {
  if (!(error instanceof Error && error.message.includes("could not look up effective user ID"))) return error;
  return new UserError({
    code: "store-unusable",
    message: `Postgres runs only for a user that the system knows by name; ${process.getuid?.()} is not in /etc/passwd`,
    cause: error,
  });
}

const initdbArguments = (data: string, password: string): readonly string[] => [
  `--pgdata=${data}`,
  `--username=${superuser}`,
  `--pwfile=${password}`,
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  // The same order of text on every machine.
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--locale=C",
  "--no-sync",
  "--no-instructions",
];

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
