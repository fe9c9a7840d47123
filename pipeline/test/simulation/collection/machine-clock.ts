import type { Instant } from "../../../src/identifiers.ts";
import { plusMilliseconds } from "../../../src/ledger/instants.ts";
import type { Clock } from "../../../src/ports.ts";
import type { Setting } from "./script.ts";

/** The clock of one machine, beside the time of the world, which is the store's. */
export class MachineClock implements Clock {
  readonly #world: Clock;
  readonly #setting: Setting;
  #stoodStill = 0;
  #frozenUntil = 0;

  constructor(world: Clock, setting: Setting) {
    this.#world = world;
    this.#setting = setting;
  }

  now(): Instant {
    return plusMilliseconds(this.#world.now(), this.#setting.skewMilliseconds - this.#stoodStill);
  }
  monotonic(): number {
    return this.#world.monotonic() - this.#stoodStill;
  }
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await this.#world.sleep(milliseconds, signal);
    await this.thaw();
  }
  /** The machine stands still with all that it does, and perhaps its clock too. Answers whether that stood still. */
  async freeze(milliseconds: number): Promise<boolean> {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#world.monotonic() + milliseconds);
    await this.thaw();
    if (this.#setting.standsStill) this.#stoodStill += milliseconds;
    return this.#setting.standsStill;
  }
  async thaw(): Promise<void> {
    for (let left = this.#left(); left > 0; left = this.#left()) await this.#world.sleep(left);
  }
  #left(): number {
    return this.#frozenUntil - this.#world.monotonic();
  }
}
