import {
  type Check,
  count,
  type EnvironmentName,
  type ExitCode,
  exitCodes,
  foundRelease,
  imageWords,
  inWords,
  PortError,
  readRelease,
  readStanding,
  readTarget,
  runningOf,
  type Sha,
  shortDigest,
  UserError,
  verifyLive,
  verifyRelease,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { nothingRunsDocument, runningDocument, storedDocument } from "../documents/verify.ts";
import { lookAtRequest, readingDecision } from "../promotion/look.ts";
import { Commands } from "../promotion/next.ts";
import { imageShelf } from "../session/image-shelf.ts";
import { checkShaText, resolveSha } from "../session/resolve-sha.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { printable } from "../terminal/escape.ts";
import { type Mark, sign, spellSha, textColumns } from "../terminal/style.ts";
import { spellNearTime } from "../terminal/times.ts";
import { wrap } from "../terminal/wrap.ts";
import { nameRunning } from "../verify/name-running.ts";

/** Compares stored bytes (--sha) or running ones (--env) with the release. */
export async function run(call: Call): Promise<ExitCode> {
  const { sha, env } = call.args.values;
  if ((sha === undefined) === (env === undefined))
    throw new UserError({
      code: "usage",
      message: "promote verify takes --sha, for what is stored, or --env, for what runs. Nothing was changed.",
    });
  checkShaText(call, "sha");
  checkEnvironmentText(call.args.values.env);
  const session = await openSession(call);
  if (env !== undefined) return verifyRunning(call, session, environmentOf(call, session));
  const found = await resolveSha(call, session, "sha");
  return found === null ? exitCodes.usage : verifyStored(call, session, found);
}

async function verifyStored(call: Call, session: Session, sha: Sha): Promise<ExitCode> {
  const verification = await verifyRelease(session.store, await imageShelf(session), sha);
  const name = spellSha(call.output.style, sha);
  const exit = verification.status === "whole" ? exitCodes.done : exitCodes.refused;
  call.output.document(storedDocument(sha, verification));
  switch (verification.status) {
    case "whole": {
      const { objects, release } = verification;
      const read = inWords([count(objects, "object"), ...imageWords(release.manifest)]);
      const text = `${read} of ${name} match sha256:${shortDigest(release.digest)} where they are stored.`;
      call.output.verdict({ verdict: "Same", text });
      break;
    }
    case "differs":
      call.output.verdict({
        verdict: "Differs",
        text: `${name} is not stored as it was published. Nothing was changed.`,
        blocks: [
          {
            label: "release-corrupt",
            fact: verification.differences[0] ?? "",
            evidence: verification.differences.slice(1, 20),
          },
        ],
      });
      break;
    case "missing":
    case "retired": {
      const fact =
        verification.status === "missing"
          ? `the store has no release.json for ${name}`
          : `${name} was collected; a collected release never returns`;
      call.output.verdict({
        verdict: "Refused",
        text: `${name} is not a published release. Nothing was changed.`,
        blocks: [{ label: "release-missing", fact }],
        next: verification.status === "missing" ? [`promote build --sha ${sha}${sameLadder(call)}`] : [],
      });
    }
  }
  return exit;
}

const marks: Readonly<Record<Check["status"], Mark>> = { yes: "done", no: "no", unknown: "unknown" };

async function verifyRunning(call: Call, session: Session, env: EnvironmentName): Promise<ExitCode> {
  const { style } = call.output;
  const name = session.nameOf(env);
  const standing = await readStanding(session.store, env);
  const runs = runningOf(standing);
  const target = await readTarget(session.store, env);
  if (runs && !target)
    throw new PortError("verify", "none", `${runs.sha} runs in ${name} by record, and its target.json is missing`);
  if (!runs || !target) {
    call.output.verdict({ verdict: "Same", text: `nothing runs in ${name} by record, and nothing was looked at.` });
    call.output.document(nothingRunsDocument(env));
    return exitCodes.done;
  }
  const look = await readRelease(session.store, runs.sha);
  const pages = runs.webSha && runs.webSha !== runs.sha ? await readRelease(session.store, runs.webSha) : look;
  if (look.status !== "found") throw new PortError("verify", "none", `release ${runs.sha} is ${look.status}`);
  const release = look.release.manifest;
  const seen = await verifyLive({
    ports: await session.connect(target.target),
    state: runs.state,
    web: foundRelease({ status: "known", value: pages })?.web ?? null,
    shapeOf: (service) => release.services.find((shape) => shape.name === service) ?? null,
    reachable: target.target.url !== null,
  });
  const verdict = { ...seen, checks: nameRunning(seen.checks, runs, standing, style) };
  const exit =
    verdict.status === "yes" ? exitCodes.done : verdict.status === "no" ? exitCodes.refused : exitCodes.unknown;
  const width = Math.max(...verdict.checks.map((check) => check.name.length), 6) + 3;
  call.output.table(
    verdict.checks.flatMap((check) => {
      const line = `${sign(style, marks[check.status])} ${check.name.padEnd(width)}${printable(check.message)}`;
      return wrap(line, textColumns(style), width + 2);
    }),
  );
  call.output.document(runningDocument(env, runs, verdict, exit));
  const recorded = `epoch ${runs.epoch} recorded ${spellNearTime(style, runs.from, session.clock.now())}`;
  if (verdict.status === "yes") {
    call.output.verdict({
      verdict: "Same",
      text: `${name} is what ${recorded}: ${verdict.summary} of ${spellSha(style, runs.sha)}.`,
    });
  } else if (verdict.status === "no") {
    call.output.verdict({
      verdict: "Differs",
      text: `${name} is not what ${recorded}; ${standing.epoch > runs.epoch ? `epoch ${standing.epoch} came later.` : "no later epoch explains it."}`,
      next: await waysBack(call, session, env, runs.sha),
    });
  } else {
    call.output.verdict({
      verdict: "Unknown",
      text: `some of ${name} could not be looked at. Nothing was changed.`,
      next: [`promote ${session.isOnAws ? `doctor --env ${env}` : "local start"}${sameLadder(call)}`],
    });
  }
  return exit;
}

/** What would put the recorded release in place again: only commands that are not refused as things stand. */
async function waysBack(
  call: Call,
  session: Session,
  environment: EnvironmentName,
  sha: Sha,
): Promise<readonly string[]> {
  const commands = new Commands(sameLadder(call), call.shell.isTerminal);
  const asked = { action: "promote", environment, sha, only: null, trigger: "person", overrides: [] } as const;
  const rest = { reason: null, expect: null, until: "healthy", by: session.actor, runUrl: null } as const;
  const decision = readingDecision(await lookAtRequest(session, { ...asked, ...rest }));
  if (decision.allowed) return [commands.promote(sha, environment)];
  const over = decision.reasons.every(({ code, overridable }) => code === "drifted" && overridable);
  return over
    ? [commands.override(sha, environment, "drifted")]
    : [commands.verb(`explain --sha ${sha} --env ${environment}`)];
}
