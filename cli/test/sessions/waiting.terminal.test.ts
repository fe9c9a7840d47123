import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommitName, Ladder } from "./ladder.ts";

/* Waiting for somebody else, a second Ctrl-C, one while going back, and a terminal that goes away. */

const minute = 60_000;
const ctrlC = "\u0003";
let ladder: Ladder;

beforeAll(async () => {
  ladder = await Ladder.make(["entries", "totals", "colour", "limits"]);
  for (const name of ["totals", "colour", "limits"] as const) await ladder.do(["build", "--sha", ladder.sha(name)]);
  await ladder.do(enter("totals"));
}, 3 * minute);
afterAll(() => ladder.remove(), minute);

const enter = (name: CommitName): readonly string[] => ["--sha", ladder.sha(name), "--env", "dev"];
const short = (name: CommitName): string => ladder.sha(name).slice(0, 7);
const frame = "[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]";
const held = (step: string) => ({ variables: { SESSION_HOLD: step } });

// biome-ignore lint/suspicious/noExplicitAny: tests assert the fields
const dev = async (): Promise<any> => (await ladder.json(["status", "--env", "dev"])).environments[0];

/** Somebody who holds the lease of dev until told to go. */
async function holder(): Promise<AsyncDisposable & { readonly leave: () => Promise<unknown> }> {
  const program = [process.execPath, "-e", "console.error('holds'); setTimeout(() => {}, 120000)"];
  const run = ladder.start(["lock", "run", "--env", "dev", "--", ...program], { by: "ci" });
  await expect.poll(run.errors, { timeout: minute / 2 }).toContain("holds");
  const leave = () => {
    run.kill("SIGTERM");
    return run.ended;
  };
  return { leave, [Symbol.asyncDispose]: async () => void (await leave()) };
}

describe("--wait", () => {
  test("says for whom, how long so far and the limit, and goes on once it is free", { timeout: minute }, async () => {
    await using somebody = await holder();
    const pty = ladder.open([...enter("colour"), "--wait", "45s"]);
    const waiting = await pty.until(new RegExp(`${frame} waiting for ci@laptop, epoch \\d+ +[12] s, limit 45 s`));
    expect(waiting).toContain("  Ctrl-C stops waiting; nothing is begun yet.");
    await somebody.leave();
    expect((await pty.ended).exit).toBe(0);
    const screen = await pty.screen();
    expect(screen).toMatch(/^Waited \d+ s for ci@laptop, epoch \d+\.$/m);
    expect(screen).not.toContain("waiting for");
    expect(screen).toContain(`dev runs ${short("colour")} since`);
    await ladder.do(["rollback", "--env", "dev", "--to", ladder.sha("totals")]);
  });

  test("ends at the limit, with who is at work", { timeout: minute }, async () => {
    await using somebody = await holder();
    const pty = ladder.open([...enter("colour"), "--wait", "2s"]);
    await pty.until(new RegExp(`${frame} waiting for ci@laptop, epoch \\d+ +\\d s, limit 2 s`));
    expect((await pty.ended).exit).toBe(5);
    const screen = await pty.screen();
    expect(screen).toMatch(
      /^Waited [23] s for ci@laptop, epoch \d+\.\nBusy: ci@laptop is changing dev\. Nothing was changed\.\n {2}doing +runs node, for /,
    );
    const piped = await ladder.run([...enter("colour"), "--wait", "500ms"]);
    expect(piped.exit).toBe(5);
    expect(piped.err).toMatch(
      /^\d\d:\d\d:\d\dZ waiting for ci@laptop, epoch \d+\n\d\d:\d\d:\d\dZ Busy: ci@laptop is changing dev\./,
    );
    await somebody.leave();
  });

  test("Ctrl-C ends it, and nothing was begun", { timeout: minute }, async () => {
    await using somebody = await holder();
    const before = (await dev()).epoch;
    const pty = ladder.open([...enter("colour"), "--wait", "10m"]);
    await pty.until(/waiting for ci@laptop/);
    pty.type(ctrlC);
    expect((await pty.ended).exit).toBe(130);
    const screen = await pty.screen();
    expect(screen).toContain("Stopping to wait; nothing was begun.");
    expect(screen).toContain("Interrupted: stopped while waiting for dev. Nothing was changed.");
    await somebody.leave();
    expect(await dev()).toMatchObject({ epoch: before, state: "as-recorded", lease: null });
  });

  test("a command under the lease waits in the same words", { timeout: minute }, async () => {
    await using somebody = await holder();
    const pty = ladder.open(["lock", "run", "--env", "dev", "--wait", "45s", "--", process.execPath, "-e", "0"]);
    await pty.until(new RegExp(`${frame} waiting for ci@laptop, epoch \\d+ +1 s, limit 45 s`));
    await somebody.leave();
    expect((await pty.ended).exit).toBe(0);
    expect(await pty.screen()).toMatch(
      /^Waited \d s for ci@laptop, epoch \d+\.\ndev is locked, epoch \d+: runs node\.\n/,
    );
  });
});

