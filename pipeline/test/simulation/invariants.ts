import { readCurrent } from "../../src/ledger/current.ts";
import { readStanding } from "../../src/ledger/read-ledger.ts";
import type { GoodRun } from "../../src/ledger/records.ts";
import { verifyHistory } from "../../src/ledger/verify-history.ts";
import type { Plan } from "../../src/promotion/plan.ts";
import type { Simulation } from "./simulation.ts";
import { recordOf, type StoredBytes } from "./stored-records.ts";

/** Invariants that hold at every moment, asked after every call. */
export function judgeMoment({ environment, registry, violations }: Simulation): void {
  const { effects } = environment;
  for (; environment.judged < effects.length; environment.judged += 1) {
    const effect = effects[environment.judged];
    if (effect && effect.epoch > 0 && effect.epoch < effect.newest)
      violations.push(`I3: epoch ${effect.epoch} did "${effect.what}" though epoch ${effect.newest} has taken over`);
  }
  const { releases, batches } = registry;
  for (const [name, service] of environment.services) {
    const { wanted, rollout } = service;
    if (!wanted) continue;
    const release = releases.find(({ sha }) => sha === wanted.sha);
    if (!release?.images.has(wanted.image)) violations.push(`I1: ${name} runs an image of no release`);
    const batch = release && batches.get(release.api);
    const missing = batch?.names.find((migration) => !environment.database.applied.includes(migration));
    if (rollout && rollout.epoch > 0 && missing !== undefined)
      violations.push(`I5: ${name} of ${release?.sha} was set before ${missing} was applied`);
  }
  const { web } = environment.web;
  const list = web && releases.find(({ webDigest }) => webDigest === web.digest)?.list;
  const lost = list?.files.find((file) => file.role === "asset" && !environment.pool.has(file.path));
  if (lost) violations.push(`I7: pages are served whose ${lost.path} is not in the pool`);
}

/** A record that claims something about the world is compared with the world at that moment. */
export function judgeRecord(world: Simulation, key: string, stored: StoredBytes): void {
  // A copy of the request that lands later finds its own bytes there, and says nothing of now.
  if (!key.includes("/history/") || world.judged.has(key)) return;
  world.judged.add(key);
  const { environment, violations } = world;
  const record = recordOf(stored);
  const { opened, planned } = world.newest;
  if (record.body.kind === "open") world.newest = { opened: Math.max(opened, record.epoch), planned };
  if (record.body.kind === "plan") world.newest = { opened, planned: Math.max(planned, record.epoch) };
  if (record.body.kind !== "outcome" || !record.body.observed) return;
  const { observed, result, observedAt } = record.body;
  // True at observedAt is all that is promised; what somebody else did since is drift.
  if (world.editedAt !== null && world.editedAt >= observedAt) return;
  for (const [name, revision] of Object.entries(observed.services)) {
    const look = environment.look(name);
    const runs = look.wanted === "unknown-revision" ? null : look.wanted;
    if (runs?.image !== revision?.image || runs?.sha !== revision?.sha)
      violations.push(`false record: ${result} says ${name} runs ${revision?.sha}, it runs ${runs?.sha}`);
  }
  if (environment.web.web?.digest !== observed.web?.digest)
    violations.push(`false record: ${result} names other pages than are served`);
}

/** What must be true once a command has said how it ended. */
export async function judgeAtRest({
  store,
  name,
  environment,
  violations,
  editedAt,
}: Simulation): Promise<readonly string[]> {
  const history = await verifyHistory(store, name);
  const standing = await readStanding(store, name);
  const problems = [...violations, ...environment.violations];
  if (!history.ok) problems.push(`I8: ${history.because}`);
  if (standing.unfinished) problems.push("I6: a promotion is still open");
  else if (environment.edge !== (environment.web.web?.digest ?? null))
    problems.push("stale edge: it serves other pages");
  if (editedAt !== null) return problems;
  return [
    ...problems,
    ...judgeLive(
      { environment },
      standing.good.find((run) => run.until === null),
    ),
  ];
}

/** What the ledger says runs does run. */
export function judgeLive(
  { environment }: Pick<Simulation, "environment">,
  running: GoodRun | undefined,
): readonly string[] {
  return Object.entries(running?.state.services ?? {}).flatMap(([service, revision]) => {
    const { wanted } = environment.look(service);
    const isRight = wanted !== "unknown-revision" && wanted?.image === revision?.image;
    return isRight ? [] : [`the ledger says that ${service} runs ${revision?.sha}, and it does not`];
  });
}

/** The pointer is what history says, once a run that changed nothing has gone by (protocol §12). */
export async function judgePointer({ store, name }: Simulation): Promise<readonly string[]> {
  const current = await readCurrent(store, name);
  const standing = await readStanding(store, name);
  if (!current) return standing.settled > 0 ? ["pointer: current.json is not there"] : [];
  const copy = current.standing;
  if (copy === null) return ["pointer: current.json is of another fold"];
  const settled = copy.settled === standing.settled && copy.epoch <= standing.epoch;
  return settled ? [] : [`pointer: current.json is at ${copy.settled}, history at ${standing.settled}`];
}

/** I11: whatever was changed stands in a plan, or in a turn, that its own epoch had recorded. */
export function judgeEffects({ environment, store, name }: Simulation): readonly string[] {
  const announced = new Map<number, Set<string>>();
  for (const [key, stored] of store.entries()) {
    if (!key.startsWith(`environments/${name}/history/`)) continue;
    const record = recordOf(stored);
    if (record.body.kind !== "plan" && record.body.kind !== "turn") continue;
    const known = announced.get(record.epoch) ?? new Set();
    for (const effect of effectsOf(record.body.plan)) known.add(effect);
    announced.set(record.epoch, known);
  }
  return environment.effects
    .filter(({ epoch, what }) => epoch > 0 && !announced.get(epoch)?.has(what))
    .map(({ epoch, what }) => `I11: epoch ${epoch} did "${what}", which stands in no plan of it`);
}

function effectsOf(plan: Plan): readonly string[] {
  return plan.steps.flatMap((step) => {
    if (step.kind === "roll-service") return [`service ${step.service} ${step.to.sha}`];
    if (step.kind === "retire-service") return [`retire ${step.service}`];
    return step.kind === "switch-web" ? [`web ${step.to?.sha ?? "none"}`] : [];
  });
}
