import {
  isSha,
  listReleaseShas,
  type ObjectStore,
  quoteInput,
  readManifest,
  type Sha,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { commandLine } from "../terminal/command-line.ts";
import { quoteSubject } from "../terminal/escape.ts";

const shortest = 7;
const hexadecimal = /^[0-9a-f]+$/;
const refLike = /^[A-Za-z0-9_][A-Za-z0-9_./@{}^~-]{0,199}$/;

/**
 * A SHA as it may be typed, before anything is opened. Forty digits, or on a terminal seven and more.
 * @throws UserError `sha-malformed`, `sha-short`
 */
export function checkShaText(call: Call, flag: string): void {
  const text = call.args.values[flag];
  if (text === undefined || isSha(text)) return;
  if (hexadecimal.test(text) && text.length < 40 && text.length >= shortest) return;
  if (refLike.test(text) && !hexadecimal.test(text.toLowerCase())) return;
  throw malformed(flag, text);
}

const malformed = (flag: string, text: string): UserError =>
  new UserError({
    code: "sha-malformed",
    message: `--${flag} takes a commit SHA, 40 hexadecimal digits; got ${quoteInput(text)}. Nothing was changed.`,
  });

export interface ShaWorld {
  readonly store: ObjectStore;
  /** The commit that a name of the repository means now; null: none, or there is no repository. */
  readonly refAt: (name: string) => Promise<Sha | null>;
}

/** The release that a person means; says so if it was not spelled out. Null: the flag was not given. @throws UserError */
export async function resolveSha(call: Call, world: ShaWorld, flag: string): Promise<Sha | null> {
  const text = call.args.values[flag];
  if (text === undefined) return null;
  if (isSha(text)) return text;
  if (!hexadecimal.test(text)) throw await refused(call, world, flag, text);
  const published = await publishedAs(world.store, text);
  const [only, ...others] = published;
  if (!call.shell.isTerminal) {
    throw new UserError({
      code: "sha-short",
      message: `--${flag} takes all 40 digits off a terminal; got ${quoteInput(text)}. Nothing was changed.`,
      next: only && others.length === 0 ? [commandLine(call, { [flag]: only })] : [],
    });
  }
  if (!only) {
    throw new UserError({
      code: "sha-malformed",
      message: `no published release begins with ${quoteInput(text)}. Nothing was changed.`,
      next: ["promote status --releases"],
    });
  }
  if (others.length > 0) throw await ambiguous(world, flag, text, published);
  call.output.say(`${text} is ${only}${await subjectOf(world.store, only)}`);
  return only;
}

/** What was abandoned counts as never published, though a note stands in its place. */
async function publishedAs(store: ObjectStore, text: string): Promise<readonly Sha[]> {
  const found = (await listReleaseShas(store)).filter((sha) => sha.startsWith(text));
  const looks = await Promise.all(found.map(async (sha) => ({ sha, look: await readManifest(store, sha) })));
  return looks.filter(({ look }) => look.status !== "missing").map(({ sha }) => sha);
}

/** A name that moves is never taken for a commit: what it means now may not be what it meant when it was typed. */
async function refused(call: Call, world: ShaWorld, flag: string, text: string): Promise<UserError> {
  const now = await world.refAt(text);
  if (!now) return malformed(flag, text);
  return new UserError({
    code: "sha-malformed",
    message: `--${flag} takes a commit SHA; ${quoteInput(text)} is a name that moves. It is ${now.slice(0, 7)} now.`,
    next: [commandLine(call, { [flag]: now })],
  });
}

async function ambiguous(world: ShaWorld, flag: string, text: string, found: readonly Sha[]): Promise<UserError> {
  const lines = await Promise.all(found.slice(0, 10).map(async (sha) => `${sha}${await subjectOf(world.store, sha)}`));
  return new UserError({
    code: "sha-ambiguous",
    message: `--${flag} ${text} is ${found.length} published releases. Nothing was changed.\n${lines.join("\n")}`,
  });
}

async function subjectOf(store: ObjectStore, sha: Sha): Promise<string> {
  const look = await readManifest(store, sha);
  return look.status === "found" ? ` ${quoteSubject(look.release.manifest.git.subject)}` : "";
}
