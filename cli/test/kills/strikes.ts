import type { Found, Role } from "./processes.ts";
import { readProcess } from "./processes.ts";

/**
 * What is done to whom. Whoever is stopped goes on after a while; `cli overtaken`: the command stands still while another
 * one goes all the way. `all killed` leaves the services alone, with nobody to end them.
 */
export const blows = [
  { name: "cli killed", weight: 8 },
  { name: "cli stopped", weight: 2 },
  { name: "cli overtaken", weight: 3 },
  { name: "platform killed", weight: 4 },
  { name: "platform stopped", weight: 2 },
  { name: "postgres killed", weight: 3 },
  { name: "all killed", weight: 2 },
  { name: "postgres stopped", weight: 1 },
  { name: "runner killed", weight: 3 },
  { name: "runner stopped", weight: 1 },
] as const;
export type Blow = (typeof blows)[number]["name"];

const rolesOf: Readonly<Record<string, readonly Role[]>> = {
  platform: ["platform"],
  "postgres killed": ["postmaster"],
  "postgres stopped": ["postmaster", "backend"],
  runner: ["runner"],
  all: ["command", "platform", "guard", "postmaster"],
};

/** Whether it is the command alone that is hit. */
export const isForCommand = (blow: Blow): boolean => blow.startsWith("cli");

/** Those that another blow is meant for, as they run now. */
export function victimsOf(blow: Blow, family: readonly Found[]): readonly Found[] {
  const roles = rolesOf[blow] ?? rolesOf[blow.split(" ")[0] ?? ""] ?? [];
  return family.filter(({ role }) => roles.includes(role));
}

/** False: that very process has ended. A process that has got its number since is never signalled. */
export function signal({ pid, startedAt }: Pick<Found, "pid" | "startedAt">, name: NodeJS.Signals): boolean {
  if (readProcess(pid)?.startedAt !== startedAt) return false;
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
