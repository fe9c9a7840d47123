import { type EnvironmentName, type ExitCode, exitCodes, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { diffLines } from "../diff/diff-lines.ts";
import { isUnknown } from "../diff/difference.ts";
import { observeDifference } from "../diff/observe-difference.ts";
import { diffDocument } from "../documents/diff.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { commandLine } from "../terminal/command-line.ts";

/** What differs between two environments: commits, images, migrations, web files. Nothing is started. */
export async function run(call: Call): Promise<ExitCode> {
  const [first, second] = call.args.words;
  if (first === undefined || second === undefined)
    throw new UserError({
      code: "usage",
      message: "promote diff takes two environments, such as: promote diff prod staging. Nothing was changed.",
    });
  for (const word of [first, second]) checkEnvironmentText(word, "promote diff");
  const session = await openSession(call);
  const [from, to] = [0, 1].map((at) => named(call, session, at)) as [EnvironmentName, EnvironmentName];
  if (from === to)
    throw new UserError({
      code: "usage",
      message: `promote diff takes two environments that are not the same; got ${from} twice. Nothing was changed.`,
    });
  const difference = await observeDifference(session, from, to);
  call.output.table(
    diffLines(difference, { nameOf: session.nameOf, style: call.output.style, redact: session.redact }),
  );
  call.output.document(diffDocument(difference));
  return isUnknown(difference) ? exitCodes.unknown : exitCodes.done;
}

/** The environment that one of the two words means. */
function named(call: Call, session: Session, at: number): EnvironmentName {
  const { args } = call;
  const corrected = (near: string): string =>
    commandLine({ ...call, args: { ...args, words: args.words.with(at, near) } });
  return environmentOf(call, session, args.words[at], corrected);
}
