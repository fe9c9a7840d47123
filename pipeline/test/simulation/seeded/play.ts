import { breakLease } from "../../../src/ledger/break-lease.ts";
import { readStanding } from "../../../src/ledger/read-ledger.ts";
import type { PromotionRequest } from "../../../src/ledger/records.ts";
import { quarantineRelease } from "../../../src/policy/quarantine.ts";
import { promote } from "../../../src/promotion/promote.ts";
import type { PromotionReport } from "../../../src/promotion/report.ts";
import { aRequest, digestOf } from "../../builders.ts";
import type { StrikeKind } from "../faults.ts";
import { type CallOptions, Crash, Gate } from "../gate.ts";
import { judgeEffects, judgeLive, judgeMoment, judgePointer } from "../invariants.ts";
import type { SimRelease } from "../sim-releases.ts";
import { gatedClock, isSettled, Simulation } from "../simulation.ts";
import { recall, recordOf, type StoredBytes } from "../stored-records.ts";
import { Dice } from "./dice.ts";
import { type Actor, type Command, type Meddling, places, type Script, type Strike } from "./script.ts";
import type { Chapter } from "./story.ts";

export interface Played {
  readonly story: readonly Chapter[];
  readonly problems: readonly string[];
  /** Processes that ran the real promotion. */
  readonly runs: number;
}

/** Virtual time after which whoever is not done is stuck. */
const mostMilliseconds = 30 * 60_000;
const runsToSettle = 12;

/** Plays a script in a world of its own: same script, same story. */
export async function play(script: Script): Promise<Played> {
  return await new Stage(script).play();
}

class Stage {
  readonly #script: Script;
  readonly #world: Simulation;
  readonly #story: Chapter[] = [];
  readonly #random: Dice;
  #releases: readonly SimRelease[] = [];
  #runs = 0;

  constructor(script: Script) {
    this.#script = script;
    this.#world = new Simulation(null, script.pace);
    this.#random = new Dice(script.seed ^ 0x5eed);
  }

