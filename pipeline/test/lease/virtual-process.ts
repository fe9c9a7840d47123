import type { Instant } from "../../src/identifiers.ts";
import { plusMilliseconds } from "../../src/ledger/instants.ts";
import type { Clock } from "../../src/ports.ts";
import type { Dice } from "../simulation/seeded/dice.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { Life } from "./erratic-store.ts";

/** What happens to its clocks while it stands still (R3): nothing, its machine sleeps, or somebody sets the time back. */
const quirks = ["none", "monotonic-stops", "wall-goes-back"] as const;
const longestStopMilliseconds = 4_000;
/** Stops of about S hurt most: whoever wakes may still act, and is about to be taken over. */
const worstStopMilliseconds = [500, 1_000] as const;

/** A process in virtual time: its clocks, and what befalls it. */
export class VirtualProcess implements Clock, Life {
  /** Resolves when it dies. */
  readonly death: Promise<"dead">;
  readonly #clock: VirtualClock;
  readonly #dice: Dice | null;
  readonly #quirk: (typeof quirks)[number];
  readonly #suffers: (what: "dies" | "stops") => void;
  #isDead = false;
  #die: (how: "dead") => void = () => undefined;
  #standing: Promise<void> | null = null;
  #monotonicLost = 0;
  #wallLost = 0;

  /** Without dice nothing befalls it. */
  constructor(clock: VirtualClock, dice: Dice | null, suffers: (what: "dies" | "stops") => void) {
    this.#dice = dice;
    this.#clock = clock;
    this.#quirk = dice?.pick(quirks) ?? "none";
    this.#suffers = suffers;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  now(): Instant {
    return plusMilliseconds(this.#clock.now(), -this.#wallLost);
  }
  monotonic(): number {
    return this.#clock.monotonic() - this.#monotonicLost;
  }
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    try {
      await this.#clock.sleep(milliseconds, signal);
    } finally {
      await this.alive();
    }
  }

  async alive(): Promise<void> {
    while (this.#standing !== null) await this.#standing;
    if (this.#isDead) await new Promise<never>(() => undefined);
  }

  tempt(): void {
    if (!this.#dice || this.#isDead || this.#standing !== null) return;
    if (this.#dice.chance(0.004)) {
      this.#isDead = true;
      this.#suffers("dies");
      this.#die("dead");
    } else if (this.#dice.chance(0.02)) {
      this.#suffers("stops");
      const [from, to] = this.#dice.chance(0.5) ? worstStopMilliseconds : ([1, longestStopMilliseconds] as const);
      this.#standStill(this.#dice.between(from, to));
    }
  }

  #standStill(milliseconds: number): void {
    if (this.#quirk === "monotonic-stops") this.#monotonicLost += milliseconds;
    // No further than R6 lets a clock be wrong.
    if (this.#quirk === "wall-goes-back") this.#wallLost = Math.min(25_000, this.#wallLost + milliseconds);
    this.#standing = this.#clock.sleep(milliseconds).then(() => {
      this.#standing = null;
    });
  }
}
