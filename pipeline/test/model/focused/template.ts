import { blockOf, Layout } from "../checker/layout.ts";
import type { Model } from "../checker/model.ts";
import { type Can, smallModel } from "./small-model.ts";

/** §8: `pulumi up` beside `promote`: two templates, two services, and what the old template needs may be deleted. */
export interface TemplateRules {
  /** R21: the plan embeds the descriptor; or each roll reads it again. */
  readonly descriptor: "in the plan" | "read again";
  /** R21 done by halves: compared before each roll, stopped when it moved. */
  readonly compares: boolean;
  /** R22: one lease for both. */
  readonly sharesLease: boolean;
  /** R22: what a template needs stays while a service or an open run uses it. */
  readonly keepsWhatIsUsed: boolean;
  /** The update replaces a service. */
  readonly replaces: boolean;
}
const templateRules: TemplateRules = {
  descriptor: "in the plan",
  compares: false,
  sharesLease: true,
  keepsWhatIsUsed: true,
  replaces: false,
};

const block = blockOf({
  target: "small",
  oldResources: "small",
  newResources: "small",
  apiTemplate: "small",
  workerTemplate: "small",
  apiRelease: "small",
  workerRelease: "small",
  promoter: "small",
  planned: "small",
  update: "small",
  lease: "small",
  outcome: "small",
  broken: "small",
  used: "small",
  crashesLeft: "small",
});
type World = InstanceType<typeof block.View>;
const Promoting = {
  begins: 0,
  api: 1,
  worker: 2,
  verifies: 3,
  verified: 4,
  turns: 6,
  apiIsBack: 7,
  isBack: 8,
  over: 12,
} as const;
const Updating = { begins: 0, created: 1, pointed: 2, deleted: 3, over: 9 } as const;
const Outcome = { done: 1, reverted: 2, partial: 3 } as const;
const wrong = [
  "",
  "no false record: services on two templates are recorded done",
  "I11: a template was used that is not in the plan",
  "no false record: done, and something else runs",
  "I6: no way back, the old template's resources are gone",
] as const;
const Wrong = { mixed: 1, unplanned: 2, falseRecord: 3, noWayBack: 4 } as const;
const [oldTemplate, newTemplate, replaced] = [1, 2, 9] as const;

export function templateModel(change: Partial<TemplateRules> = {}): Model {
  const rules = { ...templateRules, ...change };
  const layout = new Layout();
  const [base = 0] = layout.place("", block);
  return smallModel<World>({
    layout,
    worldIn: (frame) => new block.View(frame, base),
    begin: [
      (world) => {
        world.target = world.oldResources = world.apiTemplate = world.workerTemplate = oldTemplate;
        world.apiRelease = world.workerRelease = world.crashesLeft = 1;
      },
    ],
    act: (now, can) => {
      promote(rules, now, can);
      update(rules, now, can);
    },
    violation: ({ broken }) => (broken === 0 ? null : (wrong[broken] as string)),
  });
}

const exists = (world: World, template: number): boolean =>
  (template === oldTemplate ? world.oldResources : template === newTemplate ? world.newResources : 0) === 1;

