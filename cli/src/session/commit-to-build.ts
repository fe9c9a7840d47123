import { isSha, quoteInput, type Sha, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { commandLine } from "../terminal/command-line.ts";

type Local = typeof import("@slipway/pipeline/local");
type Repository = Awaited<ReturnType<Local["openRepository"]>>;

/** Any commit of the repository; it need not be published. */
export async function commitToBuild(call: Call, repository: Repository, local: Local): Promise<Sha> {
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
