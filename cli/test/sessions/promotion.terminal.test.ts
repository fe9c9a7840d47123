import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommitName, Ladder } from "./ladder.ts";
import { type Form, forms, onTerminal, Transcript } from "./transcript.ts";

/* Sessions 3.2, 3.3 and 3.5 of the specification: a promotion, one that is live already, a no, somebody at work, and going back. */

let ladder: Ladder;
const minute = 60_000;

beforeAll(async () => {
  ladder = await Ladder.make(["entries", "totals", "colour", "limits"]);
  const build = (name: CommitName, at: string) => ladder.do(["build", "--sha", ladder.sha(name)], { at, by: "ci" });
  const enter = (name: CommitName, env: string, at: string) =>
    ladder.do(["--sha", ladder.sha(name), "--env", env], { at, by: "ci" });
  await build("entries", "2026-11-16T08:00:00Z");
  await build("totals", "2026-11-18T13:20:00Z");
  await build("colour", "2026-11-19T08:58:00Z");
  await build("limits", "2026-11-19T13:40:00Z");
  await enter("totals", "dev", "2026-11-18T14:00:00Z");
  await enter("totals", "staging", "2026-11-18T14:59:30Z");
  await enter("colour", "dev", "2026-11-19T09:06:00Z");
}, 2 * minute);
afterAll(() => ladder.remove(), minute);

/** On a terminal seven digits are enough. */
const typed = (form: Form, name: CommitName): string =>
  onTerminal(form) ? ladder.sha(name).slice(0, 7) : ladder.sha(name);
const clock = (hour: number, minutes: number, seconds = 0): string =>
  `2026-11-19T${[hour, minutes, seconds].map((value) => String(value).padStart(2, "0")).join(":")}Z`;
const numbered = forms.map((form, index) => ({ form, index }));

describe("a promotion, and the way back", () => {
  test.for(numbered)("$form", { timeout: 2 * minute }, async ({ form, index }) => {
    const there = new Transcript(ladder, "3.2-a-promotion", form);
    const during = /roll-service +worker +0 of 1/;
    const call = ["--sha", typed(form, "colour"), "--env", "staging"];
    expect(await there.call(call, { at: clock(10, 4 + 8 * index, 10), during })).toBe(0);
    expect(await there.call(call, { at: clock(10, 5 + 8 * index) })).toBe(0);

    const back = new Transcript(ladder, "3.5-going-back", form);
    const answers = [{ when: /\[Y\/n\]/, keys: "y\r" }];
    const rollback = ["rollback", "--env", "staging"];
    // Half a minute off, so that how long it ran reads the same on a slower machine.
    const at = clock(10, 6 + 8 * index, 40);
    if (onTerminal(form)) expect(await back.call(rollback, { at, answers })).toBe(0);
    else {
      expect(await back.call(rollback, { at })).toBe(2);
      expect(await back.call([...rollback, "--yes"], { at })).toBe(0);
    }
    const never = ["rollback", "--env", "staging", "--to", ladder.sha("limits")];
    expect(await back.call(never, { at: clock(10, 7 + 8 * index) })).toBe(3);
    there.compare();
    back.compare();
  });
});

describe("the pages alone", () => {
  test.for(numbered.filter(({ form }) => ["pty-100", "pty-80", "pipe"].includes(form)))(
    "$form",
    { timeout: 2 * minute },
    async ({ form, index }) => {
      const transcript = new Transcript(ladder, "3.5-pages-alone", form);
      const hour = 12 + index;
      await ladder.do(["--sha", ladder.sha("colour"), "--env", "staging"], { at: clock(hour, 0), by: "ci" });
      const to = ["--to", ladder.sha("totals")];
      const pages = ["rollback", "--env", "staging", "--only", "web", ...to];
      expect(await transcript.call(pages, { at: clock(hour, 10) })).toBe(0);
      expect(await transcript.call(["status", "--env", "staging"], { at: clock(hour + 3, 0) })).toBe(0);
      await ladder.do(["rollback", "--env", "staging", ...to], { at: clock(hour, 30), by: "ci" });
      transcript.compare();
    },
  );
});

describe("no", () => {
  test("prod asks for more, and somebody is at work there", { timeout: 2 * minute }, async () => {
    await ladder.do(["--sha", ladder.sha("colour"), "--env", "staging"], { at: clock(18, 4), by: "ci" });
    const hold = [process.execPath, "-e", "setTimeout(() => {}, 60000); console.error('holds')"];
    const call = ["--sha", ladder.sha("colour"), "--env", "prod"];
    for (const form of forms) {
      const transcript = new Transcript(ladder, "3.3-no", form);
      expect(await transcript.call(call, { at: clock(21, 16) })).toBe(3);
      transcript.compare();
    }
    await ladder.do(["local", "start"]);
    const { hash } = await ladder.json(["plan", ...call], { at: clock(21, 0) });
    await ladder.do(["approve", ...call, "--expect", hash], { at: "2026-11-23T08:30:00Z", by: "hubot" });
    for (const form of forms) {
      const transcript = new Transcript(ladder, "3.3-busy", form);
      // Two who look at one lease have to have one clock.
      const [at, begun] = ["2026-11-23T09:00:00.000Z", Date.now()];
      const holder = ladder.start(["lock", "run", "--env", "prod", "--", ...hold], { at, by: "ci" });
      await expect.poll(holder.errors, { timeout: minute / 2 }).toContain("holds");
      const now = new Date(Date.parse(at) + Date.now() - begun).toISOString();
      const exit = await transcript.call(call, { at: now });
      holder.kill("SIGTERM");
      await holder.ended;
      expect(exit).toBe(5);
      transcript.compare();
    }
  });
});
