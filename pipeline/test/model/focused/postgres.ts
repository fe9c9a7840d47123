import { blockOf, Layout } from "../checker/layout.ts";
import type { Model } from "../checker/model.ts";
import { blame, type Can, smallModel } from "./small-model.ts";

/** §5: migration tasks that begin late and die at any moment, a later epoch that raises the fence, backends that outlive their clients. */
export interface PostgresRules {
  readonly tasks: number;
  readonly kills: number;
  /** Lock sessions that break. */
  readonly drops: number;
  /** Each file in a transaction of its own, with its row. */
  readonly isTransactional: boolean;
  /** The advisory lock: on the session that runs the SQL, on another one, or none. */
  readonly lock: "same session" | "another session" | "none";
  /** The fence is asked at the start and in each transaction. */
  readonly asksFence: "at the start and in each file" | "at the start" | "in each file" | "never";
  /** Raising takes the advisory lock and updates the row, which waits for `for share`. */
  readonly raises: "lock and row" | "row" | "lock" | "never";
  /** A file that was begun and has no row: refused, or run once more. */
  readonly halfRun: "refused" | "run again";
  /** Listed before the lock was taken, as knex does. */
  readonly listsBeforeLock: boolean;
}
const postgresRules: PostgresRules = {
  tasks: 2,
  kills: 1,
  drops: 0,
  isTransactional: true,
  lock: "same session",
  asksFence: "at the start and in each file",
  raises: "lock and row",
  halfRun: "refused",
  listsBeforeLock: false,
};

const shared = blockOf({
  fence: "small",
  lockedBy: "small",
  /** Files with a row; begun without one. */
  recorded: "small",
  begun: "small",
  firstRan: "small",
  secondRan: "small",
  isRaised: "small",
  killsLeft: "small",
  dropsLeft: "small",
  broken: "small",
});
const taskBlock = blockOf({
  stage: "small",
  /** The client is gone; the backend may not be. */
  isDead: "small",
  file: "small",
  sharesFence: "small",
  left: "small",
});
type World = InstanceType<typeof shared.View> & { readonly tasks: readonly InstanceType<typeof taskBlock.View>[] };
type Task = World["tasks"][number];
const Stage = { begins: 0, locks: 1, lists: 2, picks: 3, runs: 4, writesRow: 5, over: 9 } as const;
const wrong = [
  "",
  "I4: two migrators at once",
  "I4: a committed file ran again",
  "I3: a stale epoch committed after the fence was raised",
] as const;
const Wrong = { twoAtOnce: 1, ranTwice: 2, stale: 3 } as const;
const bothFiles = 0b11;

const taskOf = (world: World, at: number): Task => world.tasks[at] as Task;
const epochOf = (at: number): number => at + 1;

export function postgresModel(change: Partial<PostgresRules> = {}): Model {
  const rules = { ...postgresRules, ...change };
  const layout = new Layout();
  const [base = 0] = layout.place("", shared);
  const tasks = layout.place("task", taskBlock, rules.tasks);
  return smallModel<World>({
    layout,
    worldIn: (frame) =>
      Object.assign(new shared.View(frame, base), { tasks: tasks.map((at) => new taskBlock.View(frame, at)) }),
    begin: [
      (world) => {
        world.killsLeft = rules.kills;
        world.dropsLeft = rules.drops;
      },
    ],
    act: (now, can) => {
      for (let at = 0; at < rules.tasks; at += 1) {
        if (taskOf(now, at).stage === Stage.over) continue;
        if (taskOf(now, at).isDead) endBackend(rules, now, at, can);
        else {
          interrupt(rules, now, at, can);
          migrate(rules, now, at, can);
        }
      }
      raise(rules, now, can);
    },
    violation: ({ broken }) => (broken === 0 ? null : (wrong[broken] as string)),
  });
}

function leave(world: World, at: number): void {
  const me = taskOf(world, at);
  me.sharesFence = 0;
  if (world.lockedBy === at + 1) world.lockedBy = 0;
  me.stage = Stage.over;
}

function execute(world: World, at: number): void {
  const { file } = taskOf(world, at);
  const times = file === 0 ? ++world.firstRan : ++world.secondRan;
  if (times > 1) blame(world, Wrong.ranTwice);
}

/** The client is gone: its backend finishes a statement that no transaction holds, and goes too. */
function endBackend({ isTransactional }: PostgresRules, now: World, at: number, can: Can<World>): void {
  const inStatement = taskOf(now, at).stage === Stage.runs;
  can(`task ${at + 1}`, inStatement ? "backend of a dead client finishes" : "backend ends", (next) => {
    if (inStatement && !isTransactional) {
      execute(next, at);
      if (next.fence > epochOf(at)) blame(next, Wrong.stale);
    }
    leave(next, at);
  });
}

