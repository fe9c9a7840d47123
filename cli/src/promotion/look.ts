import {
  type Considered,
  consider,
  type Decision,
  decide,
  type EnvironmentPorts,
  lookBack,
  type PromotionRequest,
  readStanding,
  readTarget,
  type StoredTarget,
  type Target,
} from "@slipway/pipeline";
import { type Session, withTarget } from "../session.ts";

export interface Look extends Considered {
  readonly request: PromotionRequest;
  readonly target: StoredTarget | null;
  readonly ports: EnvironmentPorts | null;
}

/** Observes, plans and decides, read-only; nothing is started. @throws PortError */
export async function lookAtRequest(session: Session, request: PromotionRequest): Promise<Look> {
  const store = await withTarget(session, request.environment);
  const target = await readTarget(store, request.environment);
  const ports = target ? await session.connect(target.target) : null;
  const standing = await readStanding(store, request.environment);
  const { source, approvals, clock } = session;
  const shared = { store, source, approvals, clock, connectBelow: (below: Target) => session.connect(below) };
  const considered = await consider({ shared, ports, policy: session.policy, request }, standing);
  const facts = ports ? await lookBack(considered.facts, ports.images) : considered.facts;
  return { ...considered, facts, request, target, ports };
}

/** The same facts, asked by somebody who only looks; `at` puts another time in the place of now. */
export function readingDecision(look: Look, at?: Considered["facts"]["now"]): Decision {
  const facts = at === undefined ? look.facts : { ...look.facts, now: at };
  const mode = look.continuation.kind === "new" ? "new" : "resume";
  return decide({ facts, plan: look.plan, request: look.request, mode, reading: true });
}
