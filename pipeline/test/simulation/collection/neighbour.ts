import type { PromotionWorld } from "../../../src/promotion/run.ts";
import { anEnvironmentPolicy, aPolicy, environmentOf } from "../../builders.ts";
import { SimEnvironment } from "../sim-environment.ts";
import { type Incarnation, type Pace, Simulation } from "../simulation.ts";

const pace: Pace = { landsMilliseconds: 500, taskMilliseconds: 150 };

/** A second environment in the same store, on a ladder of its own: what one needs the other may never have run. */
export class Neighbour extends Simulation {
  override readonly name = environmentOf("prod");
  override readonly clock: Simulation["clock"];
  override readonly store: Simulation["store"];
  override readonly registry: Simulation["registry"];
  override readonly environment: SimEnvironment;
  readonly #beside: Simulation;

  constructor(beside: Simulation) {
    super();
    this.#beside = beside;
    this.clock = beside.clock;
    this.store = beside.store;
    this.registry = beside.registry;
    this.environment = new SimEnvironment({
      name: this.name,
      ...pace,
      ...this.registry,
      now: () => this.clock.monotonic(),
      newest: () => this.newest,
    });
  }

  override worldOf(incarnation: Incarnation): PromotionWorld {
    const ladder = [anEnvironmentPolicy({ name: this.name, ancestry: "any", supersede: true })];
    return {
      ...super.worldOf(incarnation),
      random: this.#beside.worldOf(incarnation).random,
      policy: aPolicy({ environments: ladder }),
    };
  }
}
