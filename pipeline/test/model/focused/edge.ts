import { blockOf, Layout } from "../checker/layout.ts";
import type { Model } from "../checker/model.ts";
import { smallModel } from "./small-model.ts";

/** §7: pages, an edge that caches them, invalidations by their reference; A → B → A with a crash. */
export interface EdgeRules {
  /** R20: the reference has the epoch in it; or only what is invalidated. */
  readonly reference: "epoch" | "release";
  /** R20: a resume invalidates even where the pages are right. */
  readonly resumeInvalidates: boolean;
  readonly switchesFirst: boolean;
}
const edgeRules: EdgeRules = { reference: "epoch", resumeInvalidates: true, switchesFirst: true };

const goals = [2, 1, 2] as const;
const block = blockOf({
  origin: "small",
  /** What the edge serves; 0: it will ask the origin. */
  edge: "small",
  stage: "small",
  run: "small",
  referencesUsed: "small",
  underWay: "small",
  crashesLeft: "small",
  recorded: "small",
  epoch: "small",
});
type World = InstanceType<typeof block.View>;

export function edgeModel(change: Partial<EdgeRules> = {}): Model {
  const rules = { ...edgeRules, ...change };
  const layout = new Layout();
  const [base = 0] = layout.place("", block);
  return smallModel<World>({
    layout,
    worldIn: (frame) => new block.View(frame, base),
    begin: [
      (world) => {
        world.origin = world.edge = world.recorded = world.crashesLeft = 1;
      },
    ],
    act: (now, can) => {
      if (now.edge === 0)
        can("edge", "fetches", (next) => {
          next.edge = next.origin;
        });
      if (now.underWay)
        can("edge", "is invalidated", (next) => {
          next.underWay = next.edge = 0;
        });
      const goal = goals[now.run];
      if (goal === undefined) return;
      const go = (does: string, to: number, write: (next: World) => void = () => undefined): void =>
        can("run", does, (next) => {
          next.stage = to;
          write(next);
        });
      const turnPages = (to: number): void =>
        go("switches", to, (next) => {
          next.origin = goal;
        });
      const invalidate = (to: number): void => {
        const reference = rules.reference === "release" ? 1 << goal : 0;
        if ((now.referencesUsed & reference) !== 0) go("invalidates by a reference that was used: nothing happens", to);
        else
          go("invalidates", to, (next) => {
            next.referencesUsed |= reference;
            next.underWay = 1;
          });
      };
      if (now.stage === 0 && !rules.switchesFirst) invalidate(1);
      else if (now.stage === 0 && now.origin === goal) go("finds it switched", rules.resumeInvalidates ? 1 : 2);
      else if (now.stage === 0) turnPages(1);
      else if (now.stage === 1 && !rules.switchesFirst) turnPages(2);
      else if (now.stage === 1) invalidate(2);
      else
        go("records done", 0, (next) => {
          next.recorded = goal;
          next.run += 1;
          next.epoch += 1;
        });
      if (now.crashesLeft && now.stage > 0)
        go("dies, and is run again", 0, (next) => {
          next.crashesLeft -= 1;
          next.epoch += 1;
        });
    },
    violation: () => null,
    badEnd: ({ edge, recorded }) => (edge === recorded ? null : "stale edge: it serves other pages for ever"),
  });
}
