import type { Landing, Observed, Trace } from "./conformance-trace.ts";
import { outdate } from "./promotion/effects.ts";
import { promotionModel } from "./promotion/model.ts";
import { Action, decodeAction, leave } from "./promotion/step.ts";
import { label } from "./promotion/tell.ts";
import { isOver, LeaseOwner, MessageKind, RecordKind, Stage } from "./promotion/words.ts";
import type { World } from "./promotion/world.ts";

/** How the trace of a simulation fared before the model. */
export interface Conformity {
  /** Null: the model permits all of it. */
  readonly refused: { readonly observed: Observed; readonly at: number } | null;
  /** Of what was seen, how much the model followed. */
  readonly followed: number;
  /** Most states of the model that it could have been in at once. */
  readonly mostWorlds: number;
  /** What was seen last, for people. */
  readonly story: readonly string[];
}

/** A tick of the model, in milliseconds of the simulation. */
const tickMilliseconds = 500;
const plenty = 15;

/**
 * Follows a trace through the model: keeps every state in which the model may be after what was seen so far, together with whatever it may have
 * done that nobody sees. What leaves none is not permitted. A tick passes at most every `tickMilliseconds`, and need not: so durations of the
 * model are never longer than those of the simulation, and no run is blamed for a rounding.
 */
export function judgeTrace(trace: Trace, requestMilliseconds: number, staleMilliseconds: number): Conformity {
  return new Follower(trace, requestMilliseconds, staleMilliseconds).follow();
}

type Wanted = (next: World, now: World, did: ReturnType<typeof decodeAction>) => boolean;

class Follower {
  readonly #trace: Trace;
  readonly #model: ReturnType<typeof promotionModel>;
  readonly #active = new Set<number>();
  #worlds = new Map<string, Uint32Array>();
  #most = 0;

  constructor(trace: Trace, requestMilliseconds: number, staleMilliseconds: number) {
    this.#trace = trace;
    this.#model = promotionModel({
      commands: trace.commands,
      // Whoever comes last in the model is reliable; nobody of the simulation is.
      last: { kind: "promote", release: 0 },
      migratesAnyway: true,
      mayRefuse: true,
      // That a request lands within L or never is a promise of the simulation's world, not of the code that is judged.
      rules: { networkIsBounded: false },
      staleTicks: Math.round(staleMilliseconds / tickMilliseconds),
      // The model waits one tick longer than a request lives.
      requestTicks: Math.max(0, Math.floor(requestMilliseconds / tickMilliseconds) - 1),
    });
    this.#model.begin(() => this.#keep(this.#worlds));
  }

  get #now(): World {
    return this.#model.now as World;
  }
  get #next(): World {
    return this.#model.next as World;
  }

  follow(): Conformity {
    const { observed } = this.#trace;
    const story: string[] = [];
    let tick = Math.ceil((observed[0]?.at ?? 0) / tickMilliseconds);
    for (const [at, one] of observed.entries()) {
      this.#close();
      for (; tick * tickMilliseconds <= one.at; tick += 1) this.#passTime();
      story.push(`${(one.at / 1000).toFixed(3)} ${this.#tell(one)} [${this.#worlds.size} states]`);
      const after = this.#after(one);
      if (after.size === 0)
        return {
          refused: { observed: one, at },
          followed: at,
          mostWorlds: this.#most,
          story: [...story.slice(-40), ...this.#show()],
        };
      this.#worlds = after;
    }
    return { refused: null, followed: observed.length, mostWorlds: this.#most, story };
  }

  #tell(one: Observed): string {
    const who = "run" in one ? (this.#trace.who[one.run] ?? "nobody of ours") : "";
    const { at: _at, ...rest } = one;
    return `${who} ${JSON.stringify(rest)}`;
  }

  #show(): readonly string[] {
    const { layout } = this.#model;
    return [...this.#worlds.values()].slice(0, 3).map((words) => {
      this.#now.words.set(words);
      const fields = layout.read(this.#now).filter(({ name, value }) => value !== 0 && !name.endsWith("Left"));
      const possible: string[] = [];
      this.#model.expand((code) => void possible.push(label(code)));
      const said = fields.map(({ name, value }) => `${name} ${this.#model.tell?.(name, value) ?? value}`).join(", ");
      return `   the model could be in: ${said}\n   and could do: ${possible.join("; ")}`;
    });
  }

  /** Everything that the model may do and nobody sees. */
  #close(): void {
    const waiting = [...this.#worlds.values()];
    for (let words = waiting.pop(); words !== undefined; words = waiting.pop()) {
      this.#expand(words, (next, now, did) => {
        if (this.#isSilent(next, now, did)) {
          const added = this.#keep(this.#worlds);
          if (added) waiting.push(added);
        }
      });
    }
    this.#most = Math.max(this.#most, this.#worlds.size);
  }

  #isSilent(next: World, now: World, { actor, action }: ReturnType<typeof decodeAction>): boolean {
    if (loud.has(action) || looksDifferent(next, now)) return false;
    return this.#active.has(actor) || isOfTask.has(action);
  }

  #passTime(): void {
    for (const words of [...this.#worlds.values()])
      this.#expand(words, (_next, _now, { action }) => {
        if (action === Action["time passes"]) this.#keep(this.#worlds);
      });
    this.#close();
  }

  #after(one: Observed): Map<string, Uint32Array> {
    if (one.kind === "begins") this.#active.add(one.run);
    const after = new Map<string, Uint32Array>();
    const stays = staysOf(one);
    const wanted = wantedOf(one);
    for (const words of this.#worlds.values()) {
      this.#now.words.set(words);
      this.#next.words.set(words);
      if (stays(this.#next)) this.#keep(after);
      this.#expand(words, (next, now, did) => {
        if (wanted(next, now, did)) this.#keep(after);
      });
    }
    if (one.kind === "ends") this.#active.delete(one.run);
    return after;
  }

  #expand(words: Uint32Array, told: (next: World, now: World, did: ReturnType<typeof decodeAction>) => void): void {
    this.#now.words.set(words);
    this.#model.expand((code) => {
      if (this.#model.violation() === null) told(this.#next, this.#now, decodeAction(code));
    });
  }

  /** @returns the state where it is new. */
  #keep(worlds: Map<string, Uint32Array>): Uint32Array | null {
    const next = this.#next;
    next.crashesLeft = next.delaysLeft = next.abortsLeft = next.breaksLeft = plenty;
    const key = String.fromCharCode(...new Uint16Array(next.words.buffer));
    if (worlds.has(key)) return null;
    const words = next.words.slice();
    worlds.set(key, words);
    return words;
  }
}

