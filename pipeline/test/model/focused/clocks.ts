import { blockOf, Layout } from "../checker/layout.ts";
import type { Model } from "../checker/model.ts";
import { type Can, smallModel } from "./small-model.ts";

/**
 * §3: one holder, one taker, and time: beats that are late, machines that sleep, clocks that are set back, a store whose clock errs. Wrong is a
 * request of the holder that lands after the taker has begun to act. Times are in ticks.
 */
export interface ClockRules {
  readonly staleTicks: number;
  readonly requestTicks: number;
  readonly skewTicks: number;
  /** How much the store's clock really errs. */
  readonly errorTicks: number;
  /** R3: a beat's age counts since it was sent; or answered. */
  readonly ageSince: "sent" | "answered";
  /** R3: by the larger of both clocks; or by one. */
  readonly clocks: "both" | "monotonic" | "wall";
  readonly sleeps: boolean;
  readonly clockIsSetBack: boolean;
  /** R11: a pause between check and request; what bounds it (a signature), and what the taker allows for it. */
  readonly pauses: boolean;
  readonly longestPause: number | null;
  readonly allowedPause: number;
  /** R4: the age by the store's times; or by an ETag that stays the same. */
  readonly taker: "times of the store" | "own clock";
  /** R4: taken over below S′ + δ′, with a wait of L after that. */
  readonly takesOverAt: number | null;
  /** R5: an operator breaks the lease; what is waited after it. */
  readonly operatorBreaks: boolean;
  readonly waitAfterBreak: "all" | "request" | "nothing";
  /** R4: the S that the taker goes by; null: the one in the loser's lease. */
  readonly takersOwnStaleTicks: number | null;
}
const clockRules: ClockRules = {
  staleTicks: 2,
  requestTicks: 1,
  skewTicks: 1,
  errorTicks: 1,
  ageSince: "sent",
  clocks: "both",
  sleeps: false,
  clockIsSetBack: false,
  pauses: false,
  longestPause: null,
  allowedPause: 0,
  taker: "times of the store",
  takesOverAt: null,
  operatorBreaks: false,
  waitAfterBreak: "all",
  takersOwnStaleTicks: null,
};

const block = blockOf({
  storeError: "small",
  sinceBeatLanded: "small",
  monotonicAge: "small",
  wallAge: "small",
  asleep: "small",
  sleepsLeft: "small",
  setBacksLeft: "small",
  beat: "small",
  beatMonotonicAge: "small",
  beatWallAge: "small",
  isLost: "small",
  request: "small",
  requestAge: "small",
  isAboutToSend: "small",
  pauseAge: "small",
  taker: "small",
  takerWaited: "small",
  isLate: "small",
});
type World = InstanceType<typeof block.View>;
const Beat = { none: 0, sent: 1, accepted: 2, refused: 3 } as const;
const Taker = { looks: 0, watches: 1, hasTaken: 2, acts: 3, broke: 4 } as const;
const setBackTicks = 3;

export function clockModel(change: Partial<ClockRules> = {}): Model {
  const rules = { ...clockRules, ...change };
  const layout = new Layout();
  const [base = 0] = layout.place("", block);
  const errors = Array.from({ length: rules.errorTicks + 1 }, (_, error) => error);
  return smallModel<World>({
    layout,
    worldIn: (frame) => new block.View(frame, base),
    begin: errors.map((error) => (world) => {
      world.storeError = error;
      world.sleepsLeft = rules.sleeps ? 1 : 0;
      world.setBacksLeft = rules.clockIsSetBack ? 1 : 0;
    }),
    act: (now, can) => {
      sendBeats(rules, now, can);
      act(rules, now, can);
      disturb(now, can);
      takeOver(rules, now, can);
      can("", "time passes", (next) => passTime(rules, next));
    },
    violation: ({ isLate }) => (isLate ? "I3: a request of the old holder landed after the new one acts" : null),
  });
}

function sendBeats({ ageSince }: ClockRules, now: World, can: Can<World>): void {
  const runs = !now.asleep && !now.isLost;
  const go = (does: string, change: (next: World) => void): void => can("beat", does, change);
  if (now.beat === Beat.none) {
    if (runs)
      go("is sent", (next) => {
        next.beat = Beat.sent;
        next.beatMonotonicAge = next.beatWallAge = 0;
      });
    return;
  }
  go("is lost, or its answer is", (next) => {
    next.beat = Beat.none;
  });
  if (now.beat === Beat.sent)
    go("lands", (next) => {
      if (next.taker === Taker.hasTaken || next.taker === Taker.acts || next.taker === Taker.broke) {
        next.beat = Beat.refused;
        return;
      }
      next.beat = Beat.accepted;
      next.sinceBeatLanded = 0;
      if (next.taker === Taker.watches) next.taker = next.takerWaited = 0;
    });
  else if (now.beat === Beat.accepted && runs)
    go("is confirmed", (next) => {
      next.monotonicAge = ageSince === "sent" ? next.beatMonotonicAge : 0;
      next.wallAge = ageSince === "sent" ? next.beatWallAge : 0;
      next.beat = Beat.none;
    });
  else if (now.beat === Beat.refused && runs)
    go("is refused: the lease is lost", (next) => {
      next.isLost = 1;
      next.beat = Beat.none;
      next.isAboutToSend = 0;
    });
}

