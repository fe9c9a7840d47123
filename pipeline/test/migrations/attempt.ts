import type { RunnerResult } from "../../src/migration/batch.ts";

/** One run of the migration runner, as a process of the crowd is told of it. */
export interface Order {
  /** Its name; the database knows its session by it. */
  readonly id: string;
  /** An unpacked image, with its batch file. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}
/** To a process: carry out an order, or stop one as SIGTERM does. */
export type Message = { readonly order: Order } | { readonly stop: string };
/** From a process. */
export interface Answer {
  readonly id: string;
  readonly result: RunnerResult;
  readonly lines: readonly string[];
}

/** Who asked, and for what. */
export interface Attempt {
  readonly id: string;
  readonly schema: string;
  readonly task: "run" | "fence";
  readonly epoch: number;
  readonly attempt: number;
  /** Names that it brings along, in order. */
  readonly names: readonly string[];
  readonly patienceSeconds: number;
}

/** What became of an attempt; milliseconds of the coordinator's clock. */
export type AttemptEnd = Attempt & {
  readonly milliseconds: number;
  /** What was done to it: its process stood still, it was told to stop, its session was ended by the server. */
  readonly suffered: ReadonlySet<"stood-still" | "told-to-stop" | "cut">;
} & (
    | { readonly how: "answered"; readonly result: RunnerResult; readonly lines: readonly string[] }
    /** Its process was killed. */
    | { readonly how: "died" }
    /** No answer came within the bound. */
    | { readonly how: "stuck" }
    /** Its process ended, and nobody had killed it. */
    | { readonly how: "broke" }
  );

/** The fence's order. */
export const isBehind = (one: Pick<Attempt, "epoch" | "attempt">, other: Pick<Attempt, "epoch" | "attempt">): boolean =>
  one.epoch < other.epoch || (one.epoch === other.epoch && one.attempt < other.attempt);
