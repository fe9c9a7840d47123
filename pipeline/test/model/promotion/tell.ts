import { services } from "./effects.ts";
import { Action, actions, decodeAction, outside } from "./step.ts";
import { invariants, LeaseOwner, messages, noRelease, noRun, records, releaseNames, results, stages } from "./words.ts";

const places = [...services, "web", "migrations"] as const;
const details: Readonly<Partial<Record<number, readonly string[]>>> = {
  [Action.begins]: releaseNames,
  [Action.appends]: records,
  [Action["appends: no answer"]]: records,
  [Action["finds it done already:"]]: places,
  [Action.orders]: places,
  [Action["orders: no answer;"]]: places,
  [Action["has checked its beat and is about to order"]]: places,
  [Action["sees confirmed"]]: places,
  [Action["does not see"]]: places,
  [Action["finds unhealthy"]]: places,
  [Action["writes the pages"]]: releaseNames,
  [Action["writes the pointer"]]: releaseNames,
  [Action["late request lands:"]]: messages,
  [Action["late request is lost:"]]: messages,
};

export function label(code: number): string {
  const { actor, action, detail } = decodeAction(code);
  const who = actor === outside ? "" : `run ${actor + 1} `;
  return `${who}${actions[action]}${details[action] ? ` ${details[action][detail]}` : ""}`;
}

const releaseFields = /^(api|worker|web|pointer|settled|unfinishedRelease)$/;
/** Seen from what changes with them, or only a note of the run. */
const notShown =
  /^journal|Left$|^newestClosed|message .*(argument|detail|value|from)|(seen\w+|saw\w+|unfinishedBefore|landedUnheard|taskMigrations|taskEpoch|tail)$/;

export function tell(field: string, value: number): string | undefined {
  if (notShown.test(field)) return undefined;
  if (releaseFields.test(field)) return value === noRelease ? "none" : releaseNames[value];
  if (field.endsWith("stage")) return `= ${stages[value]}`;
  if (field.endsWith("result")) return results[value];
  if (field.endsWith(" kind")) return messages[value];
  if (field === "broken") return `!! ${invariants[value]}`;
  if (field === "newestRun") return value === noRun ? "none" : `${value + 1}`;
  if (field === "leaseOwner") return ownerName(value);
  return String(value);
}

function ownerName(value: number): string {
  const special = Object.entries(LeaseOwner).find(([, owner]) => owner === value);
  return special ? special[0] : `run ${value}`;
}