  async play(): Promise<Played> {
    const world = this.#world;
    await world.begin();
    this.#releases = await this.#publish();
    const everybody = [
      ...this.#script.actors.map((actor) => this.#act(actor, this.#random.fork())),
      ...this.#script.meddling.map((meddling) => this.#meddle(meddling)),
    ];
    const problems: string[] = [];
    try {
      await this.#within(Promise.all(everybody));
      // Whatever is still under way lands; then somebody comes and puts things in order with commands alone.
      await world.clock.run(world.clock.sleep(60_000));
      problems.push(...(await this.#settle()));
    } catch (error) {
      problems.push(`stuck or broken: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    problems.push(...(await world.atRest()), ...judgeEffects(world));
    return { story: this.#story, problems: [...new Set(problems)], runs: this.#runs };
  }

  async #publish(): Promise<readonly SimRelease[]> {
    const releases: SimRelease[] = [];
    const names: string[] = [];
    for (const [at, { broken, failing, migrates }] of this.#script.releases.entries()) {
      if (migrates) names.push(`2026110${at + 1}_m${at}`);
      const last = names.at(-1) ?? null;
      const release = await this.#world.publish(`${"abcdef"[at]}${at}`, [...names], failing && migrates ? last : null);
      if (failing && migrates) names.pop();
      if (broken) this.#world.broken.add(release.worker);
      releases.push(release);
    }
    return releases;
  }

  /** The clock drives everybody; nobody may take for ever. */
  async #within(work: Promise<unknown>): Promise<void> {
    const late = this.#world.clock.sleep(mostMilliseconds).then(() => {
      throw new Error(`somebody is not done after ${mostMilliseconds / 60_000} min`);
    });
    late.catch(() => undefined);
    await this.#world.clock.run(Promise.race([work, late]));
  }

  async #act(actor: Actor, random: Dice): Promise<void> {
    const { clock } = this.#world;
    await clock.sleep(actor.startsAt);
    const targets = new Targets();
    for (let attempt = 1; attempt <= actor.patience; attempt += 1) {
      const report = await this.#run(
        `${actor.name}.${attempt}`,
        actor.command,
        random,
        actor.strikes,
        targets,
        actor.waitMilliseconds,
      );
      if (report && isSettled(report)) return;
      await clock.sleep(random.between(200, 6_000));
    }
  }

  /** One process. */
  async #run(
    who: string,
    command: Command,
    random: Dice,
    strikes: readonly Strike[],
    targets: Targets,
    waitMilliseconds = 60_000,
  ): Promise<PromotionReport | null> {
    const world = this.#world;
    const { clock } = world;
    const request = this.#request(command);
    this.#tell(who, { type: "start", command: spell(request) });
    let frozenUntil = 0;
    let expiredUntil = 0;
    const thaw = async (): Promise<void> => {
      while (frozenUntil > clock.monotonic()) await clock.sleep(frozenUntil - clock.monotonic());
    };
    const gate = new Gate({
      faults: (_call, options): StrikeKind | null => {
        const due = strikes.find((strike) => strike.kind !== "freeze" && targets.isDue(strike, options.name));
        if (clock.monotonic() < expiredUntil) return "expired";
        if (!due) return null;
        const expires = due.kind === "credentials-expire" || due.kind === "late-and-expired";
        if (expires) expiredUntil = clock.monotonic() + due.milliseconds;
        this.#tell(who, { type: "strike", kind: struckBy(due.kind), call: options.name });
        return struckBy(due.kind);
      },
      elapse: (milliseconds) => clock.sleep(milliseconds),
      before: async (name) => {
        targets.count(name);
        const due = strikes.find((strike) => strike.kind === "freeze" && targets.isDue(strike, name));
        if (due) {
          frozenUntil = Math.max(frozenUntil, clock.monotonic() + due.milliseconds);
          this.#tell(who, { type: "strike", kind: "freeze", call: `${name}, ${due.milliseconds} ms` });
        }
        await clock.sleep(random.below(25));
        await thaw();
      },
      underWay: (options, late) => clock.sleep(landing(random, options, late)),
      afterCall: () => judgeMoment(world),
    });
    const gated = gatedClock(clock, gate);
    const promotion = world.worldOf({
      gate,
      clock: { ...gated, sleep: async (milliseconds, signal) => gated.sleep(milliseconds, signal).then(thaw) },
      who,
      emit: (event) => this.#tell(who, { type: "event", event }),
      onRecord: (key, stored) => this.#record(who, key, stored),
    });
    this.#runs += 1;
    const report = await this.#report(promote(promotion, request, waitMilliseconds), gate);
    if (!gate.dead) gate.kill();
    const ending = report ? report.ending : "killed";
    const reasons = report?.decision?.reasons.map(({ code }) => code) ?? [];
    this.#tell(who, { type: "end", ending, exit: report?.exit ?? null, reasons });
    return report;
  }

  /** Null: killed. What a promotion may never do is throw: that would be a bug, with a stack. */
  async #report(running: Promise<PromotionReport>, gate: Gate): Promise<PromotionReport | null> {
    try {
      return await Promise.race([running, gate.death]);
    } catch (error) {
      if (error instanceof Crash) return null;
      this.#world.violations.push(`it threw: ${error instanceof Error ? error.stack : String(error)}`);
      return null;
    }
  }

  #record(who: string, key: string, stored: StoredBytes): void {
    if (key.includes("/history/")) this.#tell(who, { type: "record", record: recordOf(stored) });
  }

  #request(command: Command): PromotionRequest {
    const sha = command.release === null ? null : (this.#releases[command.release]?.sha ?? null);
    const { name: environment } = this.#world;
    if (command.action === "rollback") return aRequest({ environment, action: "rollback", sha, only: command.only });
    const { overrides = [] } = command;
    return aRequest({ environment, sha, overrides, reason: overrides.length > 0 ? "to get out" : null });
  }

  async #meddle({ at, act }: Meddling): Promise<void> {
    const world = this.#world;
    await world.clock.sleep(at);
    this.#tell("operator", { type: "meddling", act, answer: await this.#carryOut(act) });
  }

  async #carryOut(act: Meddling["act"]): Promise<string> {
    const { store, name, clock, environment } = this.#world;
    const random = { nonce: () => digestOf(`operator ${this.#story.length}`).slice(7, 39), fraction: () => 0.5 };
    const by = { id: "operator", name: "operator" };
    if (act === "break-lease")
      return (await breakLease({ store, environment: name, clock, random, by, reason: "stuck" })).status;
    if (act === "quarantine") {
      const bad = this.#random.pick(this.#releases);
      return await quarantineRelease(store, bad.sha, { reason: "bad", by: by.name, at: clock.now() });
    }
    const service = environment.services.get("api");
    const first = this.#releases[0];
    if (!service?.wanted || !first) return "nothing runs";
    const wanted = { ...service.wanted, image: first.api, sha: first.sha };
    environment.order("api", wanted);
    this.#world.editedAt = clock.now();
    return `api is ${first.sha.slice(0, 4)} now`;
  }

  /** No trap: from every state some command of the tool leads to a settled one (protocol §12). */
  async #settle(): Promise<readonly string[]> {
    const { store, name, clock } = this.#world;
    const isOpen = async (): Promise<boolean> => (await readStanding(store, name)).unfinished !== null;
    for (let round = 0; round < runsToSettle && (await isOpen()); round += 1) {
      for (const command of await this.#waysOut(round)) {
        await this.#runAsOperator(command);
        await clock.run(clock.sleep(3_000));
        if (!(await isOpen())) break;
      }
    }
    const standing = await readStanding(store, name);
    if (standing.unfinished) return ["trapped: no command settles the environment"];
    // A run that changes nothing repairs the copy that readers look at.
    const running = standing.good.find((good) => good.until === null);
    const at = this.#releases.findIndex(({ sha }) => sha === running?.sha);
    if (at < 0) return [];
    const again = await this.#runAsOperator({ action: "promote", release: at });
    return again?.ending.kind === "already"
      ? [...judgeLive(this.#world, running), ...(await judgePointer(this.#world))]
      : [];
  }

  /** What a person tries: the same again, back, and when neither will do, another release over the rules that may be passed over. */
  async #waysOut(round: number): Promise<readonly Command[]> {
    const { unfinished } = await readStanding(this.#world.store, this.#world.name);
    if (!unfinished) return [];
    const { action, sha, only } = unfinished.request;
    const at = this.#releases.findIndex((release) => release.sha === sha);
    const release = at < 0 ? null : at;
    const same: Command = action === "promote" ? { action, release: release ?? 0 } : { action, release, only };
    const back: Command = { action: "rollback", release: null, only: null };
    if (round < 3) return [same, back];
    return this.#releases.map((_, other) => ({ action: "promote", release: other, overrides: ["partial", "drifted"] }));
  }

  async #runAsOperator(command: Command): Promise<PromotionReport | null> {
    return await this.#world.clock.run(this.#run("operator", command, new Dice(1), [], new Targets()));
  }

  #tell(who: string, chapter: DistributiveOmit<Chapter, "at" | "who">): void {
    this.#story.push({ at: this.#world.clock.monotonic(), who, ...chapter } as Chapter);
  }
}

const struckBy = (kind: Strike["kind"]): StrikeKind => {
  if (kind === "kill" || kind === "freeze") return "kill-in-flight";
  if (kind === "credentials-expire") return "expired";
  return kind === "late-and-expired" ? "late" : kind;
};

/** How often each kind of call was made by one person's processes: what strikes are aimed by. */
class Targets {
  readonly #made = new Map<string, number>();

  count(name: string): void {
    for (const at of targetsIn(name)) this.#made.set(at, (this.#made.get(at) ?? 0) + 1);
  }
  isDue({ at, nth }: Strike, name: string): boolean {
    return name.includes(at) && this.#made.get(at) === nth;
  }
}

const targets = new Map<string, readonly string[]>();
/** What may be aimed at that this call is one of; "" is every call. */
const targetsIn = (name: string): readonly string[] =>
  recall(targets, name, () => ["", ...new Set(places.filter((place) => name.includes(place)))]);

type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** Milliseconds until a request that has left takes effect. */
function landing(random: Dice, { landsMilliseconds = null }: CallOptions, late: boolean): number {
  // Mostly at once, sometimes as late as it may.
  if (landsMilliseconds !== null) return random.below(late || random.chance(0.1) ? landsMilliseconds : 100);
  return random.below(late ? 20_000 : 20);
}

const spell = ({ action, sha, only }: PromotionRequest): string =>
  `${action}${sha === null ? "" : ` ${sha.slice(0, 4)}`}${only === null ? "" : " --only web"}`;