function interrupt({ lock }: PostgresRules, now: World, at: number, can: Can<World>): void {
  const who = `task ${at + 1}`;
  const isElsewhere = lock === "another session";
  if (now.killsLeft && taskOf(now, at).stage > Stage.begins)
    can(who, "is killed", (next) => {
      next.killsLeft -= 1;
      taskOf(next, at).isDead = 1;
      if (isElsewhere && next.lockedBy === at + 1) next.lockedBy = 0;
    });
  if (now.dropsLeft && now.lockedBy === at + 1 && isElsewhere)
    can(who, "loses its lock session", (next) => {
      next.dropsLeft -= 1;
      next.lockedBy = 0;
    });
}

function migrate(rules: PostgresRules, now: World, at: number, can: Can<World>): void {
  const go = (does: string, change: (next: World, me: Task) => void): void =>
    can(`task ${at + 1}`, does, (next) => change(next, taskOf(next, at)));
  const list = (next: World, me: Task): void => {
    me.left = bothFiles & ~next.recorded;
  };
  switch (taskOf(now, at).stage) {
    case Stage.begins:
      go("begins", (next, me) => {
        if (rules.listsBeforeLock) list(next, me);
        me.stage = Stage.locks;
      });
      return;
    case Stage.locks:
      if (rules.lock !== "none" && now.lockedBy !== 0) return;
      go("takes the lock", (next, me) => {
        if (rules.lock !== "none") next.lockedBy = at + 1;
        me.stage = Stage.lists;
      });
      return;
    case Stage.lists:
      go("asks the fence, and lists", (next, me) => {
        if (rules.asksFence.startsWith("at the start") && next.fence > epochOf(at)) {
          leave(next, at);
          return;
        }
        if (rules.asksFence !== "never" && next.fence < epochOf(at)) next.fence = epochOf(at);
        if (!rules.listsBeforeLock) list(next, me);
        me.stage = Stage.picks;
      });
      return;
    case Stage.picks:
      if (taskOf(now, at).left === 0) {
        go("has nothing left", (next) => leave(next, at));
        return;
      }
      go("begins a file", (next, me) => beginFile(rules, next, at, me));
      return;
    case Stage.runs:
      go(rules.isTransactional ? "commits file and row" : "has run the statement", (next, me) =>
        commit(rules, next, at, me),
      );
      return;
    case Stage.writesRow:
      go("writes the row", (next, me) => {
        next.begun &= ~(1 << me.file);
        record(next, me);
      });
      return;
  }
}

function beginFile(rules: PostgresRules, next: World, at: number, me: Task): void {
  const file = me.left & 1 ? 0 : 1;
  if (rules.asksFence.endsWith("in each file")) {
    if (next.fence > epochOf(at)) {
      leave(next, at);
      return;
    }
    if (rules.isTransactional) me.sharesFence = 1;
  }
  if (!rules.isTransactional && rules.halfRun === "refused" && (next.begun & (1 << file)) !== 0) {
    leave(next, at);
    return;
  }
  if (next.tasks.some((other, number) => number !== at && other.stage === Stage.runs)) blame(next, Wrong.twoAtOnce);
  if (!rules.isTransactional) next.begun |= 1 << file;
  me.file = file;
  me.stage = Stage.runs;
}

function commit({ isTransactional }: PostgresRules, next: World, at: number, me: Task): void {
  execute(next, at);
  if (next.isRaised && next.fence > epochOf(at)) blame(next, Wrong.stale);
  if (!isTransactional) {
    me.stage = Stage.writesRow;
    return;
  }
  me.sharesFence = 0;
  record(next, me);
}

function record(next: World, me: Task): void {
  next.recorded |= 1 << me.file;
  me.left &= ~(1 << me.file);
  me.stage = Stage.picks;
}

function raise({ raises, tasks }: PostgresRules, now: World, can: Can<World>): void {
  if (raises === "never" || now.isRaised) return;
  const rowIsShared = now.tasks.some(({ sharesFence }) => sharesFence === 1);
  if (raises.includes("row") && rowIsShared) return;
  if (raises.includes("lock") && now.lockedBy !== 0) return;
  can("a later epoch", "raises the fence", (next) => {
    next.isRaised = 1;
    next.fence = tasks + 1;
  });
}
