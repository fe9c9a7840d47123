import type { Frame, Layout } from "../checker/layout.ts";
import type { Model } from "../checker/model.ts";

/** `who` may do this now; `change` makes the next world of a copy of this one, or says `false`: it cannot. */
export type Can<W> = (who: string, does: string, change: (next: W) => unknown) => void;

export interface SmallModel<W extends Frame> {
  readonly layout: Layout;
  readonly worldIn: (frame: Frame) => W;
  /** Each makes one beginning of an empty world. */
  readonly begin: readonly ((world: W) => unknown)[];
  readonly act: (now: W, can: Can<W>) => void;
  readonly violation: (world: W) => string | null;
  readonly badEnd?: (world: W) => string | null;
  readonly tell?: (field: string, value: number) => string | undefined;
}

/** A model of one part of the protocol, by its guarded actions. */
export function smallModel<W extends Frame>(of: SmallModel<W>): Model {
  const { layout, worldIn } = of;
  const now = worldIn(layout.frame());
  const next = worldIn(layout.frame());
  const labels = new Labels();
  let found: (action: number) => void = () => undefined;
  const can: Can<W> = (who, does, change) => {
    next.words.set(now.words);
    if (change(next) !== false) found(labels.numberOf(who, does));
  };
  return {
    layout,
    now,
    next,
    begin: (told) => {
      for (const write of of.begin) {
        next.words.fill(0);
        write(next);
        told(-1);
      }
    },
    expand: (told) => {
      found = told;
      of.act(now, can);
    },
    violation: () => of.violation(next),
    badEnd: () => of.badEnd?.(now) ?? null,
    label: (action) => labels.text(action),
    ...(of.tell ? { tell: of.tell } : {}),
  };
}

/** Numbers for "who does what", in the order in which they come up. */
class Labels {
  readonly #numbers = new Map<string, Map<string, number>>();
  readonly #texts: string[] = [];

  numberOf(who: string, does: string): number {
    let ofThem = this.#numbers.get(who);
    if (!ofThem) {
      ofThem = new Map();
      this.#numbers.set(who, ofThem);
    }
    const known = ofThem.get(does);
    if (known !== undefined) return known;
    const number = this.#texts.push(`${who} ${does}`.trim()) - 1;
    ofThem.set(does, number);
    return number;
  }
  text(number: number): string {
    return this.#texts[number] ?? "?";
  }
}

/** The first thing that is wrong stays the one that is told. */
export function blame(world: { broken: number }, what: number): void {
  if (world.broken === 0) world.broken = what;
}
