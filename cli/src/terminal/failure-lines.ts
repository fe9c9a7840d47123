import { type FailureReport, withoutBlankEdges } from "@slipway/pipeline";
import { printable, printableLines } from "./escape.ts";
import { wrap } from "./wrap.ts";

/** What is known of a failed step: a label and its lines. `hasCause`: it is not said elsewhere. */
export function failureFacts(
  failure: FailureReport,
  hasCause = true,
): readonly (readonly [label: string, lines: readonly string[]])[] {
  const { where, log, logLines, requestsServed } = failure;
  const said = withoutBlankEdges(log);
  const shown = withoutBlankEdges(said.slice(-8)).map(printable);
  const remark =
    logLines - (log.length - said.length) > shown.length ? `     (last ${shown.length} of ${logLines} lines)` : "";
  return [
    ...(hasCause ? [["cause", [printable(failure.cause)]] as const] : []),
    ...(where
      ? [
          [
            "where",
            [`${where.file}${where.line === null ? "" : `:${where.line}`}`, ...where.excerpt.flatMap(printableLines)],
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

/** Under the step that failed. The cause is prose; a place and a log are evidence, and never broken. */
export const failureLines = (
  failure: FailureReport,
  { columns = Number.POSITIVE_INFINITY, hasCause = true } = {},
): readonly string[] =>
  failureFacts(failure, hasCause).flatMap(([label, lines]) =>
    lines.flatMap((line, at) => {
      const whole = `  ${(at === 0 ? label : "").padEnd(9)}${line}`;
      return label === "cause" ? wrap(whole, columns, 11) : [whole];
    }),
  );
