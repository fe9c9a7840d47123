import type { LedgerRecord, RecordBody } from "../../../src/ledger/records.ts";
import type { Chapter } from "./story.ts";

type Of<T extends Chapter["type"]> = Extract<Chapter, { readonly type: T }>;

/** A story with its threads pulled out. */
class Reading {
  readonly story: readonly Chapter[];
  readonly records: readonly Of<"record">[];
  readonly ends: readonly Of<"end">[];
  readonly strikes: readonly Of<"strike">[];

  constructor(story: readonly Chapter[]) {
    this.story = story;
    this.records = story.filter((one) => one.type === "record");
    this.ends = story.filter((one) => one.type === "end");
    this.strikes = story.filter((one) => one.type === "strike");
  }

  /** Records of one kind, with whoever wrote them. */
  of<K extends RecordBody["kind"]>(kind: K) {
    return this.records.flatMap(({ record, who, at }) =>
      record.body.kind === kind
        ? [{ who, at, epoch: record.epoch, body: record.body as Extract<RecordBody, { kind: K }> }]
        : [],
    );
  }
  /** The last record of a process that was killed. */
  lastBeforeKill(): readonly LedgerRecord[] {
    return this.killed().flatMap((who) => this.records.findLast((one) => one.who === who)?.record ?? []);
  }
  killed(): readonly string[] {
    return this.ends.flatMap(({ who, ending }) => (ending === "killed" ? [who] : []));
  }
  ended(kind: string, exit?: number): boolean {
    return this.ends.some(
      ({ ending, exit: code }) => ending !== "killed" && ending.kind === kind && (exit ?? code) === code,
    );
  }
  struck(kind: string, call: RegExp): boolean {
    return this.strikes.some((one) => one.kind === kind && call.test(one.call));
  }
  events(type: string) {
    return this.story.filter((one) => one.type === "event").filter(({ event }) => event.type === type);
  }
  refusedFor(code: string): boolean {
    return this.ends.some(({ reasons }) => reasons.includes(code));
  }
  indexOf(who: string, type: Chapter["type"]): number {
    return this.story.findLastIndex((one) => one.who === who && one.type === type);
  }
  /** Somebody opened an epoch while this process was still at it. */
  wasDeposed(who: string): boolean {
    const opened = this.story.findIndex(
      (one) => one.type === "record" && one.who === who && one.record.body.kind === "open",
    );
    const end = this.indexOf(who, "end");
    return this.story.some(
      (one, at) =>
        one.type === "record" &&
        one.record.body.kind === "open" &&
        one.who !== who &&
        opened >= 0 &&
        at > opened &&
        at < end,
    );
  }
  resumes() {
    return this.of("open").filter(({ body }) => body.resumes !== null);
  }
}

const outcomeOf = (reading: Reading, epoch: number) => reading.of("outcome").find((one) => one.epoch === epoch)?.body;
const person = (who: string): string => who.replace(/\.\d+$/, "");
const back = (reading: Reading) => reading.of("turn");

