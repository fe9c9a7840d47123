import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setServiceBack } from "../set-service-back.ts";
import { type CommitName, Ladder } from "./ladder.ts";
import { type Form, forms, onTerminal, Transcript } from "./transcript.ts";

/* Sessions 3.4 and 3.6 of the specification: looking, and what goes wrong. */

let ladder: Ladder;
const minute = 60_000;
const now = "2026-11-20T10:58:00Z";

beforeAll(async () => {
  ladder = await Ladder.make(["entries", "totals", "colour", "limits", "minutes"]);
  const build = (name: CommitName, at: string) => ladder.do(["build", "--sha", ladder.sha(name)], { at, by: "ci" });
  const enter = (name: CommitName, env: string, at: string) =>
    ladder.do(["--sha", ladder.sha(name), "--env", env], { at, by: "ci" });
  await build("entries", "2026-11-16T08:00:00Z");
  await enter("entries", "dev", "2026-11-16T08:05:00Z");
  await enter("entries", "staging", "2026-11-16T09:00:00Z");
  const toProd = ["--sha", ladder.sha("entries"), "--env", "prod"];
  const { hash } = await ladder.json(["plan", ...toProd], { at: "2026-11-17T10:00:00Z" });
  await ladder.do(["approve", ...toProd, "--expect", hash], { at: "2026-11-17T10:00:00Z", by: "hubot" });
  await enter("entries", "prod", "2026-11-17T10:05:00Z");
  await build("totals", "2026-11-18T13:20:00Z");
  await enter("totals", "dev", "2026-11-18T14:00:00Z");
  await enter("totals", "staging", "2026-11-18T15:00:00Z");
  await build("colour", "2026-11-19T08:58:00Z");
  await enter("colour", "dev", "2026-11-19T09:06:00Z");
}, 3 * minute);
afterAll(() => ladder.remove(), minute);

const typed = (form: Form, name: CommitName): string =>
  onTerminal(form) ? ladder.sha(name).slice(0, 7) : ladder.sha(name);

/** What is called, and how it ends. */
const looks = (form: Form): readonly (readonly [args: readonly string[], exit: number])[] => [
  [["status"], 0],
  [["status", "--releases"], 0],
  [["diff", "prod", "staging"], 0],
  [["explain", "--sha", typed(form, "totals"), "--env", "prod", "--as-of", "2026-11-20 16:30"], 3],
  [["plan", "--sha", typed(form, "totals"), "--env", "prod"], 3],
  [["plan", "--env", "staging", "--rollback"], 0],
  [["verify", "--env", "dev"], 0],
  [["verify", "--sha", typed(form, "colour")], 0],
  [["doctor", "--env", "prod"], 0],
  [["history", "--env", "staging", "--limit", "3"], 0],
  [["history", "--env", "staging", "--epoch", "2"], 0],
  [["history", "--verify"], 0],
  [["local", "status"], 0],
  [["stauts"], 2],
  [["--sha", ladder.sha("colour"), "--env", "stagin"], 2],
  [["--sha", "HEAD", "--env", "dev"], 2],
];

/** Signs differ in a C locale, and lines at 80 columns: these have some. */
const laidOut: ReadonlySet<string> = new Set([
  "status",
  "diff",
  "explain",
  "plan",
  "verify",
  "doctor",
  "history",
  "local",
]);

let examined: Promise<unknown> = Promise.resolve();
/** Two examinations of one store at the same moment meet at its probe, and say so. */
function afterOthers<T>(examine: () => Promise<T>): Promise<T> {
  const turn = examined.then(examine);
  examined = turn.catch(() => undefined);
  return turn;
}

