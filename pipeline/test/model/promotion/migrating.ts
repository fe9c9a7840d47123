import { append } from "./ledger.ts";
import { turnOrStop } from "./rolling.ts";
import { Action, blame, isDecided, isNewest, type Step } from "./step.ts";
import { Decided, Invariant, migrationsOf, RecordKind, Stage, Task } from "./words.ts";
import type { World } from "./world.ts";

/** Of "finds it done already". */
const migrationsAsPlace = 3;

export function announceMigrations(step: Step, run: number): void {
  if (step.story.migratesAnyway && (migrationsOf(step.releaseOf(run)) & ~step.now.schema) === 0) {
    step.begin().run(run).stage = Stage["rolling api"];
    step.end(run, Action["finds it done already:"], migrationsAsPlace);
  }
  append(
    step,
    run,
    { kind: RecordKind.migrateStarted, argument: 0 },
    {
      onLanded: (world) => {
        world.run(run).stage = Stage["starting the task"];
      },
    },
  );
}

export function startTask(step: Step, run: number): void {
  if (!step.mayAct(run)) return;
  const me = step.begin().run(run);
  me.task = Task.ordered;
  me.taskEpoch = me.epoch;
  me.taskMigrations = migrationsOf(step.releaseOf(run));
  me.stage = Stage["waiting for the task"];
  step.end(run, Action["orders the migration task"]);
}

export function waitForTask(step: Step, run: number): void {
  const { now, rules } = step;
  const { task } = now.run(run);
  if (task === Task.done || task === Task.failed) {
    step.begin().run(run).stage = Stage["recording migrations"];
    step.end(
      run,
      Action[task === Task.done ? "hears that the migrations are applied" : "hears that the migrations failed"],
    );
  } else if (task === Task.fenced) {
    const me = step.begin().run(run);
    me.stage = Stage.lost;
    me.beatAge = 0;
    step.end(run, Action["hears that its task was fenced off"]);
  } else if (now.lostTasksLeft && !(rules.fencesLostTask && now.lockedBy === run + 1)) {
    const next = step.begin();
    const me = next.run(run);
    if (rules.fencesLostTask) me.taskFenced = 1;
    next.lostTasksLeft -= 1;
    me.decided = Decided.givenUp;
    me.stage = Stage["recording migrations"];
    step.end(run, Action["gives the task up as lost"]);
  }
}

export function recordMigrations(step: Step, run: number): void {
  append(
    step,
    run,
    { kind: RecordKind.migrateFinished, argument: 0 },
    {
      onLanded: (world) => {
        const me = world.run(run);
        if (me.task !== Task.failed && me.decided !== Decided.givenUp) {
          me.stage = Stage["rolling api"];
          return;
        }
        me.decided = Decided.nothing;
        turnOrStop(step, world, run);
      },
    },
  );
}

/** The task outlives whoever ordered it, and may begin late (§5). */
export function runTask(step: Step, run: number): void {
  const { task } = step.now.run(run);
  if (task === Task.ordered) beginTask(step, run);
  else if (task === Task.migrating) applyMigration(step, run);
}

function beginTask(step: Step, run: number): void {
  const { now, rules } = step;
  if (!rules.runnerLocks || now.lockedBy === 0) {
    const next = step.begin();
    const me = next.run(run);
    const isFenced = rules.runnerAsksFence && (me.taskEpoch < next.fence || me.taskFenced === 1);
    if (isFenced) me.task = Task.fenced;
    else list(next, run);
    step.end(run, Action[isFenced ? "task is fenced off" : "task starts"]);
  }
  if (!now.migrationFaultsLeft) return;
  const next = step.begin();
  next.migrationFaultsLeft -= 1;
  next.run(run).task = Task.failed;
  step.end(run, Action["task dies"]);
}

/** Under the lock, the fence raised to its epoch: what is left to do. */
function list(world: World, run: number): void {
  const me = world.run(run);
  if (me.taskEpoch > world.fence) world.fence = me.taskEpoch;
  if (world.runs.some((other, number) => number !== run && other.task === Task.migrating))
    blame(world, Invariant.migratedTwice);
  me.taskLeft = me.taskMigrations & ~world.schema;
  me.task = me.taskLeft ? Task.migrating : Task.done;
  world.lockedBy = me.taskLeft ? run + 1 : 0;
}

function applyMigration(step: Step, run: number): void {
  const { now } = step;
  const next = step.begin();
  const me = next.run(run);
  const migration = me.taskLeft & 1 ? 1 : 2;
  if (next.schema & migration) blame(next, Invariant.migratedTwice);
  next.schema |= migration;
  me.taskLeft &= ~migration;
  if (!isNewest(next, run) && isDecided(next)) blame(next, Invariant.lateMigration);
  if (!me.taskLeft) endTask(next, run, Task.done);
  step.end(run, Action["task applies a migration"], migration);
  if (!now.migrationFaultsLeft) return;
  const failed = step.begin();
  failed.migrationFaultsLeft -= 1;
  endTask(failed, run, Task.failed);
  step.end(run, Action["task fails"]);
}

function endTask(world: World, run: number, task: number): void {
  world.run(run).task = task;
  if (world.lockedBy === run + 1) world.lockedBy = 0;
}
