import { PortError } from "../../src/errors.ts";

/** What may happen at one call of one port (reliability-performance.md §1.2). */
export const faultKinds = [
  "crash-before",
  "crash-after",
  "error-not-applied",
  "error-but-applied",
  "throttled",
  "slow",
  "stale-read",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface PlannedFault {
  /** Which call of this incarnation, from 1. */
  readonly call: number;
  readonly kind: FaultKind;
}

/** The process is gone: nothing of this incarnation reaches the world any more, no `finally` of it either. */
export class Crash extends Error {
  constructor() {
    super("the process was killed");
    this.name = "Crash";
  }
}

export interface CallOptions {
  readonly mutating: boolean;
  /** An answer from before, for a stale read; absent where the contract rules staleness out (the store). */
  readonly stale?: boolean;
}

/** The one gate that every effect of one incarnation passes. */
export class Gate {
  readonly trace: string[] = [];
  readonly #fault: PlannedFault | null;
  readonly #elapse: (milliseconds: number) => Promise<void>;
  readonly #afterCall: () => void;
  readonly #answers = new Map<string, unknown>();
  #calls = 0;
  #throttled = 0;
  #dead = false;
  #died: (error: Crash) => void = () => undefined;
  /** Rejects when the incarnation dies: whoever runs it waits for this beside the run itself. */
  readonly death: Promise<never>;

  constructor(input: {
    fault: PlannedFault | null;
    elapse: (milliseconds: number) => Promise<void>;
    afterCall: () => void;
  }) {
    this.#fault = input.fault;
    this.#elapse = input.elapse;
    this.#afterCall = input.afterCall;
    this.death = new Promise((_resolve, reject) => {
      this.#died = reject;
    });
    this.death.catch(() => undefined);
  }

  get calls(): number {
    return this.#calls;
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

  async call<T>(name: string, options: CallOptions, act: () => T | Promise<T>): Promise<T> {
    if (this.#dead) throw new Crash();
    this.#calls += 1;
    const fault = this.#fault?.call === this.#calls ? this.#fault.kind : null;
    this.trace.push(`${this.#calls} ${name}${fault ? ` !${fault}` : ""}`);
    if (this.#throttled > 0) {
      this.#throttled -= 1;
      throw new PortError(name, "none", "throttled");
    }
    const answer = await this.#faulty(name, fault, options, act);
    this.#afterCall();
    if (this.#dead) throw new Crash();
    return answer;
  }

  async #faulty<T>(name: string, fault: FaultKind | null, options: CallOptions, act: () => T | Promise<T>): Promise<T> {
    switch (fault) {
      case "crash-before":
        throw this.kill();
      case "crash-after":
        await act();
        throw this.kill();
      case "error-not-applied":
        throw new PortError(name, options.mutating ? "possible" : "none", "connection reset");
      case "error-but-applied":
        await act();
        throw new PortError(name, options.mutating ? "possible" : "none", "the reply was lost");
      case "throttled":
        this.#throttled = 2;
        throw new PortError(name, "none", "throttled");
      case "slow":
        await this.#elapse(4_000);
        return this.#remember(name, await act());
      case "stale-read":
        if (options.stale && this.#answers.has(name)) return this.#answers.get(name) as T;
        return this.#remember(name, await act());
      case null:
        return this.#remember(name, await act());
    }
  }

  #remember<T>(name: string, answer: T): T {
    this.#answers.set(name, answer);
    return answer;
  }
}
