import {
  type EnvironmentName,
  nearestWord,
  type PromotionRequest,
  quoteInput,
  type RefusalCode,
  refusals,
  type Sha,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import type { Session } from "../session.ts";
import { commandLine } from "../terminal/command-line.ts";
import { parseDuration } from "../terminal/durations.ts";

export interface Asked {
  readonly action: PromotionRequest["action"];
  readonly environment: EnvironmentName;
  readonly sha: Sha | null;
}

/** What is asked for, as it goes on record. @throws UserError */
export function requestOf(call: Call, session: Session, { action, environment, sha }: Asked): PromotionRequest {
  const { values, switches } = call.args;
  return {
    action,
    environment,
    sha,
    only: onlyOf(call),
    trigger: switches.has("automatic") ? "automation" : "person",
    overrides: overridesOf(call, session, environment),
    reason: reasonOf(call),
    expect: expectOf(call),
    until: untilOf(values.until),
    by: session.actor,
    runUrl: session.runUrl,
  };
}

/** What can be said of a call before anything is opened. @throws UserError */
export function checkRequestText(call: Call): void {
  onlyOf(call);
  overrideCodes(call);
  reasonOf(call);
  expectOf(call);
  untilOf(call.args.values.until);
  waitOf(call);
}

const usage = (message: string, next: readonly string[] = []): UserError =>
  new UserError({ code: "usage", message: `${message}. Nothing was changed.`, next });

export function requireFlags(call: Call, ...names: readonly string[]): void {
  const lacking = names.filter((name) => call.args.values[name] === undefined);
  if (lacking.length === 0) return;
  const called = call.verb === "" ? "promote" : `promote ${call.verb}`;
  throw usage(`${called} needs ${lacking.map((name) => `--${name}`).join(" and ")}`, [`${called} --help`]);
}

/** How long to wait for whoever changes the environment now, in milliseconds. */
export function waitOf(call: Call): number {
  const { wait } = call.args.values;
  if (wait === undefined) return 0;
  const milliseconds = parseDuration(wait);
  if (milliseconds !== null) return milliseconds;
  throw usage(`--wait takes a duration such as 10m; got ${quoteInput(wait)}`);
}

function onlyOf(call: Call): "web" | null {
  const { only } = call.args.values;
  if (only === undefined || only === "web") return only ?? null;
  throw usage(`--only takes web; got ${quoteInput(only)}`, [commandLine(call, { only: "web" })]);
}

function untilOf(until: string | undefined): PromotionRequest["until"] {
  if (until === undefined || until === "healthy" || until === "drained") return until ?? "healthy";
  throw usage(`--until takes healthy or drained; got ${quoteInput(until)}`);
}

function expectOf(call: Call): string | null {
  const { expect } = call.args.values;
  if (expect === undefined) return null;
  if (/^(sha256:)?[0-9a-f]{12,64}$/.test(expect)) return expect;
  throw usage(`--expect takes a plan's hash, 12 to 64 hexadecimal digits; got ${quoteInput(expect)}`);
}

const longestReason = 500;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const control = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

export function reasonOf(call: Call): string | null {
  const { reason } = call.args.values;
  if (reason === undefined) return null;
  const text = reason.trim();
  if (text.length > longestReason) throw usage(`--reason has ${text.length} characters; ${longestReason} go on record`);
  if (control.test(text)) throw usage("--reason is one line of text, without control characters");
  if (text === "<text>") throw reasonMissing("the reason is still <text>");
  return call.redactor.redact(text);
}

export const reasonMissing = (message: string, next: readonly string[] = []): UserError =>
  new UserError({ code: "reason-missing", message: `${message}; say why with --reason. Nothing was changed.`, next });
/** The same call, with a reason to fill in. */
export const withReason = (call: Call): readonly string[] => [`${commandLine(call)} --reason "<text>"`];

function overrideCodes(call: Call): readonly RefusalCode[] {
  const { override } = call.args.values;
  if (override === undefined) return [];
  const codes = override.split(",").map((code) => code.trim());
  for (const code of codes) {
    if (Object.hasOwn(refusals, code)) continue;
    const near = nearestWord(code, Object.keys(refusals));
    throw usage(
      `${quoteInput(code)} is not a reason code`,
      near ? [commandLine(call, { override: codes.map((one) => (one === code ? near : one)).join(",") })] : [],
    );
  }
  if (reasonOf(call) === null) throw reasonMissing("an override goes on record");
  return [...new Set(codes)] as RefusalCode[];
}

function overridesOf(call: Call, session: Session, environment: EnvironmentName): readonly RefusalCode[] {
  const codes = overrideCodes(call);
  const allowed = session.policy.policy.environments.find(({ name }) => name === environment)?.override ?? [];
  const refused = codes.filter((code) => !allowed.includes(code) || !refusals[code].overridable);
  if (refused.length === 0) return codes;
  throw new UserError({
    code: "override-not-allowed",
    message: `${refused.join(" and ")} cannot be overridden in ${environment}; it allows ${allowed.join(", ") || "none"}. Nothing was changed.`,
  });
}