/** What somebody outside sees of a world. */
function looksDifferent(next: World, now: World): boolean {
  return (
    next.api !== now.api ||
    next.worker !== now.worker ||
    next.web !== now.web ||
    next.webEpoch !== now.webEpoch ||
    next.schema !== now.schema ||
    next.leaseOwner !== now.leaseOwner ||
    next.length !== now.length ||
    next.pointerSeq !== now.pointerSeq
  );
}

/** What is seen though the world looks the same after it, or is never done unseen. */
const loud: ReadonlySet<number> = new Set([
  Action.beats,
  Action.dies,
  Action["time passes"],
  Action["is interrupted while it waits"],
  Action["asks for the lease: no answer"],
  Action["appends: no answer"],
  Action["orders: no answer;"],
  Action["writes the pages: no answer"],
  Action["writes the pointer: no answer"],
  Action["releases the lease: no answer"],
  Action["late request lands:"],
  Action["late request is lost:"],
  Action["deletes the lease"],
]);
const isOfTask: ReadonlySet<number> = new Set([Action["task starts"], Action["task is fenced off"]]);

/** The world may stay as it is (or is changed here, where the model has no word for it). */
function staysOf(one: Observed): (next: World) => boolean {
  switch (one.kind) {
    case "begins":
      return () => true;
    case "hears":
      // The model has late answers only by looking: here it hears, and waits for it no more.
      return (next) => {
        const isUnderWay = next.messages.some(({ kind, from }) => kind !== MessageKind.none && from === one.run);
        if (!isUnderWay) next.run(one.run).unanswered = 0;
        return true;
      };
    case "ends":
      // Who has done nothing yet, or is done, leaves nothing behind.
      return (next) => {
        const { stage } = next.run(one.run);
        return isOver(stage) || stage === Stage["not begun"] || stage === Stage.acquiring;
      };
    case "beats":
      // A beat of the same tick, or one of somebody who is gone: the lease is fresh.
      return (next) => {
        const isMine = next.leaseOwner === one.run + 1;
        if (isMine) next.leaseAge = 0;
        return isMine;
      };
    case "frees lease":
      // Nothing of it is under way: it may give up, and leave what it began unfinished.
      return (next) => {
        const me = next.run(one.run);
        const hasPending = me.unanswered > 0 || next.messages.some(({ kind, from }) => kind !== 0 && from === one.run);
        if (next.leaseOwner !== one.run + 1 || hasPending) return false;
        next.leaseOwner = LeaseOwner.free;
        if (!isOver(me.stage)) leave(next, one.run, Stage.lost);
        return true;
      };
    case "record":
      return (next) => one.record === "step" && next.newestRun === one.run && next.newestClosed === 0;
    case "service":
      return (next) => !one.isLate && (one.service === "api" ? next.api : next.worker) === one.release;
    case "web":
      return (next) =>
        !one.isLate &&
        next.web === one.release &&
        (next.webEpoch === next.run(one.run).epoch || fencesWeb(next, one.run));
    case "pointer":
      return (next) => next.pointer === one.release;
    default:
      return () => false;
  }
}