function ageOf({ clocks }: ClockRules, { monotonicAge, wallAge }: World): number {
  if (clocks === "monotonic") return monotonicAge;
  return clocks === "wall" ? wallAge : Math.max(monotonicAge, wallAge);
}

function act(rules: ClockRules, now: World, can: Can<World>): void {
  const send = (next: World): void => {
    next.isAboutToSend = 0;
    next.request = 1;
    next.requestAge = 0;
  };
  const mayAct = !now.asleep && !now.isLost && ageOf(rules, now) < rules.staleTicks;
  if (mayAct && !now.request && !now.isAboutToSend && rules.pauses)
    can("holder", "has checked the age", (next) => {
      next.isAboutToSend = 1;
      next.pauseAge = 0;
    });
  else if (mayAct && !now.request && !now.isAboutToSend) can("holder", "checks the age, and sends", send);
  if (now.isAboutToSend && !now.asleep) {
    const isValid = rules.longestPause === null || now.pauseAge <= rules.longestPause;
    if (isValid) can("holder", "sends", send);
    else
      can("holder", "sends nothing: the signature has expired", (next) => {
        next.isAboutToSend = 0;
      });
  }
  if (now.request)
    can("request", "lands", (next) => {
      next.request = 0;
      if (next.taker === Taker.acts) next.isLate = 1;
    });
}

function disturb(now: World, can: Can<World>): void {
  if (now.sleepsLeft && !now.asleep)
    can("machine", "falls asleep", (next) => {
      next.sleepsLeft -= 1;
      next.asleep = 1;
    });
  if (now.asleep)
    can("machine", "wakes", (next) => {
      next.asleep = 0;
    });
  if (now.setBacksLeft)
    can("wall clock", "is set back", (next) => {
      next.setBacksLeft -= 1;
      next.wallAge = Math.max(0, next.wallAge - setBackTicks);
    });
}

function takeOver(rules: ClockRules, now: World, can: Can<World>): void {
  const { requestTicks, skewTicks } = rules;
  const staleTicks = rules.takersOwnStaleTicks ?? rules.staleTicks;
  const needed = staleTicks + requestTicks + rules.allowedPause + skewTicks;
  const age = now.sinceBeatLanded + now.storeError;
  const go = (does: string, taker: number): void =>
    can("taker", does, (next) => {
      if (taker === Taker.watches || taker === Taker.broke) next.takerWaited = 0;
      next.taker = taker;
    });
  if (now.taker === Taker.looks && rules.taker === "own clock") go("notes the ETag", Taker.watches);
  else if (now.taker === Taker.watches && now.takerWaited >= needed) go("takes the lease over", Taker.hasTaken);
  else if (now.taker === Taker.looks && age >= (rules.takesOverAt ?? staleTicks + skewTicks))
    go("takes the lease over", Taker.hasTaken);
  else if (now.taker === Taker.hasTaken) {
    const isQuiet = rules.takesOverAt === null ? age >= needed : now.takerWaited >= requestTicks;
    if (rules.taker === "own clock" || isQuiet) go("begins to act", Taker.acts);
  }
  if (rules.operatorBreaks && now.taker === Taker.looks) go("takes it once an operator has broken it", Taker.broke);
  if (now.taker === Taker.broke) {
    const wait = rules.waitAfterBreak === "request" ? requestTicks + skewTicks : 0;
    if (rules.waitAfterBreak === "all" ? age >= needed : now.takerWaited >= wait) go("begins to act", Taker.acts);
  }
}

/** One tick of true time, as each clock shows it. A request dies after L. */
function passTime(rules: ClockRules, next: World): void {
  const { staleTicks, requestTicks, allowedPause, skewTicks, errorTicks } = rules;
  const most = staleTicks + requestTicks + allowedPause + skewTicks + errorTicks + 2;
  const older = (age: number): number => Math.min(age + 1, most);
  next.sinceBeatLanded = older(next.sinceBeatLanded);
  next.wallAge = older(next.wallAge);
  if (!next.asleep) next.monotonicAge = older(next.monotonicAge);
  if (next.beat !== Beat.none) {
    next.beatWallAge = older(next.beatWallAge);
    if (!next.asleep) next.beatMonotonicAge = older(next.beatMonotonicAge);
  }
  if (next.request && next.requestAge >= requestTicks) next.request = 0;
  else if (next.request) next.requestAge += 1;
  if (next.isAboutToSend) next.pauseAge = older(next.pauseAge);
  if (next.taker === Taker.watches || next.taker === Taker.hasTaken || next.taker === Taker.broke)
    next.takerWaited = older(next.takerWaited);
}
