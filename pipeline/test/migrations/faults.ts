import { setTimeout as sleep } from "node:timers/promises";
import type { Dice } from "../simulation/seeded/dice.ts";
import type { Ring } from "./arena.ts";
import type { Crowd } from "./crowd.ts";
import { type Holder, isWaiting, readHolder } from "./referee.ts";

interface Wave {
  readonly dice: Dice;
  readonly crowd: Crowd;
  readonly ring: Ring;
  /** One that is migrated. */
  readonly schema: string;
  /** One of its migrations sleeps for seconds when it is run first. */
  readonly awaitsSlow: boolean;
  /** Its attempts wait for each other for less than a stop takes. */
  readonly isImpatient: boolean;
  readonly suffered: (id: string, what: "stood-still" | "told-to-stop" | "cut") => void;
  /** Aborted when the wave is over. */
  readonly signal: AbortSignal;
}

/** In milliseconds, until another session had the lock of a holder that was killed. */
export interface Freed {
  readonly sinceKill: number;
  /** Since its process was gone: on a busy machine that takes a while too. */
  readonly sinceGone: number;
}

/** What happens to the attempts of a wave while they run. */
export async function befall(wave: Wave): Promise<readonly Freed[]> {
  const { dice } = wave;
  if (wave.awaitsSlow && dice.chance(0.8)) return await killHolder(wave);
  if (wave.isImpatient) return await stopHolder(wave, dice.between(600, 1_500));
  const fate = dice.fraction();
  if (fate < 0.3) return [];
  if (fate < 0.42) return await killSomebody(wave);
  if (fate < 0.65) return await killHolder(wave);
  if (fate < 0.75) return await killAtItsRecord(wave);
  if (fate < 0.9) return await stopHolder(wave, dice.between(5, 400));
  if (fate < 0.95) return await tellHolderToStop(wave);
  return await cutHolder(wave);
}

async function killSomebody({ dice, crowd }: Wave): Promise<readonly Freed[]> {
  for (let times = dice.between(1, 3); times > 0; times -= 1) {
    await sleep(dice.below(80));
    void crowd.kill(dice.below(crowd.size));
  }
  return [];
}

/** Somebody has asked for the lock before, so that whoever gets it next is the one who measures. */
async function killHolder(wave: Wave): Promise<readonly Freed[]> {
  const { crowd, ring, dice } = wave;
  const holder = await aHolder(wave, wave.awaitsSlow && dice.chance(0.8));
  if (holder === null) return [];
  const taken = ring.taker.query(`select pg_advisory_lock(${holder.lock.join(", ")})`).then(() => performance.now());
  try {
    const pid = (ring.taker as unknown as { readonly processID: number }).processID;
    while (!(await isWaiting(ring.observer, pid))) {
      // It has ended by itself meanwhile.
      if ((await readHolder(ring.observer))?.attempt !== holder.attempt) return [];
    }
    const member = crowd.whoHas(holder.attempt);
    if (member === null || (await readHolder(ring.observer))?.pid !== holder.pid) return [];
    // Sometimes it stands still when it dies.
    if (dice.chance(0.2)) crowd.standStill(member, 100).map((id) => wave.suffered(id, "stood-still"));
    const killed = performance.now();
    const gone = crowd.kill(member);
    const at = await taken;
    return [{ sinceKill: at - killed, sinceGone: Math.max(0, at - (await gone)) }];
  } finally {
    await taken;
    await ring.taker.query(`select pg_advisory_unlock(${holder.lock.join(", ")})`);
  }
}

/** What it ran is not recorded yet, and cannot be as long as we read the table: there it dies. */
async function killAtItsRecord(wave: Wave): Promise<readonly Freed[]> {
  const { ring, crowd, schema, signal } = wave;
  await ring.taker.query("begin");
  try {
    await ring.taker.query(`lock table ${schema}.slipway_migrations in share mode`);
    while (!signal.aborted) {
      const holder = await readHolder(ring.observer);
      const member = holder?.isBlocked ? crowd.whoHas(holder.attempt) : null;
      if (member !== null) {
        await crowd.kill(member);
        return [];
      }
      await sleep(5);
    }
  } catch {
    // It is not there before the first of them has made it.
  } finally {
    await ring.taker.query("rollback");
  }
  return [];
}

async function stopHolder(wave: Wave, milliseconds: number): Promise<readonly Freed[]> {
  const member = await memberOf(wave, await aHolder(wave, false));
  if (member === null) return [];
  for (const id of wave.crowd.standStill(member, milliseconds)) wave.suffered(id, "stood-still");
  return [];
}

async function tellHolderToStop(wave: Wave): Promise<readonly Freed[]> {
  const holder = await aHolder(wave, false);
  const member = await memberOf(wave, holder);
  if (member === null || holder === null) return [];
  wave.suffered(holder.attempt, "told-to-stop");
  wave.crowd.tellToStop(member, holder.attempt);
  return [];
}

/** As an administrator, or a failover, ends a session. */
async function cutHolder(wave: Wave): Promise<readonly Freed[]> {
  const holder = await aHolder(wave, false);
  if (holder === null) return [];
  wave.suffered(holder.attempt, "cut");
  await wave.ring.observer.query("select pg_terminate_backend($1)", [holder.pid]);
  return [];
}

async function memberOf({ crowd }: Wave, holder: Holder | null): Promise<number | null> {
  return holder === null ? null : crowd.whoHas(holder.attempt);
}

/** Whoever has the lock, some moments after somebody has; null: the wave is over. */
async function aHolder({ dice, ring, signal }: Wave, asleep: boolean): Promise<Holder | null> {
  let pause = dice.chance(0.5) ? 0 : dice.below(30);
  while (!signal.aborted) {
    const holder = await readHolder(ring.observer);
    if (holder !== null && (!asleep || holder.isAsleep)) {
      if (pause === 0) return holder;
      await sleep(pause);
      pause = 0;
    }
    await sleep(2);
  }
  return null;
}
