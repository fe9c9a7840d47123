import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readProcess } from "../kills/processes.ts";
import { type CommitName, Ladder } from "./ladder.ts";
import type { Pty } from "./pty.ts";

/* Ctrl-C at every step of a promotion and of a rollback, typed into a real terminal while that step is under way. */

const minute = 60_000;
const ctrlC = "\u0003";
let ladder: Ladder;

beforeAll(async () => {
  ladder = await Ladder.make(["entries", "totals", "colour", "limits"]);
  for (const name of ["totals", "colour", "limits"] as const) await ladder.do(["build", "--sha", ladder.sha(name)]);
  await ladder.do(enter("totals", "dev"));
  const early = ["--override", "soak", "--reason", "a test"];
  await ladder.do([...enter("totals", "staging"), ...early]);
  await ladder.do(enter("colour", "dev"));
  await ladder.do([...enter("colour", "staging"), ...early]);
  await ladder.do(["rollback", "--env", "dev", "--to", ladder.sha("totals")]);
}, 3 * minute);
afterAll(() => ladder.remove(), minute);

const enter = (name: CommitName, env: string): readonly string[] => ["--sha", ladder.sha(name), "--env", env];
const short = (name: CommitName): string => ladder.sha(name).slice(0, 7);
/** The line of a step that is under way. */
const underWay = (step: string): RegExp => new RegExp(`[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ${step}`);

/** Once the step is under way. A machine that is busy with other things may lose its lease, and the same command goes on. */
async function openAt(args: readonly string[], step: string): Promise<Pty> {
  for (let tries = 1; ; tries += 1) {
    const pty = ladder.open(args, { variables: { SESSION_HOLD: step } });
    try {
      await pty.until(underWay(step));
      return pty;
    } catch (error) {
      if (tries === 3 || !String(error).includes("lease-lost")) throw error;
    }
  }
}

/** What a first Ctrl-C says while something is being changed. */
const says = (from: CommitName): string =>
  `Stopping after this call, then putting ${short(from)} back. Ctrl-C again leaves it; the same command resumes.`;

async function expectRuns(env: string, name: CommitName, state = "as-recorded"): Promise<void> {
  const { environments } = await ladder.json(["status", "--env", env]);
  expect(environments[0]).toMatchObject({ sha: ladder.sha(name), state, drift: [], lease: null });
}

/** Screen and exit code once it has ended; nothing of it runs any more. */
async function endOf(pty: Pty): Promise<{ readonly screen: string; readonly exit: number }> {
  const { exit } = await pty.ended;
  expect(readProcess(pty.pid), "the process is gone").toBeNull();
  return { screen: await pty.screen(), exit };
}

/** Ctrl-C at one step: it says what it does first, and the environment is as before. */
async function interrupt(args: readonly string[], step: string, env: string, before: CommitName): Promise<void> {
  const pty = await openAt(args, step);
  pty.type(ctrlC);
  const { screen, exit } = await endOf(pty);
  const said = screen.indexOf(says(before).slice(0, 40));
  expect({ step, exit, said: said !== -1, screen }).toMatchObject({ step, exit: 130, said: true });
  expect(screen).toContain(`Interrupted: ${env} runs ${short(before)}, as before.`);
  expect(screen.indexOf("put back "), `${step}: said before it is done`).not.toBe(0);
  await expectRuns(env, before);
}

/** At the last step all is in place: it says so, and one of both is true afterwards. */
async function interruptLastLook(
  args: readonly string[],
  env: string,
  before: CommitName,
  after: CommitName,
): Promise<void> {
  const pty = await openAt(args, "verify-live");
  pty.type(ctrlC);
  const { screen, exit } = await endOf(pty);
  expect(screen.replaceAll("\n  ", " ")).toContain(
    `Stopping after this last look: done if all is in place, else putting ${short(before)} back.`,
  );
  expect([0, 130]).toContain(exit);
  await expectRuns(env, exit === 0 ? after : before);
}

describe.concurrent("Ctrl-C once", () => {
  const steps = [
    "pin-artifacts",
    "prepare-services",
    "publish-web",
    "run-migrations",
    "roll-service +api",
    "roll-service +worker",
    "switch-web",
    "invalidate",
  ];
  test("at every step of a promotion: what ran before runs, and the same command converges", {
    timeout: 4 * minute,
  }, async () => {
    for (const step of steps) await interrupt(enter("colour", "dev"), step, "dev", "totals");
    await interruptLastLook(enter("colour", "dev"), "dev", "totals", "colour");
    await ladder.do(["history", "--env", "dev", "--verify"]);
    await ladder.do(enter("colour", "dev"));
    await expectRuns("dev", "colour");
  });

  test("at the steps of a rollback: what ran before runs, and the same command converges", {
    timeout: 4 * minute,
  }, async () => {
    const back = ["rollback", "--env", "staging", "--to", ladder.sha("totals")];
    for (const step of ["pin-artifacts", "switch-web", "roll-service +worker", "roll-service +api"])
      await interrupt(back, step, "staging", "colour");
    await interruptLastLook(back, "staging", "colour", "totals");
    await ladder.do(["history", "--env", "staging", "--verify"]);
    await ladder.do(back);
    await expectRuns("staging", "totals");
  });
});
