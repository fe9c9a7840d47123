import { quoteInput } from "../identifiers.ts";
import type { FreezeWindow } from "../policy/policy.ts";
import { nearestWord } from "./nearest-word.ts";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const forms = 'write "Fri 16:00" or "2026-11-18 18:00"';

/** One end of a freeze, in the freeze's own zone. */
export type FreezeMoment =
  | { readonly kind: "weekly"; readonly weekday: number; readonly minute: number }
  | { readonly kind: "once"; readonly local: string };
export interface FreezeFile {
  readonly name: string;
  readonly from: FreezeMoment;
  readonly until: FreezeMoment;
  readonly zone: string;
}

/** A weekday with a time, or a date with a time; otherwise the reason why it is neither. */
export function parseFreezeMoment(text: string): FreezeMoment | { readonly message: string } {
  const match = /^(\S+) +([0-9]{2}):([0-9]{2})$/.exec(text);
  const [hour, minute] = [Number(match?.[2]), Number(match?.[3])];
  const day = match?.[1];
  if (day === undefined || hour > 23 || minute > 59) return { message: `${quoteInput(text)} is no time; ${forms}` };
  const weekday = weekdays.indexOf(day) + 1;
  if (weekday > 0) return { kind: "weekly", weekday, minute: hour * 60 + minute };
  if (isDate(day)) return { kind: "once", local: `${day}T${match?.[2]}:${match?.[3]}` };
  const meant = nearestWord(day.slice(0, 3), weekdays);
  const hint = meant ? `did you mean ${meant}?` : forms;
  return { message: `${quoteInput(day)} is neither a weekday nor a date that exists; ${hint}` };
}

function isDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes 30 February for 2 March.
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
}

/** Why the two ends make no window; null when they do. */
export function whyNoWindow({ from, until }: Pick<FreezeFile, "from" | "until">): string | null {
  if (from.kind === "once" && until.kind === "once") {
    return until.local > from.local ? null : "ends before it begins";
  }
  if (from.kind === "weekly" && until.kind === "weekly") {
    const empty = from.weekday === until.weekday && from.minute === until.minute;
    return empty ? "ends when it begins" : null;
  }
  return "has a weekday at one end and a date at the other; write two weekdays or two dates";
}

/** Why a name is no IANA time zone; null when it is one. Offsets such as +01:00 know no summer time and are refused. */
export function whyNoZone(zone: string): string | null {
  if (/^[A-Za-z]/.test(zone) && isKnownZone(zone)) return null;
  const meant = nearestWord(zone, ["UTC", ...Intl.supportedValuesOf("timeZone")]);
  const hint = meant ? `did you mean ${meant}?` : "write an IANA name such as Europe/Berlin";
  return `${quoteInput(zone)} is not a time zone; ${hint}`;
}

function isKnownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The window as policy keeps it; `line` is where slipway.yaml has it. */
export function freezeWindow(file: FreezeFile, line: number | null): FreezeWindow {
  const { name, from, until, zone } = file;
  if (from.kind === "weekly" && until.kind === "weekly") {
    const moment = ({ weekday, minute }: { weekday: number; minute: number }) => ({ weekday, minute });
    return { kind: "weekly", name, from: moment(from), until: moment(until), zone, line };
  }
  if (from.kind === "once" && until.kind === "once") {
    return { kind: "once", name, from: from.local, until: until.local, zone, line };
  }
  throw new TypeError(`freeze ${name} has two kinds of ends; the schema refuses that`);
}
