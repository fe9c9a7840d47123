import { Redactor } from "../../cli/src/session/redactor.ts";
import { seededRandom } from "../../pipeline/test/seeded-random.ts";
import { aFigure, type Part } from "./figure.ts";
import { median } from "./measure.ts";

const megabytes = 10;
const rounds = 9;
const secrets = 20;
const floor = 400;
const line =
  "2026-11-21T08:00:00.000Z info GET /api/time-entries?project=42 answered 200 in 13 ms, see https://example.com/docs\n";

/** What stands before every sink must not be what a build waits for: a log with a secret in each hundredth line. */
export const redaction: Part = {
  name: "redaction",
  title: "taking secrets, in all their spellings, out of a log",
  run: async () => {
    const { fraction } = seededRandom("redaction");
    const values = Array.from({ length: secrets }, () =>
      Buffer.from(Array.from({ length: 24 }, () => fraction() * 256)),
    );
    const tokens = values.map((bytes) => bytes.toString("base64url"));
    const redactor = new Redactor({});
    redactor.add(tokens);
    const lines = Array.from({ length: Math.floor((megabytes * 1e6) / line.length) }, (_, at) =>
      at % 100 === 0 ? `the token is ${tokens[at % secrets]}\n` : line,
    );
    // As one piece, as a file's text is; a string put together of many would be joined while it is measured.
    const text = Buffer.from(lines.join("")).toString();
    let shown = "";
    const speedOf = (name: string, work: () => void) => {
      const speeds = Array.from({ length: rounds }, () => text.length / 1_000 / processorMilliseconds(work));
      return aFigure({ name, unit: "MB/s", value: median(speeds), best: Math.max(...speeds) });
    };
    const whole = speedOf("one text", () => {
      shown = redactor.redact(text);
    });
    const byLine = speedOf("line by line", () => {
      for (const one of lines) redactor.redact(one);
    });
    return {
      size: { megabytes, rounds, secrets },
      figures: [whole, byLine],
      problems: [
        ...(tokens.some((token) => shown.includes(token)) ? ["a secret was left in the text"] : []),
        // The best round: the others tell how busy the machine was.
        ...((whole.best ?? 0) < floor ? [`slower than ${floor} MB/s`] : []),
      ],
    };
  },
};

/** Of this process: what others do meanwhile counts less than on a clock. */
function processorMilliseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
