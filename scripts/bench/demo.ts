import { join } from "node:path";
import { aFigure, type Figure, type Findings, type Part } from "./figure.ts";
import { runProgram } from "./run-program.ts";
import { whenStopped } from "./when-stopped.ts";

const program = join(import.meta.dirname, "../demo/main.ts");
/** Several times what it takes on a machine that does nothing else. */
const patienceMilliseconds = 300_000;

interface ActLine {
  readonly act: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly because?: string;
}
interface LastLine {
  readonly acts: number;
  readonly failed: number;
  readonly seconds?: number;
  readonly requests?: number;
  readonly failedRequests?: number;
}

/** How long each act of the demo takes. It starts the demo anew and ends it: one that runs already is gone afterwards. */
export const demo: Part = {
  name: "demo",
  title: "how long each act of the demo takes",
  run: async () => {
    const stop = () => runProgram(process.execPath, [program, "--stop", "--json"]);
    using _stopped = whenStopped(stop);
    try {
      const signal = AbortSignal.timeout(patienceMilliseconds);
      const { exit, stdout, stderr } = await runProgram(process.execPath, [program, "--json"], { signal });
      return findingsOf(stdout, exit, stderr);
    } finally {
      await stop();
    }
  },
};

function findingsOf(stdout: string, exit: number | null, stderr: string): Findings {
  const lines = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as ActLine | LastLine]));
  const acts = lines.filter((line) => "act" in line);
  const last = lines.find((line) => "acts" in line);
  const figures = acts.map(({ act, seconds }) => aFigure({ name: act, unit: "s", value: seconds }));
  const failed = acts.flatMap(({ act, ok, because }) =>
    ok ? [] : [`${act} did not go as told: ${inOneLine(because)}`],
  );
  const end = last ? [] : [`the demo broke off: ${stderr.trim().split("\n").slice(-3).join(" | ")}`];
  const problems = [...failed, ...end];
  if (problems.length === 0 && exit !== 0) problems.push(`the demo ended with exit code ${exit}`);
  return { size: { acts: acts.length, rounds: 1 }, figures: [...figures, ...sums(acts, last)], problems };
}

const inOneLine = (text = ""): string => text.replace(/\s+/g, " ").slice(0, 300);

function sums(acts: readonly ActLine[], last: LastLine | undefined): readonly Figure[] {
  const together = acts.reduce((sum, { seconds }) => sum + seconds, 0);
  const total = aFigure({ name: "all acts", unit: "s", value: Math.round((last?.seconds ?? together) * 10) / 10 });
  const { requests, failedRequests } = last ?? {};
  if (requests === undefined || failedRequests === undefined) return [total];
  const failed = { name: "failed requests", unit: "requests", value: failedRequests } as const;
  return [total, aFigure({ ...failed, beside: { name: "all requests meanwhile", value: requests, best: null } })];
}
