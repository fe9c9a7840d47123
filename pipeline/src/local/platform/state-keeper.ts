import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../errors.ts";
import { type DesiredState, desiredStateSchema, emptyState, type ServiceState } from "./desired-state.ts";
import { readIfThere, writeDurably } from "./durable-file.ts";
import { Serial } from "./serial.ts";

/** What an environment is told to be, in memory and on disk. */
export class StateKeeper {
  readonly #path: string;
  readonly #writing = new Serial();
  #current: DesiredState;

  private constructor(path: string, state: DesiredState) {
    this.#path = path;
    this.#current = state;
  }

  /** @throws when what is stored is not what this version writes: nothing is guessed. */
  static async open(path: string, environment: DesiredState["environment"], port: number): Promise<StateKeeper> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return new StateKeeper(path, (await readState(path)) ?? emptyState(environment, port));
  }

  get current(): DesiredState {
    return this.#current;
  }

  /** Changes at once what is seen, and returns when it is on disk. */
  async change(update: (state: DesiredState) => DesiredState): Promise<void> {
    this.#current = update(this.#current);
    await this.save();
  }

  changeService(name: string, update: (service: ServiceState) => ServiceState): Promise<void> {
    return this.change((state) => {
      const before = state.services[name];
      return before ? { ...state, services: { ...state.services, [name]: update(before) } } : state;
    });
  }

  async save(): Promise<void> {
    await this.#writing.run(() => writeDurably(this.#path, JSON.stringify(this.#current)));
  }
}

/** Null: nothing was stored yet. */
export async function readState(path: string): Promise<DesiredState | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  const parsed = desiredStateSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new UserError({
    code: "store-unusable",
    message: `${path} cannot be read: ${parsed.error.issues[0]?.message ?? "not JSON"}. It says what the platform is to run, which the next promotions tell it again. Nothing was changed.`,
    next: ["remove that file, then the same command", "then promote again what each environment runs: promote status"],
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
