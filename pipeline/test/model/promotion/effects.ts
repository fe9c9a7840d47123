import { blame, isDecided, isNewest, type Step } from "./step.ts";
import { Invariant, MessageKind, migrationsOf } from "./words.ts";
import type { Message, World } from "./world.ts";

export const services = ["api", "worker"] as const;
export type ServiceNumber = 0 | 1;

export const serviceOf = (world: World, service: ServiceNumber): number => (service === 0 ? world.api : world.worker);

/** ECS takes whatever lands, from whomever (A2). What it must not have been is judged here. */
export function setService(
  step: Step,
  world: World,
  order: { service: ServiceNumber; release: number; by: number },
): void {
  const { service, release, by } = order;
  if (serviceOf(world, service) === release) return;
  if (!isNewest(world, by)) blame(world, Invariant.staleEffect);
  if ((migrationsOf(release) & ~world.schema) !== 0) blame(world, Invariant.beforeMigration);
  if (!step.fits(release, world.schema)) blame(world, Invariant.rolledBroken);
  if ((world.run(by).planned & (1 << release)) === 0) blame(world, Invariant.unplanned);
  world.run(by).changed = 1;
  if (service === 0) world.api = release;
  else world.worker = release;
}

/** The pages are switched, with the epoch beside them; every ETag that somebody holds is old now. */
export function setWeb(world: World, release: number, by: number, epoch: number): void {
  if (world.web !== release) {
    if (!isNewest(world, by) && isDecided(world)) blame(world, Invariant.staleEffect);
    world.run(by).changed = 1;
  }
  world.web = release;
  if (epoch > world.webEpoch) world.webEpoch = epoch;
  outdate(world, MessageKind.web);
}

/** Late conditional writes of this kind will find another ETag than they name. */
export function outdate(world: World, kind: number): void {
  for (const message of world.messages) if (message.kind === kind) message.isCurrent = 0;
}

export interface Request {
  readonly kind: number;
  readonly from: number;
  readonly value: number;
  readonly detail?: number;
  readonly argument?: number;
  readonly ticksLeft: number;
}

/** A request leaves and is not answered. @returns false: more are under way than the model keeps. */
export function sendLate(world: World, { kind, from, value, detail = 0, argument, ticksLeft }: Request): boolean {
  const free = world.messages.find((message) => message.kind === MessageKind.none);
  if (!free) return false;
  free.kind = kind;
  free.from = from;
  free.value = value;
  free.detail = detail;
  free.ticksLeft = ticksLeft;
  free.isCurrent = 1;
  free.argument = argument ?? world.run(from).epoch;
  return true;
}

/** It has landed, or died. */
export function clear({ words, base }: Message): void {
  words[base >>> 2] = 0;
  words[(base >>> 2) + 1] = 0;
}

/** A write of the pages that this run has sent may still change them. */
export const mayStillWriteWeb = (world: World, run: number): boolean =>
  world.messages.some(({ kind, from, isCurrent }) => kind === MessageKind.web && from === run && isCurrent === 1);
