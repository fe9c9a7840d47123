import { setTimeout as sleep } from "node:timers/promises";
import { Dice } from "../../../pipeline/test/simulation/seeded/dice.ts";
import { Choices, type Strike } from "./choices.ts";
import type { Kind, Release } from "./kills-app.ts";
import { type Ended, KillsWorld } from "./kills-world.ts";
import type { Found } from "./processes.ts";
import { type Blow, isForCommand, signal, victimsOf } from "./strikes.ts";
import type { Mark } from "./trace.ts";

/** A blow that landed. */
interface Landed {
  readonly blow: Blow;
  readonly mark: string;
  readonly kind: Kind;
}
export interface Told {
  /** Each landed blow, as it lands. */
  landed(landed: Landed): void;
  /** The same command was given so many times after the last blow until it ended as it must. */
  converged(times: number): void;
  /** A turn that came to its end. */
  turn(text: string, seconds: number): void;
  problem(text: string): void;
}

interface Job {
  readonly kind: Kind;
  readonly args: readonly string[];
  /** Exit code with which it ends where nobody is in its way. */
  readonly exit: number;
  /** What runs afterwards. */
  readonly after: Release;
}
/** Watched ones, each with the kind that takes the same course. */
const learnedKinds: readonly (readonly [Kind, Kind])[] = [
  ["forward", "rollback"],
  ["migrate", "migrate"],
  ["unhealthy", "unhealthy-migrate"],
];
/** The same command may be needed more than once where a part of the platform has died under it, but not for ever. */
const mostTimes = 3;
const inPassing: ReadonlySet<string> = new Set(["lost", "busy"]);
const mostPatience = 8;
const verifyEvery = 10;
const checkAllEvery = 50;
/** Exit codes of a command in whose way somebody was: failed, busy, partial, could not tell. */
const disturbed: ReadonlySet<number | null> = new Set([0, 4, 5, 6, 7]);
const rescueMilliseconds = 1_500;

/** Plays one world: releases come and go, and each way there is struck, finished by the same command, and looked at. */
export class Player {
  readonly #name: string;
  readonly #dice: Dice;
  readonly #told: Told;
  readonly #choices: Choices;
  readonly #releases: Release[] = [];
  readonly #ran: Release[] = [];
  #sick: Release | null = null;
  #world: KillsWorld | null = null;
  #turn = 0;

  constructor(name: string, seed: number, only: string | null, told: Told) {
    this.#name = name;
    this.#dice = new Dice(seed);
    this.#choices = new Choices(this.#dice.fork(), only);
    this.#told = told;
  }

  get folder(): string {
    return this.#world?.app.tiny.folder ?? "";
  }
  get marks(): ReadonlySet<string> {
    return this.#choices.marks;
  }

  /** Makes the app, and watches promotions of each course once while nobody disturbs them. */
  async begin(): Promise<void> {
    const world = await KillsWorld.make();
    this.#world = world;
    for (let first = 0; first < 2; first += 1)
      this.#releases.push(await world.app.release({ healthy: true, migrations: 0 }));
    const first = this.#releases[0] as Release;
    await this.#undisturbed({ kind: "forward", args: forward(first), exit: 0, after: first });
    world.findDatabases();
    this.#ran.push(first);
    for (const [kind, alike] of learnedKinds) {
      const job = await this.#job(kind);
      const marks = await this.#undisturbed(job);
      for (const one of [kind, alike]) this.#choices.learn(one, marks);
      if (job.exit === 0) this.#ran.push(job.after);
      await this.#look(job, kind);
    }
  }

  /** Until `isOver`, or until something was wrong: then the world is left as it is. */
  async play(isOver: () => boolean): Promise<void> {
    let isWhole = true;
    while (isWhole && !isOver()) isWhole = await this.#oneTurn();
    if (isWhole) await this.#lookAtAll("at the end");
  }

  async remove(): Promise<void> {
    await this.#world?.remove();
  }

