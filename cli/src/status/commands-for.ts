import { failureOf } from "../failure.ts";
import type { EnvironmentLook } from "./observe-environment.ts";

/** Whole commands for an environment as it stands, where running them can help; `ladder`: flags that lead to the same store. */
export function commandsFor(look: EnvironmentLook, ladder: string): readonly string[] {
  if (look.unreadable) return (failureOf(look.unreadable).message.next ?? []).map((command) => `${command}${ladder}`);
  if (look.state === "drift") return [`promote verify --env ${look.env}${ladder}`];
  const open = look.standing.unfinished;
  if (open && (!look.lease || look.lease.stale)) {
    const sha = open.request.action === "promote" ? open.plan.release?.sha : null;
    const forward = sha ? [`promote --sha ${sha} --env ${look.env}${ladder}`] : [];
    return [...forward, `promote rollback --env ${look.env}${ladder}`];
  }
  if (look.next?.decision.allowed) return [`promote --sha ${look.next.sha} --env ${look.env}${ladder}`];
  return [];
}
