import type { StepReport } from "../../ledger/records.ts";
import type { Step } from "../plan.ts";
import { couldNotTell, done, failed, failure, lookAgain, persist, type StepContext } from "./step-context.ts";

/** Adds the assets that the pool lacks; seen by nobody before the switch. Safe twice: only what is missing is added. */
export async function publishWeb(
  step: Extract<Step, { kind: "publish-web" }>,
  context: StepContext,
): Promise<StepReport> {
  const assets = (context.web?.files ?? []).filter((file) => file.role === "asset");
  const { web } = context.ports;
  const before = await persist(context, () => web.missing(assets));
  if (!before.ok) return couldNotTell(context, step.kind, before.error);
  const clash = before.value.clashing[0];
  if (clash !== undefined) {
    return failed(
      failure(context, {
        code: "publish-failed",
        step: step.kind,
        cause: `${clash} has other bytes in the asset pool`,
      }),
    );
  }
  if (before.value.missing.length === 0) return done(false, "no new assets");
  const wanted = new Set(before.value.missing);
  const added = await persist(context, () =>
    web.addAssets(
      assets.filter((file) => wanted.has(file.path)),
      context.permit,
    ),
  );
  if (!added.ok) return couldNotTell(context, step.kind, added.error);
  const after = await lookAgain(
    context,
    web.pollMilliseconds,
    () => web.missing(assets),
    (look) => look.missing.length === 0,
  );
  if (!after.ok) return couldNotTell(context, step.kind, after.error);
  const [missing] = after.value.missing;
  if (missing !== undefined)
    return failed(
      failure(context, {
        code: "publish-failed",
        step: step.kind,
        cause: `${missing} is not in the asset pool after it was added`,
      }),
    );
  return done(true, `${wanted.size} new ${wanted.size === 1 ? "asset" : "assets"}, seen by nobody yet`);
}