  get #here(): KillsWorld {
    if (this.#world === null) throw new Error("the world is not made");
    return this.#world;
  }
  get #runs(): Release {
    return this.#ran.at(-1) as Release;
  }

  async #oneTurn(): Promise<boolean> {
    this.#turn += 1;
    const { kind, strikes } = this.#choices.turn();
    const job = await this.#job(kind);
    const words = strikes.map(
      ({ blow, mark: at, delayMilliseconds }) => `${blow} ${delayMilliseconds} ms after "${at}"`,
    );
    const where = `${this.#name} turn ${this.#turn}, ${job.args.join(" ")} (${kind}): ${words.join("; ")}`;
    const begun = performance.now();
    const isFinished = await this.#struck(job, strikes, where);
    this.#told.turn(where, (performance.now() - begun) / 1000);
    if (!isFinished) return false;
    if (job.exit === 0 && this.#runs !== job.after) this.#ran.push(job.after);
    if (this.#turn % checkAllEvery === 0) return this.#lookAtAll(where);
    return this.#look(job, where);
  }

  /** False: it did not come to the end that it must come to. */
  async #struck(job: Job, strikes: readonly Strike[], where: string): Promise<boolean> {
    for (const strike of strikes) {
      const ended = await this.#strikeOnce(job, strike, where);
      if (ended !== null && !this.#isSane(ended, where)) return false;
    }
    const before: string[] = [];
    for (;;) {
      const ended = await this.#here.run(job.args);
      if (!this.#isSane(ended, where)) return false;
      if (ended.exit === job.exit) {
        this.#told.converged(before.length + 1);
        return true;
      }
      const { ending } = ended.document;
      before.push(ending);
      // On a machine that is too busy a lease may be lost to nobody, or its holder may seem to live.
      const isOften =
        before.length === mostPatience || before.filter((one) => !inPassing.has(one)).length === mostTimes;
      if (isOften) {
        this.#told.problem(
          `${where}\nafter ${before.join(", ")} the same command ends ${spell(ended)}, not ${job.exit}`,
        );
        return false;
      }
      if (ending === "busy") await sleep(1_000);
    }
  }

  #isSane(ended: Ended, where: string): boolean {
    if (disturbed.has(ended.exit) && ended.document !== null && !/^ {4}at /m.test(ended.stderr)) return true;
    this.#told.problem(`${where}\na command ends ${spell(ended)}`);
    return false;
  }

  /** Null: the command itself was killed, and said nothing. */
  async #strikeOnce(job: Job, strike: Strike, where: string): Promise<Ended | null> {
    const { promise: marked, resolve: onMark } = Promise.withResolvers<void>();
    const command = this.#here.start(job.args, (name) => {
      if (name === strike.mark) onMark();
    });
    const isOver = command.ended.then(() => undefined);
    await Promise.race([marked, isOver]);
    if (command.trace.marks.some(({ name }) => name === strike.mark)) {
      if (strike.delayMilliseconds > 0) await sleep(strike.delayMilliseconds);
      const victims = isForCommand(strike.blow) ? [command.process] : await this.#victims(strike, isOver);
      const hit = victims.filter((one) => one !== null);
      if (await this.#hit(strike, hit, job, where))
        this.#told.landed({ blow: strike.blow, mark: strike.mark, kind: job.kind });
    }
    await this.#rescue(job, isOver, where);
    const ended = await command.ended;
    const isKilled = ["cli killed", "all killed"].includes(strike.blow) && command.child.signalCode === "SIGKILL";
    return isKilled ? null : ended;
  }

  /** A command whose platform has died waits for minutes: somebody gives the same command again, which starts another one. */
  async #rescue(job: Job, isOver: Promise<void>, where: string): Promise<void> {
    let isWaiting = true;
    const over = isOver.then(() => {
      isWaiting = false;
    });
    for (;;) {
      await Promise.race([over, sleep(rescueMilliseconds, undefined, { ref: false })]);
      if (!isWaiting || this.#here.family().some(({ role }) => role === "platform")) return;
      this.#isSane(await this.#here.run(job.args), where);
    }
  }

  async #victims({ blow }: Strike, isOver: Promise<void>): Promise<readonly Found[]> {
    let isWaiting = blow.startsWith("runner");
    void isOver.then(() => {
      isWaiting = false;
    });
    for (;;) {
      const found = victimsOf(blow, this.#here.family());
      if (found.length > 0 || !isWaiting) return found;
      await sleep(5);
    }
  }

  async #hit(
    { blow, stopMilliseconds }: Strike,
    victims: readonly Pick<Found, "pid" | "startedAt">[],
    job: Job,
    where: string,
  ): Promise<boolean> {
    if (blow.endsWith("killed")) return victims.map((one) => signal(one, "SIGKILL")).includes(true);
    const stopped = victims.filter((one) => signal(one, "SIGSTOP"));
    if (stopped.length === 0) return false;
    if (blow === "cli overtaken") {
      this.#isSane(await this.#here.run(job.args), where);
    } else await sleep(stopMilliseconds);
    for (const one of stopped) signal(one, "SIGCONT");
    return true;
  }

  async #job(kind: Kind): Promise<Job> {
    const { app } = this.#here;
    switch (kind) {
      case "forward": {
        const to = this.#dice.pick(this.#releases.filter((one) => one !== this.#runs).slice(-4));
        return { kind, args: forward(to), exit: 0, after: to };
      }
      case "rollback": {
        const to = this.#dice.pick([...new Set(this.#ran.slice(-8))].filter((one) => one !== this.#runs));
        return { kind, args: ["rollback", "--env", "dev", "--to", to.sha], exit: 0, after: to };
      }
      case "migrate": {
        const to = await app.release({ healthy: true, migrations: this.#dice.between(1, 2) });
        this.#releases.push(to);
        return { kind, args: forward(to), exit: 0, after: to };
      }
      case "unhealthy":
        this.#sick ??= await app.release({ healthy: false, migrations: 0 });
        return { kind, args: forward(this.#sick), exit: 4, after: this.#runs };
      case "unhealthy-migrate": {
        const to = await app.release({ healthy: false, migrations: 1 });
        return { kind, args: forward(to), exit: 4, after: this.#runs };
      }
    }
  }

  async #undisturbed(job: Job): Promise<readonly Mark[]> {
    for (let times = 1; ; times += 1) {
      const command = this.#here.start(job.args);
      const ended = await command.ended;
      if (ended.exit === job.exit) return command.trace.marks;
      // On a machine that is too busy a lease may be lost to nobody.
      if (times === mostTimes || ended.document?.ending !== "lost")
        throw new Error(`${job.args.join(" ")} ends ${spell(ended)}, undisturbed`);
    }
  }

  async #look(job: Job, where: string): Promise<boolean> {
    const problems = await this.#here.check(job.after);
    const broken = this.#turn % verifyEvery === 0 ? await this.#here.verify() : null;
    return this.#tell(broken === null ? problems : [...problems, broken], where);
  }

  async #lookAtAll(where: string): Promise<boolean> {
    const broken = await this.#here.verify();
    return this.#tell([...(await this.#here.check(this.#runs, true)), ...(broken === null ? [] : [broken])], where);
  }

  #tell(problems: readonly string[], where: string): boolean {
    if (problems.length > 0) this.#told.problem(`${where}\n${problems.slice(0, 12).join("\n")}`);
    return problems.length === 0;
  }
}

const forward = ({ sha }: Release): readonly string[] => ["--sha", sha, "--env", "dev"];
const spell = ({ exit, document, stderr }: Ended): string =>
  `with ${exit}: ${JSON.stringify(document)?.slice(0, 1_500)} ${stderr.slice(0, 1_500)}`;
