import {
  type AcquireLease,
  BrokenChainError,
  DeposedError,
  type EnvironmentName,
  type Epoch,
  type LeaseInHand,
  type LeaseLook,
  LeaseLostError,
  PortError,
  runUnderLease,
  UserError,
} from "@slipway/pipeline";

export interface HeldEnvironment extends LeaseInHand {
  readonly environment: EnvironmentName;
  readonly epoch: Epoch;
}
export interface BusyEnvironment {
  readonly status: "busy";
  readonly environment: EnvironmentName;
  readonly look: LeaseLook;
}
/** An environment whose store could not be used, and why. */
export interface Unusable {
  readonly environment: EnvironmentName;
  readonly because: string;
}
export interface HoldAll<T> {
  readonly environments: readonly EnvironmentName[];
  readonly acquire: (environment: EnvironmentName) => Promise<AcquireLease>;
  /** For others who look. */
  readonly doing: string;
  readonly work: (held: readonly HeldEnvironment[]) => Promise<T>;
}
export type HeldAll<T> =
  | BusyEnvironment
  | { readonly status: "done"; readonly result: T; readonly unusable: readonly Unusable[] };

/**
 * Does something while nobody else may change any of these environments, each in an epoch of its own; an environment whose store cannot be
 * used is left out, and named. Busy: nothing was done. @throws what the work throws, which is then on record as failed
 */
export async function holdAll<T>(input: HoldAll<T>): Promise<HeldAll<T>> {
  const holding = new Holding(input);
  const busy = await holding.take(input.environments);
  return busy ?? holding.end();
}

class Holding<T> {
  readonly #input: HoldAll<T>;
  readonly #held: HeldEnvironment[] = [];
  readonly #unusable: Unusable[] = [];
  #ended: { readonly result: T } | { readonly error: unknown } | null = null;

  constructor(input: HoldAll<T>) {
    this.#input = input;
  }

  /** One inside the other, so that all are held at once. */
  async take([environment, ...rest]: readonly EnvironmentName[]): Promise<BusyEnvironment | null> {
    if (environment === undefined) {
      await this.#work();
      return null;
    }
    let inside: BusyEnvironment | null = null;
    try {
      const answer = await runUnderLease({
        acquire: await this.#input.acquire(environment),
        doing: this.#input.doing,
        run: async (epoch, _, hand) => {
          this.#held.push({ environment, epoch, ...hand });
          inside = await this.take(rest);
          return { failed: inside === null ? this.#failure() : "another environment is being changed" };
        },
      });
      return answer.status === "busy" ? { ...answer, environment } : inside;
    } catch (error) {
      const because = whyUnusable(error);
      // An epoch that could not be closed says nothing of what was done in it.
      if (this.#ended !== null) return null;
      this.#unusable.push({ environment, because });
      return await this.take(rest);
    }
  }

  end(): HeldAll<T> {
    if (this.#ended === null) throw new Error("the work was not begun");
    if ("error" in this.#ended) throw this.#ended.error;
    return { status: "done", result: this.#ended.result, unusable: this.#unusable };
  }

  async #work(): Promise<void> {
    try {
      this.#ended = { result: await this.#input.work(this.#held) };
    } catch (error) {
      this.#ended = { error };
    }
  }

  /** For the record; null: it went well. */
  #failure(): string | null {
    if (this.#ended === null || "result" in this.#ended) return null;
    const { error } = this.#ended;
    return error instanceof Error ? error.message : String(error);
  }
}

const ofTheStore = [PortError, BrokenChainError, UserError, LeaseLostError, DeposedError];
/** @throws what says nothing of the store */
export function whyUnusable(error: unknown): string {
  if (ofTheStore.some((kind) => error instanceof kind)) return (error as Error).message;
  throw error;
}