/** R7: the model raises all fences at once, we one after the other. */
function fencesWeb(next: World, run: number): boolean {
  const { stage, sawUnfinished, epoch } = next.run(run);
  if (stage !== Stage.fencing || !sawUnfinished || next.webEpoch > epoch) return false;
  next.webEpoch = epoch;
  outdate(next, MessageKind.web);
  return true;
}

const recordKinds: Readonly<Record<string, number>> = {
  open: RecordKind.open,
  plan: RecordKind.plan,
  "migrate-started": RecordKind.migrateStarted,
  "migrate-finished": RecordKind.migrateFinished,
  turn: RecordKind.turn,
  done: RecordKind.outcome,
  reverted: RecordKind.outcome,
  refused: RecordKind.outcome,
  partial: RecordKind.outcome,
};
const lateActions: Readonly<Partial<Record<Landing["kind"], readonly number[]>>> = {
  "takes lease": [Action["asks for the lease: no answer"]],
  "frees lease": [Action["releases the lease: no answer"]],
  record: [Action["appends: no answer"]],
  service: [Action["orders: no answer;"]],
  web: [Action["writes the pages: no answer"]],
  pointer: [Action["writes the pointer: no answer"]],
};
const lands = Action["late request lands:"];

/** Which action of the model this was, if it permits it. */
function wantedOf(one: Observed): Wanted {
  switch (one.kind) {
    case "begins":
    case "hears":
      return () => false;
    case "ends":
      return (_next, _now, { actor, action }) => actor === one.run && action === Action.dies;
    case "sends late":
      return (_next, _now, { actor, action }) =>
        actor === one.run && (lateActions[one.what]?.includes(action) ?? false);
    case "takes lease":
      return (next, now, { actor }) =>
        actor === one.run && now.leaseOwner !== one.run + 1 && next.leaseOwner === one.run + 1;
    case "beats":
      return (_next, _now, { actor, action }) => actor === one.run && action === Action.beats;
    case "frees lease":
      return (next, now, { actor, action }) =>
        actor === one.run &&
        now.leaseOwner === one.run + 1 &&
        next.leaseOwner === LeaseOwner.free &&
        action !== Action["breaks the lease"];
    case "breaks lease":
      return (_next, _now, { action }) => action === Action["breaks the lease"];
    case "record":
      return (next, now, { actor, action, detail }) => {
        if (actor !== one.run || next.length !== now.length + 1) return false;
        const kind = recordKinds[one.record];
        const isKind = action === Action.appends ? detail === kind : action === lands && detail === MessageKind.record;
        return isKind && saysTheSame(one, next, now);
      };
    case "service": {
      const kind = one.service === "api" ? MessageKind.api : MessageKind.worker;
      return (next, _now, { actor, action, detail }) =>
        actor === one.run &&
        (action === lands ? detail === kind : action === Action.orders && !one.isLate) &&
        (one.service === "api" ? next.api : next.worker) === one.release;
    }
    case "web":
      return (next, now, { actor, action, detail }) =>
        actor === one.run &&
        (action === lands ? detail === MessageKind.web : now.web !== one.release && !one.isLate) &&
        next.web === one.release;
    case "pointer":
      return (next, now) => next.pointerSeq !== now.pointerSeq && next.pointer === one.release;
    case "migration":
      return (_next, _now, { action }) => action === Action["task applies a migration"];
  }
}

/** Beyond its kind: what a plan or an outcome names. */
function saysTheSame({ record, release, run }: Extract<Landing, { kind: "record" }>, next: World, now: World): boolean {
  if (record === "plan") return release === null || (next.run(run).planned & (1 << release)) !== 0;
  if (record === "done" || record === "reverted") return next.settledSeq !== now.settledSeq && next.settled === release;
  if (record === "partial" || record === "refused")
    return next.settledSeq === now.settledSeq && next.newestClosed === 1;
  return true;
}
