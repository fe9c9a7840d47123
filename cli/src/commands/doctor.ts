import {
  type Config,
  type EnvironmentName,
  type Examination,
  type ExitCode,
  examine,
  exitCodes,
  type Finding,
  readTarget,
  shortSha,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { conclusionOf } from "../doctor/conclusion.ts";
import { doctorDocument } from "../documents/doctor.ts";
import { imageShelf } from "../session/image-shelf.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { printable } from "../terminal/escape.ts";
import { type Style, sign, textColumns } from "../terminal/style.ts";
import { wrap } from "../terminal/wrap.ts";

/** Proves now that a promotion and a rollback would work; nothing is changed but a probe in the store. */
export async function run(call: Call): Promise<ExitCode> {
  checkEnvironmentText(call.args.values.env);
  const session = await openSession(call);
  const ladder = session.policy.policy.environments.map(({ name }) => name);
  const asked = call.args.values.env === undefined ? ladder : [environmentOf(call, session)];
  const examinations = withLadder(call, await examineHere(call, session, asked));
  const findings = examinations.flatMap((one) => one.findings);
  const exit = exitOf(findings);
  call.output.table(examinations.flatMap((one) => linesOf(session, call.output.style, one)));
  call.output.document(doctorDocument(session, examinations, exit));
  conclude(call, session, examinations);
  return exit;
}

async function examineHere(
  call: Call,
  session: Session,
  environments: readonly EnvironmentName[],
): Promise<readonly Examination[]> {
  const { store, clock, random, connect } = session;
  const [shared, ...others] = await examine(
    {
      store,
      clock,
      random,
      connect,
      shelf: await imageShelf(session),
      window: session.policy.policy.rollbackWindow,
      source: session.source,
      branch: session.policy.policy.branch,
      reading: (sha) => call.output.say(`${sign(call.output.style, "coming")} reading every byte of ${shortSha(sha)}`),
      isMadeByPromotion: !session.isOnAws,
      wake: session.isOnAws ? null : "promote local start",
    },
    environments,
  );
  const here = [...(await session.examine()), ...(session.isOnAws ? [] : await examineMachine(session, environments))];
  const examined = others.map(async (one) => ({
    ...one,
    findings: [...(await accessTo(session, one)), ...one.findings],
  }));
  return [{ environment: null, findings: [...(shared?.findings ?? []), ...here] }, ...(await Promise.all(examined))];
}

/** None where nobody has described what it would be about, or where that cannot be read, which is said of the target. */
async function accessTo(session: Session, { environment }: Examination): Promise<readonly Finding[]> {
  const target = environment && (await readTarget(session.store, environment).catch(() => null));
  return target ? await session.examineAccess(target.target) : [];
}

/** What the environments of this machine need beside the store. */
async function examineMachine(
  { config, root }: Session,
  environments: readonly EnvironmentName[],
): Promise<readonly Finding[]> {
  const local = await import("@slipway/pipeline/local");
  // The published policy may know environments that the configuration of this folder does not.
  const ports = (config?.environments ?? [])
    .filter(({ name }) => environments.includes(name))
    .map(({ name }) => ({ name, port: local.localPort(config as Config, name) }));
  return [
    ...(await local.examinePlatform(root)),
    ...(await local.examineDatabase(root)),
    ...(ports.length > 0 ? await local.examinePorts(root, ports) : []),
  ];
}

/** The commands as they are to be typed here. */
const withLadder = (call: Call, examinations: readonly Examination[]): readonly Examination[] =>
  examinations.map(({ environment, findings }) => ({
    environment,
    findings: findings.map((finding) => ({
      ...finding,
      next: finding.next.map((one) => (one.startsWith("promote ") ? `${one}${sameLadder(call)}` : one)),
    })),
  }));

/** A definite no decides; what could not be told is no all-clear. */
function exitOf(findings: readonly Finding[]): ExitCode {
  if (findings.some(({ verdict }) => verdict === "no")) return exitCodes.refused;
  return findings.some(({ verdict }) => verdict === "unknown") ? exitCodes.unknown : exitCodes.done;
}

const words = { ok: "OK", no: "NO", unknown: "? " } as const;

/** The words are ASCII everywhere: this is what people paste into tickets. */
function linesOf(session: Session, style: Style, { environment, findings }: Examination): readonly string[] {
  const width = Math.max(...findings.map(({ about }) => about.length), 10) + 2;
  const lines = findings.flatMap(({ about, verdict, text }) =>
    wrap(`${words[verdict]}  ${about.padEnd(width)}${printable(text)}`, textColumns(style), width + 4),
  );
  return environment === null ? lines : [session.nameOf(environment), ...lines];
}

function conclude(call: Call, session: Session, examinations: readonly Examination[]): void {
  const conclusion = conclusionOf(examinations, session.nameOf);
  if (!conclusion) {
    call.output.verdict({ verdict: "OK", text: "a promotion and a rollback would find everything they need." });
    return;
  }
  const findings = examinations.flatMap((one) => one.findings);
  const worstFirst = [
    ...findings.filter(({ verdict }) => verdict === "no"),
    ...findings.filter(({ verdict }) => verdict === "unknown"),
  ];
  call.output.verdict({ ...conclusion, next: [...new Set(worstFirst.flatMap(({ next }) => next))].slice(0, 4) });
}
