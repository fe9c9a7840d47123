import type { FailureReport } from "@slipway/pipeline";
import { printable } from "./escape.ts";

/** What is known of a failed step: a label and its lines. */
export function failureFacts(failure: FailureReport): readonly (readonly [label: string, lines: readonly string[]])[] {
  const { where, log, logLines, requestsServed } = failure;
  const shown = log.slice(-8).map(printable);
  const remark = logLines > shown.length ? `     (last ${shown.length} of ${logLines} lines)` : "";
  return [
    ["cause", [printable(failure.cause)]],
    ...(where
      ? [
          [
            "where",
            [`${where.file}${where.line === null ? "" : `:${where.line}`}`, ...where.excerpt.map(printable)],
          ] as const,
        ]
      : []),
    ...(shown.length > 0 ? [["log", [`${shown[0]}${remark}`, ...shown.slice(1)]] as const] : []),
    ...(requestsServed === null
      ? []
      : [
          [
            "traffic",
            [`${requestsServed} ${requestsServed === 1 ? "request" : "requests"} reached the new tasks`],
          ] as const,
        ]),
  ];
}

/** Under the step that failed. */
export const failureLines = (failure: FailureReport): readonly string[] =>
  failureFacts(failure).flatMap(([label, lines]) =>
    lines.map((line, at) => `  ${(at === 0 ? label : "").padEnd(9)}${line}`),
  );
