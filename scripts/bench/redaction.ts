import { Redactor } from "../../cli/src/session/redactor.ts";
import { seededRandom } from "../../pipeline/test/seeded-random.ts";
import { aFigure, type Figure, type Part } from "./figure.ts";
import { median } from "./measure.ts";

const megabytes = 10;
const rounds = 9;
const counts = [20, 200] as const;
const floor = 400;
const words =
  "GET POST /api/time-entries?project=42 answered 200 in 13 ms worker info warn started on port 4600 0001_notes.sql https://example.com/docs rendered dist/assets/index-4f3a2b1c.js 12.34 kB".split(
    " ",
  );

/** What stands before every sink must not be what a build waits for: a log with a secret in each hundredth line. */
export const redaction: Part = {
  name: "redaction",
  title: "taking secrets, in all their spellings, out of a log",
  run: async () => {
    const figures: Figure[] = [];
    const problems: string[] = [];
    for (const count of counts) {
      const { redactor, tokens, lines } = aLog(count);
      // As one piece, as a file's text is; a string put together of many would be joined while it is measured.
      const text = flat(lines.join(""));
      if (tokens.some((token) => redactor.redact(text).includes(token))) problems.push("a secret was left in the text");
      const subjects = {
        "one text": () => void redactor.redact(text),
        "line by line": () => {
          for (const line of lines) redactor.redact(line);
        },
      };
      for (const [name, work] of Object.entries(subjects)) {
        const speeds = Array.from({ length: rounds }, () => text.length / userMicroseconds(work));
        const best = Math.max(...speeds);
        figures.push(aFigure({ name: `${name}, ${count} secrets`, unit: "MB/s", value: median(speeds), best }));
        // The best round: the others tell how busy the machine was.
        if (best < floor) problems.push(`${name}, ${count} secrets: slower than ${floor} MB/s`);
      }
    }
    return { size: { megabytes, rounds, secrets: counts.join(" and ") }, figures, problems };
  },
};

/** Lines of 80 to 200 characters, with their ends. */
function aLog(secrets: number) {
  const { fraction } = seededRandom("redaction");
  const tokens = Array.from({ length: secrets }, () =>
    Buffer.from(Array.from({ length: 24 }, () => fraction() * 256)).toString("base64url"),
  );
  const redactor = new Redactor({});
  redactor.add(tokens);
  const lines: string[] = [];
  for (let length = 0; length < megabytes * 1e6; length += lines.at(-1)?.length ?? 0) {
    let line = `2026-11-21T08:00:00.000Z ${lines.length % 100 === 0 ? tokens[(lines.length / 100) % secrets] : "api"}`;
    const wanted = 80 + fraction() * 120;
    while (line.length < wanted) line += ` ${words[Math.floor(fraction() * words.length)]}`;
    lines.push(flat(`${line.slice(0, wanted)}\n`));
  }
  return { redactor, tokens, lines };
}

const flat = (text: string): string => Buffer.from(text).toString();

/** Of this process: what others do meanwhile counts less than on a clock. */
function userMicroseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user;
}