describe("Ctrl-C", () => {
  test("twice leaves at once, and the same command goes on", { timeout: minute }, async () => {
    const pty = ladder.open(enter("colour"), held("roll-service +worker"));
    await pty.until(new RegExp(`${frame} roll-service +worker`));
    pty.type(ctrlC);
    await pty.until(/Stopping after this call, then putting/);
    await new Promise((resolve) => setTimeout(resolve, 200));
    pty.type(ctrlC);
    const pressed = performance.now();
    const { exit } = await pty.ended;
    expect(performance.now() - pressed).toBeLessThan(5_000);
    const screen = await pty.screen();
    expect(screen).toContain("Leaving in a moment; what is open then, the same command goes on with.");
    // Either it was left, or putting back was over by then.
    if (exit === 7) expect(screen).toContain(`promote --sha ${ladder.sha("colour")} --env dev`);
    else
      expect({ exit, said: screen.includes(`Interrupted: dev runs ${short("totals")}, as before.`) }).toEqual({
        exit: 130,
        said: true,
      });
    expect((await dev()).state).toBe(exit === 7 ? "in-progress" : "as-recorded");
    await ladder.run(enter("colour"));
    expect(await dev()).toMatchObject({ state: "as-recorded", drift: [], lease: null });
    await ladder.do(["history", "--env", "dev", "--verify"]);
    await ladder.do(["rollback", "--env", "dev", "--to", ladder.sha("totals")]);
  });

  test("while it goes back says that it goes back already, and that is finished", { timeout: minute }, async () => {
    const pty = ladder.open(enter("limits"), held("put back"));
    await pty.until(new RegExp(`${frame} put back`));
    pty.type(ctrlC);
    expect((await pty.ended).exit).toBe(4);
    const screen = await pty.screen();
    expect(screen).toContain(`Not stopping: ${short("totals")} is put back already.`);
    expect(screen).toContain(`Failed, put back: dev runs ${short("totals")}, checked after the revert.`);
    expect(await dev()).toMatchObject({ sha: ladder.sha("totals"), state: "as-recorded", lease: null });
  });

  test("twice while it goes back leaves it, and the same command finishes going back", {
    timeout: minute,
  }, async () => {
    const pty = ladder.open(enter("limits"), held("put back +worker"));
    await pty.until(new RegExp(`${frame} put back +worker`));
    pty.type(ctrlC);
    await pty.until(/Not stopping/);
    await new Promise((resolve) => setTimeout(resolve, 150));
    pty.type(ctrlC);
    const { exit, signal } = await pty.ended;
    // Once it is over nobody listens any more, and the second one ends it as it ends any program.
    expect(signal === 2 || [4, 7].includes(exit), `exit ${exit}, signal ${signal}`).toBe(true);
    const again = await ladder.run(enter("limits"));
    expect(again.exit, again.err).toBe(4);
    expect(await dev()).toMatchObject({ sha: ladder.sha("totals"), state: "as-recorded", lease: null });
  });
});

describe("a terminal that goes away", () => {
  test("is like a kill: the same command resumes", { timeout: minute }, async () => {
    const pty = ladder.open(enter("colour"), held("roll-service +worker"));
    await pty.until(new RegExp(`${frame} roll-service +worker`));
    pty.hangUp();
    expect(await pty.ended).toMatchObject({ signal: 1 });
    expect(await dev()).toMatchObject({ state: "in-progress" });
    const again = ladder.open(enter("colour"));
    expect((await again.ended).exit).toBe(0);
    expect(await again.screen()).toMatch(/dev runs [0-9a-f]{7} since .* This finished epoch \d+\./);
    expect(await dev()).toMatchObject({ sha: ladder.sha("colour"), state: "as-recorded", lease: null });
    await ladder.do(["history", "--env", "dev", "--verify"]);
  });

  test("while it waits for somebody leaves nothing behind", { timeout: minute }, async () => {
    await using somebody = await holder();
    const pty = ladder.open([...enter("totals"), "--wait", "10m"]);
    await pty.until(/waiting for ci@laptop/);
    pty.hangUp();
    await pty.ended;
    await somebody.leave();
    expect(await dev()).toMatchObject({ sha: ladder.sha("colour"), state: "as-recorded", lease: null });
  });
});
