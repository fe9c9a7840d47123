import type { RunnerResult } from "../batch.ts";
import { messageOf, RunnerFailure } from "./failure.ts";
import { type Output, outputTo } from "./output.ts";
import { redactorFor } from "./redactor.ts";
import { runTask } from "./run-task.ts";
import type { Engine } from "./session.ts";
import { readTaskInput, type TaskInput } from "./task-input.ts";
import { Termination, terminated } from "./termination.ts";

/** After SIGTERM, for the rollback; platforms kill after 30 s. */
const patienceMilliseconds = 10_000;
/** 128 + SIGTERM, as a shell tells it. */
const terminatedExit = 143;

/** The runner's program: reads its order, does it, says how it went on the last line of stdout, and exits. */
export async function main<File>(engineFor: (root: string, input: TaskInput) => Engine<File>): Promise<void> {
  const root = process.cwd();
  const termination = new Termination();
  const started = performance.now();
  process.setSourceMapsEnabled(true);
  Error.stackTraceLimit = 50;
  let output = outputTo(process.stdout, (text) => text);
  const onStop = () => {
    if (termination.requested) return;
    output.line("told to stop: cancelling");
    termination.request();
    // The server does not answer: drop the connection, which rolls back too, and say what is known.
    setTimeout(
      () => void end(output, fromFailure(terminated(), started), terminatedExit),
      patienceMilliseconds,
    ).unref();
  };
  process.on("SIGTERM", onStop);
  process.on("SIGINT", onStop);
  try {
    const input = await readTaskInput(root, process.env);
    output = outputTo(process.stdout, redactorFor(input.address));
    const engine = engineFor(root, input);
    output.line(
      `${input.task}, epoch ${input.epoch}, attempt ${input.attempt}, ${`${engine.name} ${engine.version}`.trim()}, ${input.batch.files.length} files`,
    );
    const result = await runTask({ root, input, engine, say: (text) => output.line(text), termination });
    await end(output, result, exitCodeOf(result));
  } catch (error) {
    const failure =
      error instanceof RunnerFailure
        ? error
        : new RunnerFailure("failed", { code: "error", message: messageOf(error) });
    output.line(`${failure.status}: ${failure.report.code} ${failure.report.message}`);
    await end(output, fromFailure(failure, started), 1);
  }
}

const exitCodeOf = ({ status, failure }: RunnerResult): number => {
  if (status === "done") return 0;
  return failure?.code === "terminated" ? terminatedExit : 1;
};

const fromFailure = ({ status, report }: RunnerFailure, started: number): RunnerResult => ({
  version: 1,
  status,
  ran: [],
  applied: [],
  appliedKnown: false,
  failure: report,
  milliseconds: Math.round(performance.now() - started),
});

/** Nothing of the migrations' own (a timer, a socket) keeps the task alive, or writes after the result. */
async function end(output: Output, result: RunnerResult, exitCode: number): Promise<never> {
  await output.result(result);
  process.exit(exitCode);
}
