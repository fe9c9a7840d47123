/** A bug that somebody could make, in our own code, and what it breaks. */
export interface Mutant {
  readonly name: string;
  /** A rule of the protocol (R1…R24), a row of what its model found, or what a rival had (promotion-engines.md, reliability-performance.md §1.4). */
  readonly after: string;
  /** Below `src`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Where the simulation cannot see it: the tests that do, below `src`. */
  readonly tests?: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: "a taker does not wait until it is quiet",
    after: "R5, no wait on takeover",
    file: "ledger/held-lease.ts",
    find: "      if (left < 0) return;",
    replace: "      if (left < Number.POSITIVE_INFINITY) return;",
  },
  {
    name: "after a break nobody waits",
    after: "R5, break, no wait",
    file: "ledger/break-lease.ts",
    find: "    quietUntil: quietAfterLoss(document, stored, false),",
    replace: "    quietUntil: document.quietUntil,",
    tests: "ledger/lease.test.ts",
  },
  {
    name: "a lease is taken before its holder has stopped",
    after: "R4, takeover below S",
    file: "ledger/lease-look.ts",
    find: "  document.timing.staleMilliseconds + document.timing.skewMilliseconds;",
    replace: "  document.timing.beatMilliseconds;",
    tests: "ledger/lease.test.ts",
  },
  {
    name: "any lease with an epoch counts as closed",
    after: "R4",
    file: "ledger/lease.ts",
    find: "    if (document.epoch !== null && (await this.#isClosed(document.epoch))) {",
    replace: "    if (document.epoch !== null) {",
  },
  {
    name: "an old beat is as good as a new one",
    after: "R11, old beat ignored",
    file: "ledger/held-lease.ts",
    find: "    if (age >= this.#document.timing.staleMilliseconds) {",
    replace: "    if (age >= this.#document.timing.staleMilliseconds * 1000) {",
  },
  {
    name: "a beat's age counts from its answer",
    after: "R3, age from reply",
    file: "ledger/held-lease.ts",
    find: "          this.#confirm(sent, answer.etag, answer.serverTime, state);",
    replace: "          this.#confirm(momentOf(this.#clock), answer.etag, answer.serverTime, state);",
    tests: "ledger/lease.test.ts",
  },
  {
    name: "a beat's age stands still while the machine sleeps",
    after: "R3, monotonic + sleep",
    file: "ledger/held-lease.ts",
    find: "    return Math.max(now.monotonic - this.#confirmed.monotonic, millisecondsBetween(this.#confirmed.wall, now.wall));",
    replace: "    return now.monotonic - this.#confirmed.monotonic;",
    tests: "ledger/lease.test.ts",
  },
  {
    name: "a beat's age follows a clock that was set back",
    after: "R3, wall + step",
    file: "ledger/held-lease.ts",
    find: "    return Math.max(now.monotonic - this.#confirmed.monotonic, millisecondsBetween(this.#confirmed.wall, now.wall));",
    replace: "    return millisecondsBetween(this.#confirmed.wall, now.wall);",
    tests: "ledger/lease.test.ts",
  },
  {
    name: "somebody else's lease is taken for ours",
    after: "R3",
    file: "ledger/held-lease.ts",
    find: "    return found?.nonce === this.#document.nonce ? found : null;",
    replace: "    return found ?? null;",
  },
  {
    name: "the lease is given back with a request under way",
    after: "R9, late duplicate after release",
    file: "promotion/promote.ts",
    find: '    if (report.ending.kind === "open") lease.stopBeating();\n    else await lease.release();',
    replace: "    await lease.release();",
  },
  {
    name: "nothing waits for a request without an answer",
    after: "R9, no quiet after unanswered calls",
    file: "promotion/run-plan.ts",
    find: "  if (quiet.unansweredAt === null) return;",
    replace: "  if (quiet.unansweredAt !== undefined) return;",
  },
  {
    name: "the database is not fenced",
    after: "R7, no fence if the successor migrates nothing",
    file: "promotion/raise-fences.ts",
    find: '  return standing.openMigration ? raiseDatabaseFence(standing, context) : { status: "raised", database: null };',
    replace:
      '  return standing.openMigration && !context ? raiseDatabaseFence(standing, context) : { status: "raised", database: null };',
  },
  {
    name: "the pages are not fenced",
    after: "R7, web fence late",
    file: "promotion/raise-fences.ts",
    find: "  if (standing.unfinished) {\n    const web",
    replace: "  if (standing.unfinished && !context) {\n    const web",
  },
  {
    name: "what was seen before the lease is acted on",
    after: "R8, plan before the lease",
    file: "promotion/begin-epoch.ts",
    find: "  const now = await consider({ shared: world, ports, policy: world.policy, request }, standing);",
    replace: "  const now = { ...again, standing };",
    tests: "promotion/begin-epoch.test.ts",
  },
  {
    name: "what the fence found applied is not used",
    after: "R8, schema read before the fence",
    file: "promotion/begin-epoch.ts",
    find: "  fences.database ? { ...standing, schema: { applied: fences.database.applied, certain: true } } : standing;",
    replace:
      "  fences.database ? { ...standing, schema: { applied: standing.schema.applied, certain: true } } : standing;",
    tests: "promotion/begin-epoch.test.ts",
  },
  {
    name: "nothing is verified in the end",
    after: "R10, no final verify",
    file: "promotion/steps/verify-live.ts",
    find: '    if (verdict.status === "yes") return done(false, verdict.summary);',
    replace: "    if (verdict.status !== undefined) return done(false, verdict.summary);",
  },
  {
    name: "a service that was right when it was planned is not looked at again",
    after: "a resume trusts its journal",
    file: "promotion/steps/roll-service.ts",
    find: "  const { services } = context.ports;",
    replace: '  if (step.already) return done(false, "already");\n  const { services } = context.ports;',
    tests: "promotion/begin-epoch.test.ts",
  },
  {
    name: "going back is not recorded before it begins",
    after: "R17, no turn",
    file: "promotion/settle.ts",
    find: '  await writer.append({ kind: "turn", because: back.because, plan });',
    replace: "",
  },
  {
    name: "the copy of the standing may be overwritten by an older one",
    after: "pointer not monotone",
    file: "ledger/current.ts",
    find: '    if (found && found.seq >= standing.seq) return "newer";',
    replace: '    if (found && found.seq === standing.seq) return "newer";',
    tests: "ledger/current.test.ts",
  },
  {
    name: "the copy of the standing is not repaired",
    after: "pointer not repaired",
    file: "promotion/answer-without-lease.ts",
    find: "      await writeCurrent(run.world.store, standing);",
    replace: "      if (!standing) await writeCurrent(run.world.store, standing);",
  },
  {
    name: "a freeze refuses to let a promotion be finished",
    after: "R18",
    file: "policy/evaluate.ts",
    find: 'appliesToRollback) && (mode === "new" || !onceOnly);',
    replace: 'appliesToRollback) && (mode === "new" || !onceOnly || onceOnly);',
    tests: "policy/evaluate.property.test.ts",
  },
  {
    name: "a partial end stays turned",
    after: "R17, partial leaves the turn",
    file: "ledger/fold.ts",
    find: "      return { unfinished: { ...unfinished, turned: null, partial: { failure: body.failure, notBack: body.notBack } } };",
    replace:
      "      return { unfinished: { ...unfinished, partial: { failure: body.failure, notBack: body.notBack } } };",
    tests: "ledger/fold.test.ts",
  },
  {
    name: "a retry of a record is a new record",
    after: "R1, new bytes on retry",
    file: "ledger/append-record.ts",
    find: "      return await putOrSettle(ports, record, bytes);",
    replace:
      "      const again = { ...record, nonce: random.nonce() };\n      return await putOrSettle(ports, attempt > 0 ? again : record, attempt > 0 ? recordBytes(again) : bytes);",
    tests: "ledger/ledger-writer.test.ts",
  },
  {
    name: "an own record is taken for another's",
    after: "R2, 412 = lost",
    file: "ledger/append-record.ts",
    find: '  if (found.nonce === record.nonce) return { status: "written", bytes: stored.body };',
    replace: '  if (found.nonce === "") return { status: "written", bytes: stored.body };',
    tests: "ledger/ledger-writer.test.ts",
  },
  {
    name: "a deposed run goes on",
    after: "R2",
    file: "ledger/ledger-writer.ts",
    find: '      if (answer.status === "taken") throw new DeposedError(answer.by.epoch);\n      this.#fold(record, answer.bytes);',
    replace: '      if (answer.status === "written") this.#fold(record, answer.bytes);',
    tests: "ledger/ledger-writer.test.ts",
  },
  {
    name: "an invalidation is named by its paths alone",
    after: "R20, reference (sha, paths)",
    file: "promotion/steps/invalidate.ts",
    find: "    JSON.stringify([context.environment, context.lineage, context.epoch, context.attempt(), step.paths]),",
    replace: "    JSON.stringify([context.environment, context.lineage, step.paths]),",
  },
  {
    name: "services move before their migrations",
    after: "I5",
    file: "promotion/plan-steps.ts",
    find: "...migrationStep(way, facts.standing.schema), ...services,",
    replace: "...services, ...migrationStep(way, facts.standing.schema),",
  },
  {
    name: "pages are switched before their assets are there",
    after: "I7",
    file: "promotion/plan-steps.ts",
    find: "const additions = [...pinStep(way), ...prepareStep(services), ...publishStep(way, facts)];",
    replace:
      "const additions = [...pinStep(way), ...prepareStep(services)];\n  (web as Step[]).push(...publishStep(way, facts));",
  },
  {
    name: "already live is answered from the record",
    after: "Kargo 1826: a short cut hides drift",
    file: "promotion/answer-without-lease.ts",
    find: '    if (verdict?.status === "yes") {',
    replace: "    if (verdict) {",
    tests: "promotion/begin-epoch.test.ts",
  },
  {
    name: "a rollout that stood there before is taken for ours",
    after: "R12, Kargo 2142: the wrong verification is read",
    file: "promotion/judge-rollout.ts",
    find: "    rollout.id !== memory.staleRollout &&\n",
    replace: "",
    tests: "promotion/judge-rollout.test.ts",
  },
  {
    name: "a service is right when it is wanted, whatever runs",
    after: "stable is not success: the breaker went back",
    file: "promotion/judge-rollout.ts",
    find: "  if (look.rollout && inMotion.has(look.rollout.phase)) return false;\n  const tasks = countable(look.tasks);",
    replace: "  const tasks = countable(look.tasks).slice(0, 0);\n  if (tasks.length === 0) return true;",
  },
  {
    name: "what could not be told counts as failed",
    after: "never-merge: could-not-tell is no no",
    file: "promotion/run-steps.ts",
    find: '  if (report.status === "unknown") return { status: "unknown", failure };\n',
    replace: "",
    tests: "promotion/steps/roll-service.test.ts",
  },
  {
    name: "a refused resumption is left where it is, and called refused",
    after: "R18, a definite no to safety turns back",
    file: "promotion/apply.ts",
    find: '  if (continuation.kind === "finish" && (no || !isAboutTheCall)) {',
    replace: '  if (continuation.kind === "finish" && !no && !isAboutTheCall) {',
  },
  {
    name: "a lost reply on a roll is a failure",
    after: "a lost reply is no answer",
    file: "promotion/steps/roll-service.ts",
    find: '        if (!ordered.ok && ordered.error.effect === "possible") context.unanswered();',
    replace:
      '        if (!ordered.ok) return failed(failure({ code: "service-not-started", step: step.kind, name: step.service, cause: ordered.error.message }));',
  },
  {
    name: "a pin is left as it is when it is there",
    after: "R23, old pin not rewritten",
    file: "release/retention.ts",
    find: "    pins: { ...retention.pins, [environment]: Math.max(epoch, retention.pins[environment] ?? 0) },",
    replace: "    pins: { [environment]: epoch, ...retention.pins },",
    tests: "release/publish-release.test.ts",
  },
  {
    name: "a resumption begins at another baseline",
    after: "R15, baseline observed at resume",
    file: "promotion/plan-promotion.ts",
    find: "  if (standing.unfinished) return standing.unfinished.baseline;",
    replace:
      "  if (standing.unfinished) return { release: standing.unfinished.plan.release, webRelease: null, state: standing.unfinished.plan.goal };",
  },
  {
    name: "an outcome says it saw what it only planned, now",
    after: "a record is true at the moment that it names",
    file: "promotion/settle.ts",
    find: "  observedAt: (fields.observed && epoched.verified.from) ?? epoched.lease.serverNow(),",
    replace: "  observedAt: epoched.lease.serverNow(),",
  },
  {
    name: "no release to go back to, when it could only not be read",
    after: "never-merge, found here by a single fault",
    file: "policy/rules/never-ran.ts",
    find: "    if (facts.release !== null) return notAsked;\n",
    replace: "",
  },
];