function promote(rules: TemplateRules, now: World, can: Can<World>): void {
  const go = (does: string, to: number, write: (next: World) => void = () => undefined): void =>
    can("promote", does, (next) => {
      next.promoter = to;
      write(next);
    });
  const end = (outcome: number, broken: number) => (next: World) => {
    next.outcome = outcome;
    next.lease = 0;
    if (broken) next.broken = broken;
  };
  switch (now.promoter) {
    case Promoting.begins:
      if (rules.sharesLease && now.lease !== 0) return;
      go("plans", Promoting.api, (next) => {
        next.planned = next.target;
        next.lease = 1;
      });
      return;
    case Promoting.api:
    case Promoting.worker:
      roll(rules, now, can);
      return;
    case Promoting.verifies: {
      const isLive = now.apiRelease === 2 && now.workerRelease === 2;
      if (!isLive) {
        go("finds a service that is not there", Promoting.turns);
        return;
      }
      go("verifies", Promoting.verified, (next) => {
        if (next.apiTemplate !== next.workerTemplate) next.broken = Wrong.mixed;
        if ((next.used & ~next.planned) !== 0) next.broken = Wrong.unplanned;
      });
      return;
    }
    case Promoting.verified: {
      const isTrue = now.apiRelease === 2 && now.workerRelease === 2;
      go("records done", Promoting.over, end(Outcome.done, isTrue ? 0 : Wrong.falseRecord));
      return;
    }
    case Promoting.turns: {
      const canGoBack = (now.apiRelease === 1 && now.apiTemplate === oldTemplate) || exists(now, oldTemplate);
      if (!canGoBack) {
        go("records partial", Promoting.over, end(Outcome.partial, Wrong.noWayBack));
        return;
      }
      go("sets api back", Promoting.apiIsBack, (next) => {
        next.apiRelease = next.apiTemplate = 1;
      });
      return;
    }
    case Promoting.apiIsBack: {
      const canGoBack = (now.workerRelease === 1 && now.workerTemplate === oldTemplate) || exists(now, oldTemplate);
      if (!canGoBack) {
        go("records partial", Promoting.over, end(Outcome.partial, Wrong.noWayBack));
        return;
      }
      go("sets worker back", Promoting.isBack, (next) => {
        next.workerRelease = next.workerTemplate = 1;
      });
      return;
    }
    case Promoting.isBack:
      go("records reverted", Promoting.over, end(Outcome.reverted, 0));
      return;
  }
}

function roll(rules: TemplateRules, now: World, can: Can<World>): void {
  const isApi = now.promoter === Promoting.api;
  const who = "promote";
  const template = rules.descriptor === "in the plan" ? now.planned : now.target;
  if (rules.compares && now.target !== now.planned)
    can(who, "sees that the target moved, and stops", (next) => {
      next.promoter = isApi ? Promoting.over : Promoting.turns;
    });
  else if (!exists(now, template))
    can(who, "cannot roll: its template's resources are gone", (next) => {
      next.promoter = Promoting.turns;
    });
  else
    can(who, isApi ? "rolls api" : "rolls worker", (next) => {
      if (isApi) {
        next.apiTemplate = template;
        next.apiRelease = 2;
      } else {
        next.workerTemplate = template;
        next.workerRelease = 2;
      }
      next.promoter += 1;
      next.used |= template;
    });
}

function update(rules: TemplateRules, now: World, can: Can<World>): void {
  const go = (does: string, to: number, write: (next: World) => void = () => undefined): void =>
    can("pulumi up", does, (next) => {
      next.update = to;
      write(next);
    });
  const letGo = (next: World): void => {
    if (rules.sharesLease) next.lease = 0;
  };
  const isUsed =
    now.apiTemplate === oldTemplate ||
    now.workerTemplate === oldTemplate ||
    (now.promoter > Promoting.begins && now.promoter < Promoting.over);
  if (now.update === Updating.begins && !(rules.sharesLease && now.lease !== 0))
    go("creates the new resources", Updating.created, (next) => {
      next.newResources = 1;
      if (rules.sharesLease) next.lease = 2;
    });
  else if (now.update === Updating.created)
    go("writes target.json", Updating.pointed, (next) => {
      next.target = newTemplate;
    });
  else if (now.update === Updating.pointed && rules.keepsWhatIsUsed && isUsed)
    go("ends, and keeps what is used", Updating.over, letGo);
  else if (now.update === Updating.pointed)
    go("deletes the old resources", Updating.deleted, (next) => {
      next.oldResources = 0;
      if (rules.replaces) next.workerRelease = next.workerTemplate = replaced;
    });
  else if (now.update === Updating.deleted) go("ends", Updating.over, letGo);
  if (now.crashesLeft && now.update > Updating.begins && now.update < Updating.over)
    go("dies", Updating.over, (next) => {
      next.crashesLeft = 0;
      letGo(next);
    });
}
