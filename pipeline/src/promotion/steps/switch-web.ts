import { DeposedError } from "../../errors.ts";
import { shortSha } from "../../identifiers.ts";
import type { StepReport } from "../../ledger/records.ts";
import { count } from "../../policy/spell.ts";
import { entriesOf } from "../../web/file-list.ts";
import type { Step } from "../plan.ts";
import { sameWeb } from "../plan-steps.ts";
import { attempt, couldNotTell, done, failed, failure, lookAgain, persist, type StepContext } from "./step-context.ts";

/**
 * Points the environment at other pages. It writes even when the content is right, because the write carries this epoch: a
 * stale holder's compare-and-swap then fails (protocol §7). @throws DeposedError when a later epoch has written.
 */
export async function switchWeb(
  step: Extract<Step, { kind: "switch-web" }>,
  context: StepContext,
): Promise<StepReport> {
  const { web } = context.ports;
  const before = await persist(context, () => web.readLive());
  if (!before.ok) return couldNotTell(context, step.kind, before.error);
  const answer = await persist(context, async () => {
    await context.guard();
    const switched = await attempt(() => web.switchTo(step.to, context.permit));
    if (switched.ok) return switched.value;
    // Entries that are copied in place cannot be fenced: one may still be on its way.
    if (switched.error.effect === "possible") context.unanswered();
    throw switched.error;
  });
  if (!answer.ok) return couldNotTell(context, step.kind, answer.error);
  if (answer.value === "moved") throw new DeposedError(null);
  const after = await lookAgain(
    context,
    web.pollMilliseconds,
    () => web.readLive(),
    (live) => live.epoch > context.epoch || sameWeb(live.web, step.to),
  );
  if (!after.ok) return couldNotTell(context, step.kind, after.error);
  if (after.value.epoch > context.epoch) throw new DeposedError(after.value.epoch);
  if (!sameWeb(after.value.web, step.to)) {
    return failed(
      failure(context, { code: "web-mismatch", step: step.kind, cause: "the live pointer is not what was written" }),
    );
  }
  const name = (target: typeof step.to) => (target ? shortSha(target.sha) : "nothing");
  const entries = context.web && step.to ? `, ${count(entriesOf(context.web).length, "entry", "entries")}` : "";
  return sameWeb(before.value.web, step.to)
    ? done(false, `already ${name(step.to)}${entries}`)
    : done(true, `pointer ${name(before.value.web)} → ${name(step.to)}${entries}`);
}
