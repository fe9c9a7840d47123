import { type BuildEnd, type BuiltEnd, shortDigest } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import type { Session } from "../session.ts";
import { sameLadder } from "./command-line.ts";
import { spellSeconds } from "./durations.ts";
import { type Message, quoteArgument } from "./message.ts";
import { spellSha } from "./style.ts";
import { spellTime } from "./times.ts";

/** How a build, or the publication of one, ended. */
export function publishedMessage(call: Call, session: Session, built: BuildEnd): Message {
  const { style } = call.output;
  const sha = spellSha(style, built.sha);
  const verdict = `Done in ${spellSeconds(built.milliseconds / 1000)}`;
  const first = session.policy.policy.environments[0]?.name ?? "dev";
  const next = [`promote --sha ${built.sha} --env ${first}${sameLadder(call)}`];
  const notes = policyNote(built);
  if (built.status === "same") {
    const when = spellTime(style, built.publishedAt);
    const restored = built.restored === 0 ? "" : ` Put back what the store had lost or damaged: ${built.restored}.`;
    return { verdict, text: `${sha} was published ${when} by ${built.by}; this build is the same.${restored}`, notes };
  }
  return { verdict, text: `Release ${sha} is published, sha256:${shortDigest(built.digest)}.`, notes, next };
}

function policyNote({ policy }: BuildEnd): readonly (readonly [string, string])[] {
  if (policy.status === "in-force") return policy.changed ? [["Policy", "of this commit is in force now"]] : [];
  const because = {
    "off-branch": "this commit is not on the branch that policy is published from",
    unknown: "it could not be told whether this commit is on the branch that policy is published from",
    older: "this commit is older than the one whose policy is in force",
  }[policy.because];
  return [["Policy", `in the store stays as it is: ${because}`]];
}

/** How a build into a folder ended: the digest is what the publishing half is told. */
export function builtMessage(call: Call, folder: string, built: BuiltEnd): Message {
  const sha = spellSha(call.output.style, built.sha);
  return {
    verdict: `Done in ${spellSeconds(built.milliseconds / 1000)}`,
    text: `${sha} is built into ${folder}, ${shortened(built)}. Nothing was published.`,
    next: [`promote publish --from ${quoteArgument(folder)} --digest ${built.digest}${sameLadder(call)}`],
  };
}

const shortened = ({ digest }: BuiltEnd): string => `sha256:${shortDigest(digest)}`;
