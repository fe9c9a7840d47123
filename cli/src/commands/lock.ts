import {
  BrokenChainError,
  breakLease,
  type EnvironmentName,
  type ExitCode,
  exitCodes,
  type LeaseLook,
  readLease,
  readStanding,
  shortSha,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { leaseDocument } from "../documents/lease.ts";
import { lockDocument } from "../documents/lock.ts";
import type { LockDocument } from "../documents/schemas/lock.ts";
import type { LockBreakDocument } from "../documents/schemas/lock-break.ts";
import { leaseFacts } from "../lock/lease-facts.ts";
import { lockRun, programOf } from "../lock/lock-run.ts";
import { reasonMissing, reasonOf, requireFlags, waitOf, withReason } from "../promotion/request.ts";
import { storeTime } from "../session/store-time.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { printable } from "../terminal/escape.ts";
import { type Message, messageLines } from "../terminal/message.ts";
import type { Style } from "../terminal/style.ts";
import { spellTime } from "../terminal/times.ts";

/** Who is changing an environment; `lock break` ends a dead lease, `lock run` runs a command under one. */
export async function run(call: Call): Promise<ExitCode> {
  requireFlags(call, "env");
  checkEnvironmentText(call.args.values.env);
  const [word] = call.args.words;
  const reason = reasonOf(call);
  checkFlags(call, word, reason);
  const program = word === "run" ? programOf(call) : null;
  const session = await openSession(call);
  const environment = environmentOf(call, session);
  if (program !== null) return lockRun(call, session, environment, program);
  if (word === "break" && reason !== null) return breakIt(call, session, environment, reason);
  return look(call, session, environment);
}

function checkFlags(call: Call, word: string | undefined, reason: string | null): void {
  waitOf(call);
  if (word === "break" && reason === null) throw reasonMissing("a broken lease goes on record", withReason(call));
  if (word !== "break" && reason !== null) throw usage("--reason goes with lock break");
  if (word !== "run" && call.args.values.wait !== undefined) throw usage("--wait goes with lock run");
  if (word !== "run" && call.args.command.length > 0) throw usage("a command after -- goes with lock run");
}
const usage = (message: string): UserError =>
  new UserError({ code: "usage", message: `${message}. Nothing was changed.` });

async function look(call: Call, session: Session, environment: EnvironmentName): Promise<ExitCode> {
  const { style } = call.output;
  const lease = await readLease(session.store, environment);
  const open = await openPromotion(session, environment);
  const quiet = quietAhead(lease, await storeTime(session));
  const name = session.nameOf(environment);
  call.output.document(lockDocument(environment, lease, open, quiet));
  call.output.table([
    ...(lease?.state === "held"
      ? messageLines({ verdict: null, text: holderLine(lease, name, style), blocks: leaseFacts(lease) }, style)
      : [`nobody is changing ${name}`]),
    ...(quiet === null ? [] : [`  quiet   nothing changes before ${spellTime(style, quiet)}: a late request may land`]),
    ...(open === null || (lease?.state === "held" && !lease.stale)
      ? []
      : [
          `  open    epoch ${open.epoch}${open.sha === null ? "" : ` to ${shortSha(open.sha)}`} has no outcome; the same command goes on`,
        ]),
  ]);
  return exitCodes.done;
}

const holderLine = (lease: LeaseLook, name: string, style: Style): string =>
  `${printable(lease.by.name)} ${lease.stale ? "was" : "is"} changing ${name}, since ${spellTime(style, lease.since)}`;

/** Who holds the lease is told even where the ledger cannot be read. */
async function openPromotion({ store }: Session, environment: EnvironmentName): Promise<LockDocument["open"]> {
  try {
    const { unfinished } = await readStanding(store, environment);
    return unfinished && { epoch: unfinished.epoch, sha: unfinished.plan.release?.sha ?? null };
  } catch (error) {
    if (error instanceof BrokenChainError) return null;
    throw error;
  }
}

/** Only while it lies ahead. */
const quietAhead = (lease: LeaseLook | null, now: string): string | null =>
  lease?.quietUntil && lease.quietUntil > now ? lease.quietUntil : null;

async function breakIt(call: Call, session: Session, environment: EnvironmentName, reason: string): Promise<ExitCode> {
  const { store, clock, random, actor } = session;
  const before = await readLeaseThatMayBeBad(session, environment);
  const answer = await breakLease({ store, environment, clock, random, by: actor, reason });
  const { status } = answer;
  const after = status === "broken" ? await readLease(store, environment) : null;
  const stays = status === "holder-alive" || status === "unreadable";
  const exit = stays ? exitCodes.refused : exitCodes.done;
  const document: LockBreakDocument = {
    kind: "lock-break",
    version: 1,
    env: environment,
    outcome: status,
    reason,
    lease: before && leaseDocument(before),
    quietUntil: after?.quietUntil ?? null,
    breakableFrom: answer.status === "unreadable" ? answer.breakableFrom : null,
    exit,
  };
  sayBroken(call, session, document, before);
  call.output.document(document);
  return exit;
}

/** What cannot be read is what a person comes to break. */
async function readLeaseThatMayBeBad({ store }: Session, environment: EnvironmentName): Promise<LeaseLook | null> {
  try {
    return await readLease(store, environment);
  } catch (error) {
    if (error instanceof UserError && error.code === "store-unusable") return null;
    throw error;
  }
}

function sayBroken(call: Call, session: Session, document: LockBreakDocument, before: LeaseLook | null): void {
  const { env, outcome } = document;
  const name = session.nameOf(env);
  const next = (verb: string) => [`promote ${verb} --env ${env}${sameLadder(call)}`];
  const quiet = quietWords(document, call.output.style);
  const messages: Readonly<Record<typeof outcome, Message>> = {
    free: { verdict: "Same", text: `nobody holds the lease of ${name}. Nothing was changed.` },
    broken: {
      verdict: "Done",
      text: `The lease of ${name}${before === null ? "" : `, which ${before.by.name} held,`} is broken.${quiet}`,
      next: next("status"),
    },
    "holder-alive": {
      verdict: "Refused",
      text: `the heart of ${before?.by.name ?? "its holder"} beats, so the lease of ${name} stays. Nothing was changed.`,
      blocks: before ? leaseFacts(before) : [],
      next: next("lock"),
    },
    unreadable: {
      verdict: "Refused",
      text: `the lease of ${name} cannot be read, and whoever wrote it may be at work until ${spellTime(call.output.style, document.breakableFrom ?? "")}. Run this again then. Nothing was changed.`,
    },
  };
  call.output.verdict(messages[outcome]);
}

const quietWords = ({ quietUntil }: LockBreakDocument, style: Style): string =>
  quietUntil === null ? "" : ` Nothing changes before ${spellTime(style, quietUntil)}: a late request may land.`;