describe.concurrent("looking", () => {
  test.for(forms.filter((form) => form !== "events"))("%s", { timeout: 3 * minute }, async (form) => {
    const transcript = new Transcript(ladder, "3.6-looking", form);
    const wanted = looks(form).filter(
      ([[verb = ""]]) => (form !== "c-locale" && form !== "pty-80") || laidOut.has(verb),
    );
    const exits: (number | null)[] = [];
    for (const [args] of wanted) {
      const call = () => transcript.call(args, { at: now });
      exits.push(await (args[0] === "doctor" ? afterOthers(call) : call()));
    }
    transcript.compare();
    expect(exits).toEqual(wanted.map(([, exit]) => exit));
  });

  test("without colour it is the same, letter by letter", { timeout: minute }, async () => {
    for (const args of [["status"], ["verify", "--env", "dev"]]) {
      const shown = [];
      for (const variables of [{}, { NO_COLOR: "1" }, { TERM: "dumb" }]) {
        const pty = ladder.open(args, { at: now, variables });
        await pty.ended;
        shown.push({ screen: await pty.screen(), isPainted: pty.raw().includes("\u001b[") });
      }
      const [painted, ...others] = shown;
      expect(painted?.isPainted).toBe(args[0] === "verify");
      for (const other of others) expect(other).toEqual({ screen: painted?.screen, isPainted: false });
    }
  });
});

describe("it went wrong", () => {
  beforeAll(async () => {
    await ladder.do(["build", "--sha", ladder.sha("limits")], { at: "2026-11-20T11:00:00Z", by: "ci" });
    await ladder.do(["build", "--sha", ladder.sha("minutes")], { at: "2026-11-20T11:05:00Z", by: "ci" });
  }, minute);

  test.for(forms.map((form, index) => ({ form, index })))("$form", { timeout: 2 * minute }, async ({ form, index }) => {
    const transcript = new Transcript(ladder, "3.4-it-went-wrong", form);
    // Half a minute off, so that how long it ran before reads the same on a slower machine.
    const at = (minutes: number) => `2026-11-20T${12 + index}:${String(minutes).padStart(2, "0")}:30Z`;
    expect(await transcript.call(["--sha", ladder.sha("minutes"), "--env", "dev"], { at: at(0) })).toBe(4);
    expect(await transcript.call(["--sha", ladder.sha("limits"), "--env", "dev"], { at: at(10) })).toBe(4);
    transcript.compare();
  });
});

describe("whoever ran it was lost", () => {
  test.for((["pty-100", "pty-80", "pipe"] as const).map((form, index) => ({ form, index })))(
    "$form",
    { timeout: 2 * minute },
    async ({ form, index }) => {
      const transcript = new Transcript(ladder, "3.4-lost", form);
      const call = ["--sha", ladder.sha("totals"), "--env", "dev"];
      const [at, begun] = [`2026-11-20T2${index}:00:00.000Z`, Date.now()];
      const lost = ladder.open(call, { at, variables: { SESSION_HOLD: "roll-service +worker" } });
      await lost.until(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] roll-service +worker/);
      process.kill(lost.pid, "SIGKILL");
      await lost.ended;
      // Until its lease may be taken over without waiting.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const now = new Date(Date.parse(at) + Date.now() - begun).toISOString();
      expect(await transcript.call(call, { at: now })).toBe(0);
      transcript.compare();
      await ladder.do(["--sha", ladder.sha("colour"), "--env", "dev"], { at: at.replace(":00:00", ":30:00") });
    },
  );
});

describe("somebody else changed it", () => {
  test.for((["pty-100", "pty-80", "pipe", "json"] as const).map((form, index) => ({ form, index })))(
    "$form",
    { timeout: 2 * minute },
    async ({ form, index }) => {
      const transcript = new Transcript(ladder, "3.6-drift", form);
      // Hours apart, and half a minute off: how long something ran reads the same on a slower machine.
      const at = (minutes: number) => `2026-11-21T${10 + 3 * index}:${String(minutes).padStart(2, "0")}:30Z`;
      const enter = (env: string) => ["--sha", ladder.sha("colour"), "--env", env];
      await setServiceBack(ladder.folder, "dev", "api");
      expect(await transcript.call(["status"], { at: at(0) })).toBe(0);
      expect(await transcript.call(["verify", "--env", "dev"], { at: at(1) })).toBe(3);
      expect(await transcript.call(["explain", ...enter("staging")], { at: at(2) })).toBe(3);
      expect(await transcript.call(enter("staging"), { at: at(3) })).toBe(3);
      expect(await transcript.call(enter("dev"), { at: at(4) })).toBe(0);
      expect(await transcript.call(["verify", "--env", "dev"], { at: at(5) })).toBe(0);
      transcript.compare();
    },
  );
});
