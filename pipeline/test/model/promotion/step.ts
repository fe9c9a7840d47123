import type { Frame, Layout } from "../checker/layout.ts";
import { protocolRules, type Rules } from "./rules.ts";
import { type Command, type Mishaps, type Story, usualMishaps } from "./story.ts";
import { isOver, noRun, releaseNames, Stage } from "./words.ts";
import { sortMessages, type World, worldLayout } from "./world.ts";

/** Everything that anybody can do, in the words of a trace. */
export const actions = [
  "begins",
  "takes the lease",
  "takes the lease over",
  "asks for the lease: no answer",
  "reads the tail, the quiet is over",
  "appends",
  "appends: no answer",
  "finds another record there, reads the tail again",
  "finds another record there: deposed",
  "raises the fences",
  "decides to go",
  "decides to refuse",
  "orders the migration task",
  "hears that the migrations are applied",
  "hears that its task was fenced off",
  "hears that the migrations failed",
  "gives the task up as lost",
  "finds it done already:",
  "orders",
  "orders: no answer;",
  "has checked its beat and is about to order",
  "sees confirmed",
  "does not see",
  "finds unhealthy",
  "writes the pages",
  "writes the pages: no answer",
  "is fenced off from the pages",
  "writes the pages again so that the late write lands nowhere",
  "knows that nothing of it is under way",
  "verifies",
  "verifies, and something is not as it should be",
  "writes the pointer",
  "writes the pointer: no answer",
  "releases the lease",
  "releases the lease: no answer",
  "dies",
  "beats",
  "beats in vain: the lease is another's",
  "is interrupted while it waits",
  "has nothing to do",
  "has nothing to do, and mends the pointer",
  "task starts",
  "task is fenced off",
  "task applies a migration",
  "task dies",
  "task fails",
  "late request lands:",
  "late request is lost:",
  "time passes",
  "breaks the lease",
  "deletes the lease",
  "freezes",
] as const;
export type ActionName = (typeof actions)[number];
export const Action = Object.fromEntries(actions.map((name, at) => [name, at])) as Readonly<Record<ActionName, number>>;

/** Whoever acts and is no run. */
export const outside = 15;
const detailBits = 8;
const actorBits = 4;
const encodeAction = (actor: number, action: number, detail: number): number =>
  (((action << actorBits) | actor) << detailBits) | detail;
export const decodeAction = (code: number) => ({
  action: code >>> (actorBits + detailBits),
  actor: (code >>> detailBits) & ((1 << actorBits) - 1),
  detail: code & ((1 << detailBits) - 1),
});

/** What the model works with: the story, the world as it is, and the one that each action makes of it. */
export class Step {
  readonly rules: Rules;
  readonly mishaps: Mishaps;
  readonly commands: readonly Command[];
  readonly story: Story;
  readonly breaks: readonly number[];
  readonly forwardOnly: number;
  readonly staleTicks: number;
  readonly requestTicks: number;
  /** Ticks after which a silent holder's requests have landed or died: S + L. */
  readonly quietTicks: number;
  readonly layout: Layout;
  readonly now: World;
  readonly next: World;
  found: (action: number) => void = () => undefined;

  constructor(story: Story) {
    this.story = story;
    this.rules = { ...protocolRules, ...story.rules };
    this.mishaps = { ...usualMishaps, ...story.mishaps };
    this.commands = [...story.commands, story.last];
    this.breaks = story.breaks ?? releaseNames.map(() => 0);
    this.forwardOnly = story.forwardOnly ?? 0;
    this.staleTicks = story.staleTicks ?? 1;
    this.requestTicks = story.requestTicks ?? 1;
    this.quietTicks = this.staleTicks + this.requestTicks;
    const { layout, worldIn } = worldLayout(this.commands.length);
    this.layout = layout;
    const frames: readonly [Frame, Frame] = [layout.frame(), layout.frame()];
    this.now = worldIn(frames[0]);
    this.next = worldIn(frames[1]);
  }

  /** A world to change: at first what is now. */
  begin(): World {
    this.next.words.set(this.now.words);
    return this.next;
  }
  /** The changed world is a successor. */
  end(actor: number, action: number, detail = 0): void {
    sortMessages(this.next);
    this.found(encodeAction(actor, action, detail));
  }

  command(run: number): Command {
    return this.commands[run] as Command;
  }
  releaseOf(run: number): number {
    return this.command(run).release;
  }
  isRollback(run: number): boolean {
    return this.command(run).kind === "rollback";
  }
  isLast(run: number): boolean {
    return run === this.commands.length - 1;
  }
  fits(release: number, schema: number): boolean {
    return ((this.breaks[release] as number) & schema) === 0;
  }
  /** It may send: its last confirmed beat is young (R11). */
  mayAct(run: number): boolean {
    return !this.rules.stopsWhenOld || this.now.run(run).beatAge < this.staleTicks;
  }
  /** What a run wants to be everywhere. */
  goalOf(run: number): number {
    const { goesBack, baseline } = this.now.run(run);
    return goesBack ? baseline : this.releaseOf(run);
  }
}

/** It was the last to open, and has no outcome. */
export const isNewest = (world: World, run: number): boolean => world.newestRun === run && world.newestClosed === 0;

/** The newest epoch has planned, or is closed: from here a late effect of an older one is a lie. */
export const isDecided = (world: World): boolean =>
  world.newestClosed === 1 || world.newestRun === noRun || world.run(world.newestRun).planned !== 0;

export const blame = (world: World, invariant: number): void => {
  if (world.broken === 0) world.broken = invariant;
};

/** The run is gone: it counts and waits no more. */
export function leave(world: World, run: number, stage: number): void {
  const me = world.run(run);
  me.stage = stage;
  me.beatAge = 0;
  me.unanswered = 0;
}

export const everyoneIsOver = (world: World, upTo: number, except: number): boolean =>
  world.runs.every((run, number) => number >= upTo || number === except || isOver(run.stage));

export const isDead = (world: World, run: number): boolean => world.run(run).stage === Stage.dead;