/** Situations that the seeds must have led into; one that is never reached is a promise that nobody tried. */
export const situations: Readonly<Record<string, (reading: Reading) => boolean>> = {
  "a promotion ends well": (it) => it.ended("done"),
  "already live, nothing to do": (it) => it.ended("already"),
  "refused, a definite no": (it) => it.ended("refused", 3),
  "refused for what could not be read": (it) => it.ended("refused", 7),
  "refused under the lease, on record": (it) => it.of("outcome").some(({ body }) => body.result === "refused"),
  "somebody else holds the lease": (it) => it.ended("busy"),
  "waited for a lease, and got it": (it) =>
    it.events("lease:wait").some(({ who }) => it.of("open").some((open) => open.who === who)),
  "a silent holder's lease is taken over": (it) => it.events("lease:takeover").length > 0,
  "takeover while the loser still runs": (it) =>
    it.ends.some(({ who, ending }) => ending !== "killed" && it.wasDeposed(who)),
  "the loser notices by its lease": (it) => it.ended("lost", 7),
  "the loser notices by the ledger": (it) => it.ended("lost", 5),
  "a holder stands still for longer than its lease": (it) =>
    it.strikes.some(({ kind, who }) => kind === "freeze" && it.ends.some((end) => end.who === who && end.exit === 7)),
  "a holder stands still and goes on to a good end": (it) =>
    it.strikes.some(
      ({ kind, who }) =>
        kind === "freeze" && it.of("outcome").some((end) => end.who === who && end.body.result === "done"),
    ),
  "killed before it opened an epoch": (it) => it.killed().some((who) => !it.records.some((one) => one.who === who)),
  "killed with an epoch and no plan": (it) => it.lastBeforeKill().some(({ body }) => body.kind === "open"),
  "killed with a plan and no step": (it) => it.lastBeforeKill().some(({ body }) => body.kind === "plan"),
  "killed while a migration may run": (it) => it.lastBeforeKill().some(({ body }) => body.kind === "migrate-started"),
  "killed between two services": (it) =>
    it
      .lastBeforeKill()
      .some(
        ({ body }) =>
          body.kind === "step" && body.step === "roll-service" && !body.back && body.report.status === "done",
      ),
  "killed before its pages were switched": (it) =>
    it.lastBeforeKill().some(({ body }) => body.kind === "step" && body.step === "publish-web"),
  "killed with its pages switched and not invalidated": (it) =>
    it.lastBeforeKill().some(({ body }) => body.kind === "step" && body.step === "switch-web" && !body.back),
  "killed with everything done and nothing recorded": (it) =>
    it.lastBeforeKill().some(({ body }) => body.kind === "step" && body.step === "verify-live"),
  "killed right after its outcome": (it) => it.lastBeforeKill().some(({ body }) => body.kind === "outcome"),
  "killed right after its decision to go back": (it) => it.lastBeforeKill().some(({ body }) => body.kind === "turn"),
  "killed half-way back": (it) => it.lastBeforeKill().some(({ body }) => body.kind === "step" && body.back),
  "lost reply on a record": (it) => it.struck("error-but-applied", /putIfAbsent .*history/),
  "lost reply on the lease": (it) => it.struck("error-but-applied", /putIf\w+ .*lease/),
  "lost reply on a roll": (it) => it.struck("error-but-applied", /services\.roll/),
  "lost reply on a migration's start": (it) => it.struck("error-but-applied", /tasks\.start/),
  "lost reply on the switch of pages": (it) => it.struck("error-but-applied", /web\.switchTo/),
  "a record lands late": (it) => it.struck("late", /putIfAbsent .*history/),
  "a roll lands late": (it) => it.struck("late", /services\.roll/),
  "the copy of the standing lands late": (it) => it.struck("late", /current/),
  "killed with a roll in flight": (it) => it.struck("kill-in-flight", /services\.roll/),
  "killed with a record in flight": (it) => it.struck("kill-in-flight", /putIfAbsent .*history/),
  "credentials expire under the lease": (it) =>
    it.strikes.some(({ kind, who }) => kind === "expired" && it.of("open").some((open) => open.who === who)),
  "a stale read of a service": (it) => it.struck("stale-read", /services\.inspect/),
  "resumed by the same person": (it) =>
    it
      .resumes()
      .some(({ who, body }) =>
        it.of("open").some((open) => open.epoch === body.resumes && person(open.who) === person(who)),
      ),
  "resumed by somebody else": (it) =>
    it
      .resumes()
      .some(({ who, body }) =>
        it.of("open").some((open) => open.epoch === body.resumes && person(open.who) !== person(who)),
      ),
  "resumed, interrupted again, resumed again": (it) =>
    it.resumes().some(({ body }) => it.resumes().some((earlier) => earlier.epoch === body.resumes)),
  "another release takes over an interrupted promotion": (it) =>
    it
      .of("plan")
      .some(({ epoch, body }) =>
        it
          .of("plan")
          .some(
            (earlier) =>
              earlier.epoch < epoch && earlier.body.request.sha !== body.request.sha && !outcomeOf(it, earlier.epoch),
          ),
      ),
  "a rollback out of an interrupted promotion": (it) =>
    it
      .resumes()
      .some(({ body, epoch }) => body.command === "rollback" && it.of("plan").some((plan) => plan.epoch === epoch)),
  "put back, because a service never became healthy": (it) =>
    back(it).some(({ body }) => "step" in body.because && body.because.step === "roll-service"),
  "stopped by a migration that fails": (it) => it.of("migrate-finished").some(({ body }) => body.result === "failed"),
  reverted: (it) => it.of("outcome").some(({ body }) => body.result === "reverted"),
  "turned, killed, resumed, reverted": (it) =>
    back(it).some(
      ({ epoch, who }) =>
        it.killed().includes(who) &&
        !outcomeOf(it, epoch) &&
        it.of("outcome").some((later) => later.epoch > epoch && later.body.result === "reverted"),
    ),
  partial: (it) => it.of("outcome").some(({ body }) => body.result === "partial"),
  "out of partial again": (it) =>
    it
      .of("outcome")
      .some(
        ({ body, epoch }) =>
          body.result === "partial" &&
          it.of("outcome").some((later) => later.epoch > epoch && ["done", "reverted"].includes(later.body.result)),
      ),
  "a rollback to the last good release": (it) =>
    it
      .of("plan")
      .some(
        ({ body, epoch }) =>
          body.request.action === "rollback" && body.request.sha === null && outcomeOf(it, epoch)?.result === "done",
      ),
  "a rollback to a named release": (it) =>
    it
      .of("plan")
      .some(
        ({ body, epoch }) =>
          body.request.action === "rollback" && body.request.sha !== null && outcomeOf(it, epoch)?.result === "done",
      ),
  "a rollback of the pages alone": (it) =>
    it.of("plan").some(({ body, epoch }) => body.request.only === "web" && outcomeOf(it, epoch)?.result === "done"),
  "migrations of a killed run are found applied": (it) =>
    it.of("plan").some(({ body }) => (body.fenced?.applied.length ?? 0) > 0),
  "the database's fence is raised": (it) => it.of("plan").some(({ body }) => body.fenced !== null),
  "refused, because another promotion is open": (it) => it.refusedFor("interrupted"),
  "refused, because a stranger changed a service": (it) => it.refusedFor("drifted"),
  "refused, because somebody marked it as bad": (it) => it.refusedFor("quarantined"),
  "refused, because it never ran here": (it) => it.refusedFor("never-ran"),
  "refused, because a migration is unknown": (it) => it.refusedFor("migration-diverged"),
  "a dead lease is broken by hand": (it) => it.story.some((one) => one.type === "meddling" && one.answer === "broken"),
  "a living lease is not broken": (it) =>
    it.story.some((one) => one.type === "meddling" && one.answer === "holder-alive"),
  "three at once": (it) => {
    let alive = 0;
    return it.story.some((one) => {
      alive += one.type === "start" ? 1 : one.type === "end" ? -1 : 0;
      return alive >= 3;
    });
  },
};

export const situationsIn = (story: readonly Chapter[]): readonly string[] => {
  const reading = new Reading(story);
  return Object.entries(situations).flatMap(([name, isIn]) => (isIn(reading) ? [name] : []));
};
