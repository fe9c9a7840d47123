import type { GrowingArray } from "./growing-array.ts";
import type { Model } from "./model.ts";
import type { StateStore } from "./state-store.ts";

/** How a state was come to. */
export interface Way {
  readonly model: Model;
  readonly store: StateStore;
  readonly parents: GrowingArray;
  readonly actions: GrowingArray;
}

const labelColumns = 44;

/** The way to a state for people: a line a step, with the fields that it changed. */
export function traceTo(state: number, { model, store, parents, actions }: Way): readonly string[] {
  const path: number[] = [];
  for (let at = state; at >= 0; at = parents.get(at)) path.unshift(at);
  const frame = model.layout.frame();
  let before = new Map<string, number>();
  return path.map((at, step) => {
    store.load(at, frame);
    const fields = model.layout.read(frame);
    const changed = fields.flatMap(({ name, value }) => {
      if (before.get(name) === value || (step === 0 && value === 0)) return [];
      const said = model.tell ? model.tell(name, value) : String(value);
      return said === undefined ? [] : [`${name} ${said}`];
    });
    before = new Map(fields.map(({ name, value }) => [name, value]));
    const label = step === 0 ? "begin" : model.label(actions.get(at));
    return `${String(step).padStart(3)}  ${label.padEnd(labelColumns)}${changed.join(", ")}`;
  });
}
