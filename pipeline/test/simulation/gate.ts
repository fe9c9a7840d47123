import { PortError } from "../../src/errors.ts";
import type { CallSeen, PlannedFault, StrikeKind } from "./faults.ts";

/** The process is gone: nothing of this incarnation reaches the world any more, no `finally` of it either. */
export class Crash extends Error {
  constructor() {
    super("the process was killed");
    this.name = "Crash";
  }
}

export interface CallOptions {
  readonly mutating: boolean;
  /** An answer from before may be given again; absent where the contract rules staleness out (the store). */
  readonly stale?: boolean;
  /** Asked by the port just before the request leaves. @throws LeaseLostError */
  readonly guard?: () => void;
  /** Longest time after which the request may still land; null: any (the store). */
  readonly landsMilliseconds?: number | null;
}
export interface GateInput {
  readonly faults:
    | readonly PlannedFault[]
    | ((call: number, options: CallOptions & { readonly name: string }) => StrikeKind | null);
  readonly elapse: (milliseconds: number) => Promise<void>;
  /** Milliseconds of virtual time; absent: nobody asks when a call was made. */
  readonly now?: () => number;
  /** Before each call: where others get their turn, and a frozen process stands still. */
  readonly before?: (name: string) => Promise<void>;
  /** How long a request is under way, whoever has sent it and whatever became of them; absent: it lands at once. */
  readonly underWay?: (options: CallOptions, late: boolean) => Promise<void>;
  /** Before the effect of a call, and after it: the world as a crash at that point leaves it. */
  readonly onPoint?: (call: number, point: "before" | "after") => void;
  /** After every call that was answered. */
  readonly afterCall: () => void;
}

/** A call that is answered late is later than any lease lives. */
const slowMilliseconds = 4_000;
const callsThrottled = 3;

/** The one gate that every effect of one incarnation passes. */
export class Gate {
  readonly seen: CallSeen[] = [];
  readonly #input: GateInput;
  readonly #answers = new Map<string, string>();
  #throttled = 0;
  #dead = false;
  #died: (error: Crash) => void = () => undefined;
  /** Rejects when the incarnation dies: whoever runs it waits for this beside the run itself. */
  readonly death: Promise<never>;

  constructor(input: GateInput) {
    this.#input = input;
    this.death = new Promise((_resolve, reject) => {
      this.#died = reject;
    });
    this.death.catch(() => undefined);
  }

  get dead(): boolean {
    return this.#dead;
  }
  kill(): Crash {
    this.#dead = true;
    const crash = new Crash();
    this.#died(crash);
    return crash;
  }
  /** Lines that a person can read. */
  trace(): readonly string[] {
    return this.seen.map(({ call, name, struck }) => `${call} ${name}${struck ? ` !${struck}` : ""}`);
  }

  async call<T>(name: string, options: CallOptions, act: (late: boolean) => T | Promise<T>): Promise<T> {
    await this.#input.before?.(name);
    if (this.#dead) throw new Crash();
    const call = this.seen.length + 1;
    const struck = this.#faultAt(call, { ...options, name });
    const suffered = struck ?? (this.#throttled > 0 ? "throttled" : null);
    const at = this.#note({ call, name, mutating: options.mutating, struck, suffered });
    if (suffered === "throttled") {
      this.#throttled = struck === "throttled" ? callsThrottled - 1 : this.#throttled - 1;
      throw new PortError(name, "none", "throttled");
    }
    const answer = await this.#faulty({ name, call, at, struck }, options, act);
    this.#input.afterCall();
    if (this.#dead) throw new Crash();
    this.#change(at, { answeredAt: this.#now() });
    return answer;
  }

  #now(): number {
    return this.#input.now?.() ?? 0;
  }
  #note(made: Pick<CallSeen, "call" | "name" | "mutating" | "struck" | "suffered">): number {
    return this.seen.push({ ...made, couldBeStale: false, before: null, madeAt: this.#now(), answeredAt: null }) - 1;
  }
  #change(at: number, found: Partial<CallSeen>): void {
    const seen = this.seen[at];
    if (seen) this.seen[at] = { ...seen, ...found };
  }

  #faultAt(call: number, options: CallOptions & { readonly name: string }): StrikeKind | null {
    const { faults } = this.#input;
    if (typeof faults === "function") return faults(call, options);
    return faults.find((fault) => fault.call === call)?.kind ?? null;
  }

  async #faulty<T>(
    { name, call, at, struck }: { name: string; call: number; at: number; struck: StrikeKind | null },
    options: CallOptions,
    act: (late: boolean) => T | Promise<T>,
  ): Promise<T> {
    const elapse = () => this.#input.elapse(slowMilliseconds);
    const effect = options.mutating ? "possible" : "none";
    if (struck === "crash-before") throw this.kill();
    if (struck === "expired") throw new PortError(name, "none", "the credentials have expired");
    if (struck === "error-not-applied") throw new PortError(name, effect, "connection reset");
    if (struck === "slow-before") await elapse();
    options.guard?.();
    if (struck === "late" || struck === "kill-in-flight") {
      void this.#land(options, act, true).catch(() => undefined);
      throw struck === "late" ? new PortError(name, effect, "no answer") : this.kill();
    }
    this.#input.onPoint?.(call, "before");
    const fresh = await this.#land(options, act, false);
    if (options.mutating) this.#input.onPoint?.(call, "after");
    const answer = options.stale ? this.#answer(name, at, struck, fresh) : fresh;
    if (struck === "crash-after") throw this.kill();
    if (struck === "error-but-applied") throw new PortError(name, effect, "the reply was lost");
    if (struck === "slow-after") await elapse();
    return answer;
  }

  /** What has left the process is no longer in its hands: it lands though the process is gone. */
  async #land<T>(options: CallOptions, act: (late: boolean) => T | Promise<T>, late: boolean): Promise<T> {
    if (options.mutating) await this.#input.underWay?.(options, late);
    return await act(late);
  }

  /** Remembers what was answered, and gives it once more where a stale read is due. */
  #answer<T>(name: string, at: number, struck: StrikeKind | null, fresh: T): T {
    const before = this.#answers.get(name);
    const now = JSON.stringify(fresh);
    if (before === undefined || before === now) {
      this.#answers.set(name, now);
      return fresh;
    }
    this.#change(at, { couldBeStale: true, before });
    if (struck === "stale-read") return JSON.parse(before) as T;
    this.#answers.set(name, now);
    return fresh;
  }
}
