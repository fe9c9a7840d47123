import type { RunnerResult } from "../batch.ts";

export type FailureReport = NonNullable<RunnerResult["failure"]>;

/** Ends the task with a report: `refused` when nothing was tried, `failed` when something was. */
export class RunnerFailure extends Error {
  readonly status: "failed" | "refused";
  readonly report: FailureReport;
  constructor(status: "failed" | "refused", report: Partial<FailureReport> & Pick<FailureReport, "code" | "message">) {
    super(report.message);
    this.name = "RunnerFailure";
    this.status = status;
    this.report = { migration: null, statement: null, file: null, line: null, ...report };
  }
}

/** SQLSTATE of a database error, code of a network error; `error` for what has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code !== ""
    ? error.code
    : "error";

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
