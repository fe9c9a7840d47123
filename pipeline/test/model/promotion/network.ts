import { clear, outdate, setService, setWeb } from "./effects.ts";
import { LeaseWrite, setOwner } from "./lease.ts";
import { land } from "./ledger.ts";
import { Action, type Step } from "./step.ts";
import { LeaseOwner, MessageKind, RecordKind, Stage } from "./words.ts";
import type { Message, World } from "./world.ts";

/** Whatever is under way lands now, or never. */
export function deliver(step: Step): void {
  for (const [at, message] of step.now.messages.entries()) {
    const { kind, from } = message;
    if (kind === MessageKind.none) continue;
    const next = step.begin();
    clear(next.messages[at] as Message);
    arrive(step, next, message);
    step.end(from, Action["late request lands:"], kind);
    clear(step.begin().messages[at] as Message);
    step.end(from, Action["late request is lost:"], kind);
  }
}

function arrive(step: Step, world: World, { kind, from, value, detail, argument, isCurrent }: Message): void {
  const { rules } = step;
  switch (kind) {
    case MessageKind.api:
    case MessageKind.worker:
      setService(step, world, { service: kind === MessageKind.api ? 0 : 1, release: value, by: from });
      return;
    case MessageKind.web:
      if (!rules.webIsConditional || isCurrent) setWeb(world, value, from, step.now.run(from).epoch);
      return;
    case MessageKind.pointer:
      if (!isCurrent) return;
      world.pointer = value;
      world.pointerSeq = detail;
      outdate(world, MessageKind.pointer);
      return;
    case MessageKind.lease:
      if (!isCurrent) return;
      if (value === LeaseWrite.take) setOwner(step, world, from, detail);
      else world.leaseOwner = LeaseOwner.free;
      outdate(world, MessageKind.lease);
      return;
    default:
      arriveAtLedger(step, world, { from, slot: value, kind: detail >> 4, argument });
  }
}

/** Put-if-absent at the slot that it names. Its sender will find its own record there. */
function arriveAtLedger(
  step: Step,
  world: World,
  { from, slot, kind, argument }: { from: number; slot: number; kind: number; argument: number },
): void {
  const me = world.run(from);
  if (me.landedUnheard) return;
  if (!step.rules.oneLog) {
    if (me.stage === Stage.dead || isAbout(me.stage, kind)) land(step, world, from, { kind, argument });
    return;
  }
  if (world.length + 1 !== slot) return;
  land(step, world, from, { kind, argument });
  me.landedUnheard = 1;
  if (kind === RecordKind.open) me.baseline = world.settled;
}

const stageOfKind: Readonly<Record<number, number>> = {
  [RecordKind.open]: Stage.opening,
  [RecordKind.plan]: Stage.planning,
  [RecordKind.migrateStarted]: Stage["announcing migrations"],
  [RecordKind.migrateFinished]: Stage["recording migrations"],
  [RecordKind.turn]: Stage.turning,
  [RecordKind.outcome]: Stage["recording the outcome"],
};
const isAbout = (stage: number, kind: number): boolean => stageOfKind[kind] === stage;
