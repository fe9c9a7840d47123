import { expect, test } from "vitest";
import type { RunnerResult } from "../migration/batch.ts";
import { judgeTask } from "./judge-task.ts";

const result = (fields: Partial<RunnerResult> = {}): RunnerResult => ({
  version: 1,
  status: "done",
  ran: [],
  applied: [],
  failure: null,
  milliseconds: 1,
  ...fields,
});
const failing = result({
  status: "failed",
  failure: { code: "23514", message: "violated", migration: "m", statement: null, file: "m.ts", line: 5 },
});
const stopped = (exitCode: number | null) => ({
  status: "stopped" as const,
  because: "essential container exited",
  containers: [{ name: "migrate", exitCode }],
});

const table = [
  { name: "exit 0 and a result line", state: stopped(0), result: result(), timedOut: false, verdict: "done" },
  { name: "done just as it was asked to stop", state: stopped(0), result: result(), timedOut: true, verdict: "done" },
  {
    name: "exit 0 without the runner's own word",
    state: stopped(0),
    result: null,
    timedOut: false,
    verdict: "migration-failed",
  },
  {
    name: "a result line and another exit code",
    state: stopped(3),
    result: result(),
    timedOut: false,
    verdict: "migration-failed",
  },
  {
    name: "no container at all",
    state: { ...stopped(0), containers: [] },
    result: result(),
    timedOut: false,
    verdict: "migration-failed",
  },
  { name: "a reported failure", state: stopped(1), result: failing, timedOut: false, verdict: "migration-failed" },
  {
    name: "an exit code that is missing means never started",
    state: stopped(null),
    result: null,
    timedOut: false,
    verdict: "migration-not-started",
  },
  {
    name: "stopped at its limit, whatever it says",
    state: stopped(143),
    result: failing,
    timedOut: true,
    verdict: "migration-timeout",
  },
  {
    name: "a second essential container that failed",
    state: {
      ...stopped(0),
      containers: [
        { name: "a", exitCode: 0 },
        { name: "b", exitCode: 1 },
      ],
    },
    result: result(),
    timedOut: false,
    verdict: "migration-failed",
  },
] as const;

test.each(table)("$name: $verdict", ({ state, result: said, timedOut, verdict }) => {
  const answer = judgeTask(state, said, timedOut);
  expect(answer.verdict === "done" ? "done" : answer.code).toBe(verdict);
});
