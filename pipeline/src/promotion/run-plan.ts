import type { Standing } from "../ledger/records.ts";
import type { StoredRelease } from "../release/manifest.ts";
import type { WebFileList } from "../web/file-list.ts";
import type { Considered } from "./consider.ts";
import type { Plan } from "./plan.ts";
import { foundRelease } from "./plan-promotion.ts";
import { sameWeb } from "./plan-steps.ts";
import type { Epoched } from "./run.ts";
import { runSteps, type StepsRun } from "./run-steps.ts";
import { attempt, type StepContext } from "./steps/step-context.ts";

/** Runs one plan: the way there, or (`back`) the way to the baseline, which nobody interrupts. */
export function runPlan(epoched: Epoched, plan: Plan, back: boolean, now: Considered): Promise<StepsRun> {
  const { release, web } = releaseBehind(plan, now);
  const { world } = epoched.run;
  return runSteps({
    plan,
    back,
    emit: world.emit,
    setDoing: (text) => epoched.lease.setDoing(text, epoched.writer.epoch),
    contextOf: (outlets) => ({ ...stepContextFor(epoched, release, web, now.standing, back), ...outlets }),
    saveLog: (n, lines) => saveLog(epoched, back ? 100 + n : n, lines),
  });
}

/** The release whose services the plan leads to, and the file list that its goal serves; they differ for pages alone. */
function releaseBehind(plan: Plan, now: Considered): { release: StoredRelease | null; web: WebFileList | null } {
  const { facts } = now;
  const found = [facts.release, facts.before, facts.running]
    .map(foundRelease)
    .filter((candidate) => candidate !== null);
  const release = found.find((candidate) => candidate.release.manifest.git.sha === plan.release?.sha)?.release ?? null;
  const served = found.find(
    ({ release: { manifest } }) =>
      manifest.web && sameWeb({ sha: manifest.git.sha, digest: manifest.web.digest }, plan.goal.web),
  );
  return { release, web: plan.goal.web ? (served?.web ?? null) : null };
}

const never = new AbortController().signal;

export function stepContextFor(
  epoched: Epoched,
  release: StoredRelease | null,
  web: WebFileList | null,
  standing: Standing,
  back = false,
): StepContext {
  const { run, ports, lease, writer, quiet } = epoched;
  const { world, request } = run;
  return {
    ports,
    store: world.store,
    clock: world.clock,
    permit: lease.permit(writer.epoch),
    environment: request.environment,
    epoch: writer.epoch,
    attempt: () => {
      quiet.attempts += 1;
      return quiet.attempts;
    },
    lineage: standing.lineage ?? writer.standing.lineage ?? "",
    release,
    shapeOf: (service) => release?.manifest.services.find((shape) => shape.name === service) ?? null,
    web,
    until: request.until,
    reachable: run.reachable,
    record: (body) => writer.append(body),
    progress: () => undefined,
    log: () => undefined,
    redact: world.redact,
    unanswered: () => {
      quiet.unansweredAt = world.clock.monotonic();
    },
    waitUntilQuiet: () => waitUntilQuiet(epoched),
    looking: () => {
      epoched.verified.from = lease.serverNow();
    },
    guard: () => lease.beatNow(),
    interruption: back ? () => null : world.interrupt.mode,
    wake: back ? never : world.interrupt.signal,
  };
}

/** R9: a request that got no answer lands within L or never; no outcome of any kind before that. */
export async function waitUntilQuiet({ quiet, run, ports, lease }: Epoched): Promise<void> {
  if (quiet.unansweredAt === null) return;
  const { clock } = run.world;
  const left = quiet.unansweredAt + ports.longestRequestMilliseconds - clock.monotonic();
  if (left > 0) await clock.sleep(left, lease.signal);
  quiet.unansweredAt = null;
}

/** A log that cannot be stored is not worth a promotion: the record then names none. */
async function saveLog(epoched: Epoched, n: number, lines: readonly string[]): Promise<string | null> {
  const { world, request } = epoched.run;
  const key = `environments/${request.environment}/logs/${epoched.writer.epoch}-${n}.txt`;
  const body = new TextEncoder().encode(`${lines.join("\n")}\n`);
  const stored = await attempt(() => world.store.putIfAbsent(key, body));
  return stored.ok && stored.value.status === "written" ? key : null;
}
