import type { Dice } from "../../../pipeline/test/simulation/seeded/dice.ts";
import { type Kind, kinds } from "./kills-app.ts";
import { type Blow, blows } from "./strikes.ts";
import type { Mark } from "./trace.ts";

/** What is done in one life of a command, and when. */
export interface Strike {
  readonly blow: Blow;
  readonly mark: string;
  readonly delayMilliseconds: number;
  readonly stopMilliseconds: number;
}

const weights: Readonly<Record<Kind, number>> = {
  forward: 3,
  rollback: 3,
  migrate: 3,
  unhealthy: 2,
  "unhealthy-migrate": 1,
};
const longestDelayMilliseconds = 1_500;

/** Draws moments from what was seen of undisturbed promotions, so that each of them is hit about as often. */
export class Choices {
  readonly #dice: Dice;
  readonly #only: string | null;
  readonly #chosen = new Map<string, number>();
  readonly #learned = new Map<Kind, readonly Mark[]>();

  /** `only`: how the names of blows begin; null: all. */
  constructor(dice: Dice, only: string | null) {
    this.#dice = dice;
    this.#only = only;
  }

  get marks(): ReadonlySet<string> {
    return new Set([...this.#learned.values()].flatMap((marks) => marks.map(({ name }) => name)));
  }
  learn(kind: Kind, marks: readonly Mark[]): void {
    this.#learned.set(kind, marks);
  }

  /** The first one is at the moment that was chosen least so far; half of them are followed by another, three at most. */
  turn(): { readonly kind: Kind; readonly strikes: readonly Strike[] } {
    const { kind, mark } = this.#choose();
    const strikes = [this.#strike(kind, mark)];
    while (strikes.length < 3 && this.#dice.chance(0.5)) strikes.push(this.#strike(kind, this.#markOf(kind)));
    return { kind, strikes };
  }

  #strike(kind: Kind, mark: string): Strike {
    const marks = this.#learned.get(kind) ?? [];
    const at = marks.findIndex(({ name }) => name === mark);
    const gap = (marks[at + 1]?.at ?? (marks[at]?.at ?? 0) + 200) - (marks[at]?.at ?? 0);
    const delay = this.#dice.chance(0.5) ? 0 : this.#dice.fraction() * Math.min(gap, longestDelayMilliseconds);
    return {
      blow: weighted(this.#dice, this.#blowsAt(mark)).name,
      mark,
      delayMilliseconds: Math.round(delay),
      stopMilliseconds: this.#dice.between(100, 2_500),
    };
  }

  /** There is a runner only while there are migrations. */
  #blowsAt(mark: string): readonly (typeof blows)[number][] {
    const isInMigration = /^(migrate-started recorded|run-migrations (begins|goes on))$/.test(mark);
    const isWanted = (name: Blow) => this.#only === null || name.startsWith(this.#only);
    return blows.filter(({ name }) => isWanted(name) && (isInMigration || !name.startsWith("runner")));
  }

  /** What was chosen least so far, so that all are; where several were, one of them. */
  #choose(): { readonly kind: Kind; readonly mark: string } {
    const marks = [...this.marks].toSorted().filter((mark) => this.#blowsAt(mark).length > 0);
    const least = Math.min(...marks.map((mark) => this.#chosen.get(mark) ?? 0));
    const mark = this.#dice.pick(marks.filter((one) => (this.#chosen.get(one) ?? 0) === least));
    this.#chosen.set(mark, least + 1);
    const able = kinds.filter((kind) => this.#learned.get(kind)?.some(({ name }) => name === mark));
    const kind = weighted(
      this.#dice,
      able.map((name) => ({ name, weight: weights[name] })),
    ).name;
    return { kind, mark };
  }
  #markOf(kind: Kind): string {
    const marks = (this.#learned.get(kind) ?? []).filter(({ name }) => this.#blowsAt(name).length > 0);
    return this.#dice.pick(marks).name;
  }
}

function weighted<T extends { readonly weight: number }>(dice: Dice, from: readonly T[]): T {
  let left = dice.fraction() * from.reduce((sum, { weight }) => sum + weight, 0);
  for (const one of from) {
    left -= one.weight;
    if (left < 0) return one;
  }
  return dice.pick(from);
}
