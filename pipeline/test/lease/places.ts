import type { EnvironmentName, Epoch } from "../../src/identifiers.ts";
import { environmentOf } from "../builders.ts";
import type { Dice } from "../simulation/seeded/dice.ts";

/** So that a ledger stays short, and reading it cheap, everybody moves on to another environment after so many epochs. */
const fewEpochs = 8;
/** Of every eighth: as many as it takes for old versions of its lease to be removed. */
const manyEpochs = 40;

/** Where everybody fights: a fixed number of places, and at each of them one environment after another. */
export class Places {
  /** The newest environment at each place that this process has heard of. */
  readonly #newest: number[];

  constructor(count: number, known: readonly string[]) {
    this.#newest = Array.from({ length: count }, (_, place) => place);
    for (const number of known.map(numberOf)) this.#goOnTo(number);
  }

  pick(dice: Dice): EnvironmentName {
    return environmentOf(`e${dice.pick(this.#newest)}`);
  }

  /** Whoever opens the last epoch of an environment leaves it; the others do so when they next open one. */
  opened(environment: EnvironmentName, epoch: Epoch): void {
    const number = numberOf(environment);
    const isLong = number % 8 === 7;
    if (epoch >= (isLong ? manyEpochs : fewEpochs)) this.#goOnTo(number + this.#newest.length);
  }

  #goOnTo(number: number): void {
    const place = number % this.#newest.length;
    this.#newest[place] = Math.max(number, this.#newest[place] ?? 0);
  }
}

const numberOf = (environment: string): number => Number(environment.slice(1));
