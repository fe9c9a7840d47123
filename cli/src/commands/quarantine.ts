import {
  BrokenChainError,
  type EnvironmentName,
  type ExitCode,
  exitCodes,
  liftQuarantine,
  quarantineRelease,
  readManifest,
  readQuarantine,
  readStanding,
  runningOf,
  type Sha,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { quarantineDocument } from "../documents/quarantine.ts";
import { reasonMissing, reasonOf, requireFlags, withReason } from "../promotion/request.ts";
import { checkShaText, resolveSha } from "../session/resolve-sha.ts";
import { storeTime } from "../session/store-time.ts";
import { openSession, type Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { spellSha } from "../terminal/style.ts";

/** Marks a release as bad, for every environment, or takes the mark back. */
export async function run(call: Call): Promise<ExitCode> {
  requireFlags(call, "sha");
  checkShaText(call, "sha");
  const isLift = call.args.switches.has("lift");
  const reason = reasonOf(call);
  if (isLift && reason !== null)
    throw new UserError({ code: "usage", message: "--lift needs no --reason. Nothing was changed." });
  if (!isLift && reason === null) throw reasonMissing("a quarantine goes on record", withReason(call));
  const session = await openSession(call);
  const sha = await resolveSha(call, session, "sha");
  if (sha === null) return exitCodes.usage;
  await requireRelease(session, sha);
  // Before the mark: whatever cannot be read afterwards would hide that it was made.
  const running = await environmentsRunning(session, sha);
  const by = session.actor.name;
  const at = await storeTime(session);
  const outcome = isLift
    ? await liftQuarantine(session.store, sha, { by, at })
    : await quarantineRelease(session.store, sha, { reason: reason ?? "", by, at });
  const mark = await readQuarantine(session.store, sha);
  call.output.document(quarantineDocument({ sha, outcome, mark, environments: running }));
  const name = spellSha(call.output.style, sha);
  const texts = {
    quarantined: ["Done", `${name} is quarantined: no environment takes it, and no rollback leads to it.`],
    already: ["Same", `${name} is quarantined already; the first reason stays. Nothing was changed.`],
    lifted: ["Done", `${name} is no longer quarantined.`],
    none: ["Same", `${name} was not quarantined. Nothing was changed.`],
  } as const;
  const [verdict, text] = texts[outcome];
  const next =
    outcome === "quarantined" ? running.map((env) => `promote rollback --env ${env}${sameLadder(call)}`) : [];
  call.output.verdict({ verdict, text, next: next.slice(0, 3) });
  return exitCodes.done;
}

async function requireRelease(session: Session, sha: Sha): Promise<void> {
  const look = await readManifest(session.store, sha);
  if (look.status !== "missing") return;
  throw new UserError({
    code: "usage",
    message: `${sha} is not a published release; there is nothing to mark. Nothing was changed.`,
    next: ["promote status --releases"],
  });
}

/** A ledger that is broken keeps nobody from marking a release as bad. */
async function runningSha({ store }: Session, environment: EnvironmentName): Promise<Sha | null> {
  try {
    return runningOf(await readStanding(store, environment))?.sha ?? null;
  } catch (error) {
    if (error instanceof BrokenChainError) return null;
    throw error;
  }
}

async function environmentsRunning(session: Session, sha: Sha): Promise<readonly string[]> {
  const names = session.policy.policy.environments.map(({ name }) => name);
  const running = await Promise.all(names.map((name) => runningSha(session, name)));
  return names.filter((_, at) => running[at] === sha);
}
