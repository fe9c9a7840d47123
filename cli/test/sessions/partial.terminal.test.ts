import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CommitName, Ladder } from "./ladder.ts";
import { Transcript } from "./transcript.ts";

/*
 * Session 3.4 of the specification: a part that cannot be put back. The worker of the new release takes away what the old one needs to start, its
 * api does not come up, and so the environment runs neither.
 */

let ladder: Ladder;
const minute = 60_000;

beforeAll(async () => {
  ladder = await Ladder.make(["spool", "mail"]);
  giveSpool();
  await ladder.do(["build", "--sha", ladder.sha("spool")], { at: "2026-11-19T15:31:00Z", by: "ci" });
  await ladder.do(["build", "--sha", ladder.sha("mail")], { at: "2026-11-19T15:51:00Z", by: "ci" });
  await ladder.do(enter("spool"), { at: "2026-11-19T15:35:00Z", by: "ci" });
}, minute);
afterAll(() => ladder.remove(), minute);

const enter = (name: CommitName): readonly string[] => ["--sha", ladder.sha(name), "--env", "dev"];
const giveSpool = (): unknown => mkdirSync(join(ladder.state, "spool"), { recursive: true });
const giveSettings = (): void => writeFileSync(join(ladder.state, "settings"), "");
const takeSettings = (): void => rmSync(join(ladder.state, "settings"), { force: true });

test.for((["pty-100", "pty-80", "pipe", "json"] as const).map((form, index) => ({ form, index })))(
  "a part that cannot be put back, and both ways out: $form",
  { timeout: 2 * minute },
  async ({ form, index }) => {
    const transcript = new Transcript(ladder, "3.4-partial", form);
    // Hours apart, and half a minute off: how long something ran, or is ago, reads the same on a slower machine.
    const at = (minutes: number) => `2026-11-20T${10 + 3 * index}:${String(minutes).padStart(2, "0")}:30Z`;
    const back = ["rollback", "--env", "dev", "--to", ladder.sha("spool")];
    expect(await transcript.call(enter("mail"), { at: at(0) })).toBe(6);
    expect(await transcript.call(["status", "--env", "dev"], { at: at(4) })).toBe(0);
    expect(await transcript.call(["verify", "--env", "dev"], { at: at(5) })).toBe(3);
    giveSpool();
    expect(await transcript.call(back, { at: at(7) })).toBe(0);
    expect((await ladder.run(enter("mail"), { at: at(10) })).exit).toBe(6);
    giveSettings();
    expect(await transcript.call(enter("mail"), { at: at(15) })).toBe(0);
    takeSettings();
    giveSpool();
    await ladder.do(back, { at: at(20) });
    transcript.compare();
  },
);
