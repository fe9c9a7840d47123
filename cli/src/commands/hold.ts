import { type ExitCode, exitCodes, liftHold, readHold, readLease, UserError, writeHold } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { holdOutcome } from "../documents/hold.ts";
import { reasonMissing, reasonOf, requireFlags, withReason } from "../promotion/request.ts";
import { storeTime } from "../session/store-time.ts";
import { checkEnvironmentText, environmentOf, openSession } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";

/** Keeps automation away from an environment, or lets it in again. */
export async function run(call: Call): Promise<ExitCode> {
  requireFlags(call, "env");
  checkEnvironmentText(call.args.values.env);
  const isLift = call.args.switches.has("lift");
  const reason = reasonOf(call);
  if (isLift && reason !== null)
    throw new UserError({ code: "usage", message: "--lift needs no --reason. Nothing was changed." });
  if (!isLift && reason === null) throw reasonMissing("a hold goes on record", withReason(call));
  const session = await openSession(call);
  const environment = environmentOf(call, session);
  const { store, actor } = session;
  const name = session.nameOf(environment);
  const lease = await readLease(store, environment);
  if (lease?.state === "held" && !lease.stale) {
    const text = `${lease.by.name} is changing ${name}, and its end may set or lift the hold. Nothing was changed.`;
    call.output.verdict({ verdict: "Busy", text, next: [`promote lock --env ${environment}${sameLadder(call)}`] });
    call.output.document(holdOutcome(environment, "busy", await readHold(store, environment), lease));
    return exitCodes.busy;
  }
  const at = await storeTime(session);
  let outcome: "held" | "lifted" | "none" = "held";
  if (isLift) outcome = await liftHold(store, environment, actor, at);
  else if (reason !== null) await writeHold(store, environment, { by: actor, at, reason });
  call.output.document(holdOutcome(environment, outcome, await readHold(store, environment), null));
  const texts = {
    held: [`Done`, `${name} is held: automation will not move it until a person promotes, or lifts the hold.`],
    lifted: ["Done", `${name} is no longer held: automation may move it.`],
    none: ["Same", `${name} was not held. Nothing was changed.`],
  } as const;
  const [verdict, text] = texts[outcome];
  call.output.verdict({
    verdict,
    text,
    next: outcome === "held" ? [`promote hold --env ${environment} --lift${sameLadder(call)}`] : [],
  });
  return exitCodes.done;
}
